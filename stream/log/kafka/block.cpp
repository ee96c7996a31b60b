#include "stream/log/kafka/block.hpp"

namespace weir::log::kafka {

void BlockBuilder::add(std::uint64_t offset, Time time, Kind kind, std::string_view value) {
  spans_.push_back({offset, kind, block_->values_.size(), value.size()});
  block_->values_.append(value);
  block_->time_ = time;
  block_->end_ = offset + 1;
}

std::shared_ptr<const Block> BlockBuilder::finish() {
  const std::string_view values = block_->values_;
  block_->entries_.reserve(spans_.size());
  for (const Span& span : spans_) {
    block_->entries_.push_back({span.offset, span.kind, values.substr(span.begin, span.size)});
  }
  spans_.clear();
  auto next = std::make_shared<FetchedBlock>();
  next->base_ = next->end_ = block_->end_;
  return std::exchange(block_, std::move(next));
}

}  // namespace weir::log::kafka
