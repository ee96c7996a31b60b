// Inside stream/log/kafka only: records that were fetched, as a block.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stream/log/log.hpp"

namespace weir::log::kafka {

class FetchedBlock final : public Block {
 public:
  std::uint64_t base_offset() const override { return base_; }
  std::uint64_t end_offset() const override { return end_; }
  Time append_time() const override { return time_; }
  const std::vector<Entry>& entries() const override { return entries_; }
  std::size_t bytes() const override { return sizeof *this + values_.capacity() + entries_.capacity() * sizeof(Entry); }

 private:
  friend class BlockBuilder;

  std::uint64_t base_ = 0;
  std::uint64_t end_ = 0;
  Time time_{};
  std::string values_;
  std::vector<Entry> entries_;  // views into values_
};

/// Collects records to blocks: the records of a block have one append time, so that every reader sees the same times
/// however the records were fetched.
class BlockBuilder {
 public:
  explicit BlockBuilder(std::uint64_t base) : block_(std::make_shared<FetchedBlock>()) {
    block_->base_ = block_->end_ = base;
  }

  bool empty() const { return block_->base_ == block_->end_; }
  std::uint64_t end() const { return block_->end_; }
  std::size_t bytes() const { return block_->values_.size() + spans_.size() * sizeof(Entry); }
  /// The record may be added to the block at hand.
  bool takes(Time time) const { return spans_.empty() || block_->time_ == time; }

  void add(std::uint64_t offset, Time time, Kind kind, std::string_view value);
  /// Nothing lies below `end` but what was added.
  void extend(std::uint64_t end) { block_->end_ = end; }
  /// The block; the builder goes on behind it.
  std::shared_ptr<const Block> finish();

 private:
  struct Span {
    std::uint64_t offset;
    Kind kind;
    std::size_t begin, size;
  };

  std::shared_ptr<FetchedBlock> block_;
  std::vector<Span> spans_;
};

}  // namespace weir::log::kafka
