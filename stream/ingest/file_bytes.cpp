#include "stream/ingest/file_bytes.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::ingest {
namespace {

class DiskFile final : public FileBytes {
 public:
  DiskFile(std::string path, int descriptor, bool is_regular)
      : path_(std::move(path)), descriptor_(descriptor), is_regular_(is_regular) {}
  ~DiskFile() override { ::close(descriptor_); }
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  Result<std::size_t> read(std::uint64_t at, std::span<char> into) override {
    if (!is_regular_ && at != read_) return Error{Code::upload_aborted, "a pipe can be read once, in order"};
    for (;;) {
      const ssize_t got = is_regular_ ? ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(at))
                                      : ::read(descriptor_, into.data(), into.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Error{Code::upload_aborted, "cannot read " + path_ + " to its end"};
      read_ += static_cast<std::uint64_t>(got);
      return static_cast<std::size_t>(got);
    }
  }

  Result<std::uint64_t> size() const override {
    struct stat found{};
    if (is_regular_ && ::fstat(descriptor_, &found) == 0) return static_cast<std::uint64_t>(found.st_size);
    return Error{Code::unsupported_format, "an XLSX is read from a file, not from a pipe"};
  }

 private:
  const std::string path_;
  const int descriptor_;
  const bool is_regular_;
  std::uint64_t read_ = 0;
};

}  // namespace

Result<void> FileBytes::read_exactly(std::uint64_t at, std::span<char> into) {
  while (!into.empty()) {
    const auto got = read(at, into);
    if (!got) return got.error();
    if (*got == 0) return Error{Code::upload_aborted, "the file ends before what it announces"};
    at += *got;
    into = into.subspan(*got);
  }
  return {};
}

Result<std::size_t> MemoryBytes::read(std::uint64_t at, std::span<char> into) {
  if (at >= bytes_.size()) return std::size_t{0};
  const auto rest = bytes_.subspan(at, std::min<std::uint64_t>(into.size(), bytes_.size() - at));
  std::copy(rest.begin(), rest.end(), into.begin());
  return rest.size();
}

Result<std::unique_ptr<FileBytes>> open_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat found{};
  if (descriptor < 0 || ::fstat(descriptor, &found) != 0) return Error{Code::not_found, "cannot open " + path};
  return std::unique_ptr<FileBytes>(std::make_unique<DiskFile>(path, descriptor, S_ISREG(found.st_mode)));
}

}  // namespace weir::ingest
