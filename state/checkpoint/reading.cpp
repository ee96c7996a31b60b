#include "state/checkpoint/reading.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace weir::checkpoint {
namespace {

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path) : number(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (number >= 0) ::close(number);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  const int number;
};

}  // namespace

Result<void> read_pieces(const std::filesystem::path& file, const Sink& sink) {
  const auto failed = [&file] { return Error{Code::storage_failed, file.string() + ": " + std::strerror(errno)}; };
  const OpenFile opened(file);
  if (opened.number < 0 && errno == ENOENT) return Error{Code::not_found, file.string() + " is not there"};
  if (opened.number < 0) return failed();
  std::string piece(piece_bytes, '\0');
  while (true) {
    const ssize_t size = ::read(opened.number, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed();
    if (size == 0) return {};
    if (const auto taken = sink({piece.data(), static_cast<std::size_t>(size)}); !taken) return taken;
  }
}

}  // namespace weir::checkpoint
