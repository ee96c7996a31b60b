// Inside stream/log only: the blocks appended last, so that whoever reads at the end of a partition needs no store.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "stream/log/block_format.hpp"

namespace weir::log {

/// Of each stream it holds the last blocks without a gap. Thread-safe.
class TailCache {
 public:
  explicit TailCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// `block` joins on to the stream's last. The oldest blocks of all streams leave first.
  void add(std::uint64_t stream, std::shared_ptr<const StoredBlock> block);
  /// Blocks from the one that holds `from` on, until `bytes` is reached; none if that one is not here.
  Blocks read(std::uint64_t stream, std::uint64_t from, std::size_t bytes) const;
  /// Forgets the stream's blocks: they are being rewritten.
  void drop(std::uint64_t stream);
  std::size_t bytes() const;

 private:
  void remove_oldest();

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::deque<std::shared_ptr<const StoredBlock>>> streams_;
  std::deque<std::uint64_t> order_;  // the stream of each block, oldest first
  std::size_t bytes_ = 0;
};

}  // namespace weir::log
