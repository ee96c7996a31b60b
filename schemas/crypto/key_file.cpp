#include "schemas/crypto/key_file.hpp"

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schemas/crypto/base64url.hpp"

namespace weir::crypto {
namespace {

constexpr std::size_t keys_max = 8;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  bool valid() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

Error fault(const std::filesystem::path& path, std::string_view what) {
  return {Code::bad_key_file, path.string() + ": " + std::string(what)};
}

Error system_fault(const std::filesystem::path& path) { return fault(path, std::strerror(errno)); }

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return descriptor.valid() && ::fsync(descriptor.number()) == 0;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

// A synced file beside `path` with these bytes, to be linked or renamed into place; removed at the end if still there.
class Draft {
 public:
  explicit Draft(const std::filesystem::path& path)
      : path_(path.string() + "." + to_base64url(random_bytes(9)) + ".new") {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { ::unlink(path_.c_str()); }

  const std::filesystem::path& path() const { return path_; }
  bool write(std::string_view bytes) {
    const Descriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    return file.valid() && write_all(file.number(), bytes) && ::fsync(file.number()) == 0;
  }

 private:
  std::filesystem::path path_;
};

std::string join(const std::vector<Key>& keys) {
  std::string bytes;
  for (const auto& key : keys) bytes.append(bytes_of(key));
  return bytes;
}

// Nothing: there is no such file.
Result<std::optional<std::vector<Key>>> read_keys(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid() && errno == ENOENT) return std::optional<std::vector<Key>>();
  struct stat status{};
  if (!file.valid() || ::fstat(file.number(), &status) != 0) return system_fault(path);
  if (!S_ISREG(status.st_mode)) return fault(path, "is no regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return fault(path, "others may read or write it; use chmod 600");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0 || size % sizeof(Key) != 0 || size > keys_max * sizeof(Key)) return fault(path, "is damaged");
  std::vector<Key> keys(size / sizeof(Key));
  if (::read(file.number(), keys.data(), size) != static_cast<ssize_t>(size)) return fault(path, "cannot be read");
  return std::optional(std::move(keys));
}

constexpr const char* cluster_file = "cluster.key";

}  // namespace

Result<std::vector<Key>> load_or_create_keys(const std::filesystem::path& path) {
  auto found = read_keys(path);
  if (!found) return found.error();
  if (*found) return std::move(**found);

  Draft draft(path);
  if (!draft.write(join({random_key()}))) return system_fault(path);
  // link() fails if another process was first: then its keys are the ones.
  if (::link(draft.path().c_str(), path.c_str()) != 0 && errno != EEXIST) return system_fault(path);
  if (!sync_folder(folder_of(path))) return system_fault(path);
  found = read_keys(path);
  if (!found) return found.error();
  if (!*found) return fault(path, "was removed while it was made");
  return std::move(**found);
}

Result<Key> load_or_create_key(const std::filesystem::path& path) {
  auto keys = load_or_create_keys(path);
  if (!keys) return keys.error();
  return keys->back();
}

Result<std::vector<Key>> folder_keys(const std::filesystem::path& folder, const std::string& name) {
  const auto cluster = read_keys(folder / cluster_file);
  if (!cluster) return cluster.error();
  if (!*cluster) return load_or_create_keys(folder / (name + ".key"));
  return std::vector<Key>{hmac_sha256((*cluster)->back(), "weir key " + name)};
}

Result<void> join_cluster(const std::filesystem::path& folder, const std::filesystem::path& key) {
  const auto given = read_keys(key);
  if (!given) return given.error();
  if (!*given) return fault(key, "is not there");
  const std::filesystem::path place = folder / cluster_file;
  const auto kept = read_keys(place);
  if (!kept) return kept.error();
  if (*kept) {
    if ((*kept)->back() == (*given)->back()) return {};
    return fault(key, "is not the key of the cluster that the data folder belongs to");
  }
  std::error_code failed;
  for (const auto& file : std::filesystem::directory_iterator(folder, failed)) {
    if (file.path().extension() != ".key") continue;
    return fault(key, "the data folder has keys of its own; a node of a cluster begins with an empty one");
  }
  Draft draft(place);
  if (!draft.write(join({(*given)->back()}))) return system_fault(place);
  if (::link(draft.path().c_str(), place.c_str()) != 0 || !sync_folder(folder)) return system_fault(place);
  return {};
}

Result<void> add_key(const std::filesystem::path& path, std::size_t keep) {
  auto found = read_keys(path);
  if (!found) return found.error();
  if (!*found) return fault(path, "is not there");
  auto& keys = **found;
  const auto kept = std::min({keep, keys.size(), keys_max - 1});
  keys.erase(keys.begin(), keys.end() - static_cast<std::ptrdiff_t>(kept));
  keys.push_back(random_key());

  Draft draft(path);
  if (!draft.write(join(keys))) return system_fault(path);
  if (::rename(draft.path().c_str(), path.c_str()) != 0) return system_fault(path);
  if (!sync_folder(folder_of(path))) return system_fault(path);
  return {};
}

}  // namespace weir::crypto
