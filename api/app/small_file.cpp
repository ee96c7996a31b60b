#include "api/app/small_file.hpp"

#include <fstream>

namespace weir::app {
namespace {

constexpr std::size_t file_bytes_max = 1024 * 1024;

}  // namespace

Result<std::string> read_small_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(file_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (file.fail() && !file.eof())) {
    return Error{Code::invalid_document, path + ": cannot be read"};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > file_bytes_max) return Error{Code::invalid_document, path + ": is larger than 1 MiB"};
  return text;
}

}  // namespace weir::app
