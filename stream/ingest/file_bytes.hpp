// The bytes of a file, in order or at any place.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "schemas/base/result.hpp"

namespace weir::ingest {

class FileBytes {
 public:
  virtual ~FileBytes() = default;
  /// Bytes from `at` on into the front of `into`, as many as come at once; 0: the file ends there. A pipe gives its
  /// bytes in order only. Error: upload_aborted (they cannot be read).
  virtual Result<std::size_t> read(std::uint64_t at, std::span<char> into) = 0;
  /// Error: unsupported_format (a pipe does not tell).
  virtual Result<std::uint64_t> size() const = 0;

  /// Error: upload_aborted (also: there are not as many).
  Result<void> read_exactly(std::uint64_t at, std::span<char> into);
};

/// `bytes` must outlive it.
class MemoryBytes final : public FileBytes {
 public:
  explicit MemoryBytes(std::span<const char> bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::uint64_t at, std::span<char> into) override;
  Result<std::uint64_t> size() const override { return std::uint64_t{bytes_.size()}; }

 private:
  std::span<const char> bytes_;
};

/// Error: not_found.
Result<std::unique_ptr<FileBytes>> open_file(const std::string& path);

}  // namespace weir::ingest
