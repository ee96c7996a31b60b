#include "state/store/durable_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace weir::store {
namespace {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool ok() const { return number_ >= 0; }
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(number_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(number_) == 0; }

 private:
  const int number_;
};

Error system_error(const std::filesystem::path& path) {
  return {Code::storage_failed, path.string() + ": " + std::strerror(errno)};
}

bool write_synced(const std::filesystem::path& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  return file.ok() && file.write(bytes) && file.sync();
}

/// So that a rename in it is durable.
bool sync_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.parent_path();
  const Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.ok() && opened.sync();
}

}  // namespace

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path next = path.string() + ".next";
  const bool replaced = write_synced(next, bytes) && ::rename(next.c_str(), path.c_str()) == 0 && sync_folder_of(path);
  if (!replaced) return system_error(path);
  return {};
}

Result<std::optional<std::string>> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return std::optional<std::string>{};
    return system_error(path);
  }
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return system_error(path);
  return std::optional{std::move(bytes)};
}

}  // namespace weir::store
