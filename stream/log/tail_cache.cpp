#include "stream/log/tail_cache.hpp"

#include <algorithm>

namespace weir::log {

void TailCache::add(std::uint64_t stream, std::shared_ptr<const StoredBlock> block) {
  const std::lock_guard lock(mutex_);
  bytes_ += block->bytes();
  streams_[stream].push_back(std::move(block));
  order_.push_back(stream);
  while (bytes_ > bytes_max_) remove_oldest();
}

void TailCache::remove_oldest() {
  const auto at = streams_.find(order_.front());
  order_.pop_front();
  bytes_ -= at->second.front()->bytes();
  at->second.pop_front();
  if (at->second.empty()) streams_.erase(at);
}

Blocks TailCache::read(std::uint64_t stream, std::uint64_t from, std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end() || found->second.front()->base_offset() > from) return {};
  const auto& blocks = found->second;
  auto at = std::partition_point(blocks.begin(), blocks.end(),
                                 [&](const auto& block) { return block->end_offset() <= from; });
  Blocks read;
  for (std::size_t size = 0; at != blocks.end() && (read.empty() || size < bytes); ++at) {
    size += (*at)->bytes();
    read.push_back(*at);
  }
  return read;
}

void TailCache::drop(std::uint64_t stream) {
  const std::lock_guard lock(mutex_);
  const auto at = streams_.find(stream);
  if (at == streams_.end()) return;
  for (const auto& block : at->second) bytes_ -= block->bytes();
  streams_.erase(at);
  std::erase(order_, stream);
}

std::size_t TailCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace weir::log
