#include "state/store/marker_file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "schemas/base/check.hpp"

namespace weir::store {
namespace {

constexpr std::size_t file_bytes = 1 + MarkerFile::bytes_max;  // a byte of length and what it counts

}  // namespace

Result<std::unique_ptr<MarkerFile>> MarkerFile::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return Error{Code::storage_failed, path.string() + ": " + std::strerror(errno)};
  std::unique_ptr<MarkerFile> marker{new MarkerFile(file)};
  if (::lseek(file, 0, SEEK_END) == 0) {  // its block is taken now
    const char nothing[file_bytes] = {};
    if (::pwrite(file, nothing, file_bytes, 0) != static_cast<ssize_t>(file_bytes)) {
      return Error{Code::storage_failed, path.string() + ": " + std::strerror(errno)};
    }
  }
  return marker;
}

MarkerFile::~MarkerFile() { ::close(file_); }

std::string MarkerFile::read() const {
  char bytes[file_bytes];
  const ssize_t got = ::pread(file_, bytes, file_bytes, 0);
  const std::size_t size = got < 1 ? 0 : static_cast<unsigned char>(bytes[0]);
  return got < static_cast<ssize_t>(1 + size) ? std::string{} : std::string{bytes + 1, size};
}

void MarkerFile::write(std::string_view bytes) {
  WEIR_CHECK(bytes.size() <= bytes_max, "a mark is too long");
  char whole[file_bytes];
  whole[0] = static_cast<char>(bytes.size());
  bytes.copy(whole + 1, bytes.size());
  [[maybe_unused]] const ssize_t written = ::pwrite(file_, whole, 1 + bytes.size(), 0);
}

}  // namespace weir::store
