// A block of the log made by hand, to feed a task without a log.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stream/log/log.hpp"

namespace weir::support {

class FakeBlock final : public log::Block {
 public:
  FakeBlock(std::uint64_t base, Time appended, std::vector<log::Record> records)
      : base_(base), appended_(appended), records_(std::move(records)) {
    for (std::size_t i = 0; i < records_.size(); ++i) {
      entries_.push_back({base_ + i, records_[i].kind, records_[i].value});
    }
  }
  FakeBlock(const FakeBlock&) = delete;
  FakeBlock& operator=(const FakeBlock&) = delete;

  std::uint64_t base_offset() const override { return base_; }
  std::uint64_t end_offset() const override { return base_ + records_.size(); }
  Time append_time() const override { return appended_; }
  const std::vector<log::Entry>& entries() const override { return entries_; }
  std::size_t bytes() const override { return sizeof *this; }

 private:
  std::uint64_t base_;
  Time appended_;
  std::vector<log::Record> records_;
  std::vector<log::Entry> entries_;
};

}  // namespace weir::support
