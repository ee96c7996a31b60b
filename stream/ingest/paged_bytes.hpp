// Bytes that are written once, in order, and then read at any place: the first few MiB in memory, the rest in a file
// without a name, read by pages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::ingest {

/// First append() all, then read(). Holds 13 MiB at most. Not thread-safe.
class PagedBytes {
 public:
  static constexpr std::size_t memory_bytes_max = 8 << 20;

  /// `folder`: where the file is made, if one is needed.
  explicit PagedBytes(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~PagedBytes();
  PagedBytes(const PagedBytes&) = delete;
  PagedBytes& operator=(const PagedBytes&) = delete;

  /// Errors: storage_full, storage_failed.
  Result<void> append(std::string_view bytes);
  std::uint64_t size() const { return head_.size() + written_ + tail_.size(); }
  /// `at + size` is at most size(). Valid until the next call. Errors: storage_full, storage_failed.
  Result<std::string_view> read(std::uint64_t at, std::size_t size);

 private:
  static constexpr std::size_t page_bytes = 64 * 1024;
  static constexpr std::size_t pages_max = 64;
  struct Page {
    std::uint64_t number = ~std::uint64_t{0};
    std::vector<char> bytes;
  };

  Result<void> write_tail();
  Result<std::string_view> page(std::uint64_t number);

  const std::filesystem::path folder_;
  std::string head_;
  std::string tail_;           // behind what is written; less than a page but in append()
  std::uint64_t written_ = 0;  // in the file
  int file_ = -1;
  std::vector<Page> pages_;  // page n of the file at n mod pages_max
  std::string joined_;       // what lies over several pages
};

}  // namespace weir::ingest
