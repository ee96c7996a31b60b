#include "api/auth/directory_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state/store/durable_file.hpp"

namespace weir::auth {
namespace {

/// The lock that processes share; waits for it. Held only while a few kilobytes are written.
class Turn {
 public:
  explicit Turn(const std::string& path) : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    held_ = file_ >= 0 && ::flock(file_, LOCK_EX) == 0;
  }
  ~Turn() {
    if (file_ >= 0) ::close(file_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool held() const { return held_; }

 private:
  const int file_;
  bool held_ = false;
};

}  // namespace

DirectoryFile::DirectoryFile(std::filesystem::path path)
    : path_(std::move(path)), current_(std::make_shared<const Directory>()) {}

Result<std::unique_ptr<DirectoryFile>> DirectoryFile::open(const std::filesystem::path& data_folder) {
  std::unique_ptr<DirectoryFile> opened(new DirectoryFile(data_folder / "users"));
  if (const auto loaded = opened->load(); !loaded) return loaded.error();
  if (const auto loaded = opened->load_shared(); !loaded) return loaded.error();
  return opened;
}

std::shared_ptr<const Directory> DirectoryFile::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

DirectoryFile::Stamp DirectoryFile::stamp() const {
  struct stat status{};
  if (::stat(path_.c_str(), &status) != 0) return {};
  return {status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

// The stamp is taken first: a file that is replaced meanwhile is read again the next time.
Result<void> DirectoryFile::load() {
  const Stamp found = stamp();
  const auto bytes = store::read_file(path_);
  if (!bytes) return bytes.error();
  Directory directory;
  if (*bytes) {
    auto decoded = Directory::decode(**bytes);
    if (!decoded) return Error{decoded.error().code, path_.string() + ": " + decoded.error().detail};
    directory = std::move(*decoded);
  }
  read_ = found;
  const std::lock_guard lock(mutex_);
  current_ = std::make_shared<const Directory>(std::move(directory));
  return {};
}

Result<void> DirectoryFile::load_shared() {
  const auto bytes = store::read_file(path_.string() + ".shared");
  if (!bytes) return bytes.error();
  if (!*bytes) return {};
  auto decoded = Directory::decode(**bytes);
  if (!decoded) return decoded.error();
  shared_ = std::move(*decoded);
  return {};
}

Result<void> DirectoryFile::change(const Change& change) {
  const auto changed = change_here(change);
  return changed && share_ ? tell_changes() : changed;
}

Result<void> DirectoryFile::change_here(const Change& change) {
  const std::lock_guard changing(changing_);
  const Turn turn(path_.string() + ".lock");
  if (!turn.held()) return Error{Code::storage_failed, path_.string() + ".lock cannot be locked"};
  if (const auto loaded = load(); !loaded) return loaded;
  const auto before = current();
  auto after = std::make_shared<Directory>(*before);
  if (const auto changed = change(*after); !changed) return changed;
  if (*after == *before) return {};
  if (const auto written = store::replace_file(path_, after->encode()); !written) return written;
  read_ = stamp();
  const std::lock_guard lock(mutex_);
  current_ = std::move(after);
  return {};
}

Result<void> DirectoryFile::refresh() {
  {
    const std::lock_guard changing(changing_);
    if (stamp() != read_) {
      if (const auto loaded = load(); !loaded) return loaded;
    }
  }
  return share_ ? tell_changes() : Result<void>{};
}

Result<void> DirectoryFile::tell_changes() {
  const std::lock_guard telling(telling_);
  std::map<std::string, std::optional<User>> news;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, user] : current_->users()) {
      const User* const known = shared_.find(name);
      if (known == nullptr || *known != user) news.emplace(name, user);
    }
    for (const auto& [name, user] : shared_.users()) {
      if (current_->find(name) == nullptr) news.emplace(name, std::nullopt);
    }
  }
  for (const auto& [name, user] : news) {
    if (const auto told = share_(name, user); !told) return told;
  }
  return {};
}

/// What was told before changes nothing: a later change here, of which the others do not know yet, stays.
Result<void> DirectoryFile::apply(const std::string& name, const std::optional<User>& user) {
  Directory shared;
  {
    const std::lock_guard lock(mutex_);
    const User* const known = shared_.find(name);
    if (known == nullptr ? !user : user == *known) return {};
    shared = shared_;
  }
  const auto changed = change_here([&](Directory& directory) -> Result<void> {
    directory.put(name, user);
    return {};
  });
  if (!changed) return changed;
  shared.put(name, user);
  if (const auto kept = store::replace_file(path_.string() + ".shared", shared.encode()); !kept) return kept;
  const std::lock_guard lock(mutex_);
  shared_ = std::move(shared);
  return {};
}

}  // namespace weir::auth
