// Inside stream/log only: many appends made into blocks and one batch.
#pragma once

#include <map>

#include "state/store/store.hpp"
#include "stream/log/block_format.hpp"
#include "stream/log/topics.hpp"

namespace weir::log {

struct PendingAppend {
  Topic* topic = nullptr;
  std::vector<Addressed> records;
  Appended appended;
  std::size_t bytes = 0;

  const std::string& workspace() const { return topic->workspace; }
};

class GroupCommit {
 public:
  /// What a partition gains.
  struct Growth {
    Topic* topic = nullptr;
    std::uint32_t partition = 0;
    Link end;  // behind the last finished block
    BlockWriter writer;
    std::uint64_t next = 0;  // behind the last record
    std::vector<std::shared_ptr<const StoredBlock>> blocks;
  };

  GroupCommit(std::size_t block_bytes, Time now) : block_bytes_(block_bytes), now_(now) {}

  /// Adds the records; returns where they end.
  Position add(const PendingAppend& append);
  /// The rows of all blocks. To be called once, after the last add().
  store::Batch finish();
  /// By topic and partition.
  const std::map<std::uint64_t, Growth>& growths() const { return growths_; }

 private:
  Growth& growth(Topic& topic, std::uint32_t partition);
  void finish_block(Growth& growth) const;

  const std::size_t block_bytes_;
  const Time now_;
  std::map<std::uint64_t, Growth> growths_;  // by stream
};

}  // namespace weir::log
