#include "api/app/temporary_folder.hpp"

#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::app {
namespace {

constexpr std::string_view lock_name = "in-use";
constexpr int tries = 8;

/// Held until closed; -1: another process holds it, or it is not there (`flags` without O_CREAT), or it went meanwhile.
int lock_of(const std::filesystem::path& folder, int flags) {
  const std::filesystem::path path = folder / lock_name;
  const int lock = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
  if (lock < 0) return -1;
  struct stat found{};
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0 && ::fstat(lock, &found) == 0 && found.st_nlink > 0) return lock;
  ::close(lock);
  return -1;
}

bool is_own_folder(const std::filesystem::path& path) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid();
}

/// A folder without a lock is being made just now.
void remove_left_behind(const std::filesystem::path& parent, const std::string& prefix) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(parent, failed)) {
    if (!entry.path().filename().string().starts_with(prefix) || !is_own_folder(entry.path())) continue;
    const int lock = lock_of(entry.path(), 0);
    if (lock < 0) continue;
    std::filesystem::remove_all(entry.path(), failed);
    ::close(lock);
  }
}

}  // namespace

Result<TemporaryFolder> TemporaryFolder::make(const std::filesystem::path& parent, const std::string& name) {
  remove_left_behind(parent, name + '-');
  for (int tried = 0; tried < tries; ++tried) {
    std::string path = (parent / (name + "-XXXXXX")).string();
    if (::mkdtemp(path.data()) == nullptr) break;
    const int lock = lock_of(path, O_CREAT);
    if (lock >= 0) return TemporaryFolder{path, lock};
    // Another process took it for one that was left, between the making and the locking of its lock.
  }
  return Error{Code::storage_failed, "cannot make a folder in " + parent.string()};
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

TemporaryFolder::~TemporaryFolder() {
  if (lock_ < 0) return;
  std::error_code left_behind;
  std::filesystem::remove_all(path_, left_behind);
  ::close(lock_);
}

}  // namespace weir::app
