// A few bytes that outlive their process, however it ends; not a loss of power.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"

namespace weir::store {

/// Overwritten in place, without fsync: a microsecond, also when the disk is full. One thread at a time.
class MarkerFile {
 public:
  static constexpr std::size_t bytes_max = 255;

  /// Makes the file if it is not there, mode 0600. Error: storage_failed.
  static Result<std::unique_ptr<MarkerFile>> open(const std::filesystem::path& path);
  ~MarkerFile();
  MarkerFile(const MarkerFile&) = delete;
  MarkerFile& operator=(const MarkerFile&) = delete;

  /// What was written last; empty at first.
  std::string read() const;
  /// At most `bytes_max`. What cannot be written is not: nothing may depend on a mark.
  void write(std::string_view bytes);

 private:
  explicit MarkerFile(int file) : file_(file) {}

  const int file_;
};

}  // namespace weir::store
