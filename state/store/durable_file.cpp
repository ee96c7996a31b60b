#include "state/store/durable_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::store {
namespace {

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Error error_of(const std::filesystem::path& path) {
  return {Code::storage_failed, path.string() + ": " + std::strerror(errno)};
}

/// Closes the file and keeps what went wrong before.
void close_quietly(int file) {
  const int kept = errno;
  ::close(file);
  errno = kept;
}

bool sync_path(const std::filesystem::path& folder) {
  const int opened = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return false;
  const bool synced = ::fsync(opened) == 0;
  close_quietly(opened);
  return synced;
}

}  // namespace

Result<NewFile> NewFile::begin(std::filesystem::path path, std::filesystem::path temporary) {
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return error_of(temporary);
  return NewFile{std::move(path), std::move(temporary), file};
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::move(other.temporary_)), file_(std::exchange(other.file_, -1)) {}

NewFile::~NewFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(temporary_.c_str());
}

Error NewFile::system_error() const { return error_of(path_); }

Result<void> NewFile::write(std::string_view bytes) {
  if (!write_all(file_, bytes)) return system_error();
  return {};
}

bool NewFile::sync_and_close() {
  const bool synced = ::fsync(file_) == 0;
  close_quietly(std::exchange(file_, -1));
  if (!synced) ::unlink(temporary_.c_str());
  return synced;
}

Result<void> NewFile::replace() {
  if (!sync_and_close()) return system_error();
  const bool replaced = ::rename(temporary_.c_str(), path_.c_str()) == 0 && sync_path(path_.parent_path());
  if (!replaced) return system_error();
  return {};
}

Result<bool> NewFile::place_once() {
  if (!sync_and_close()) return system_error();
  const bool placed = ::link(temporary_.c_str(), path_.c_str()) == 0;
  const int why = errno;
  ::unlink(temporary_.c_str());
  errno = why;
  if (!placed && why == EEXIST) return false;
  if (!placed || !sync_path(path_.parent_path())) return system_error();
  return true;
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
  auto file = NewFile::begin(path, path.string() + ".next");
  if (!file) return file.error();
  if (const auto written = file->write(bytes); !written) return written;
  return file->replace();
}

Result<std::optional<std::string>> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return std::optional<std::string>{};
    return error_of(path);
  }
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return error_of(path);
  return std::optional{std::move(bytes)};
}

Result<void> make_folders(const std::filesystem::path& path) {
  std::error_code failed;
  if (path.empty() || std::filesystem::is_directory(path, failed)) return {};
  if (const auto made = make_folders(path.parent_path()); !made) return made;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return error_of(path);
  return sync_folder(path.parent_path());
}

Result<void> sync_folder(const std::filesystem::path& path) {
  if (!sync_path(path)) return error_of(path);
  return {};
}

}  // namespace weir::store
