// Inside stream/log only: what is known of each workspace's topic.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "stream/log/block_format.hpp"

namespace weir::log {

struct Partition {
  std::atomic<std::uint64_t> begin{0};
  std::atomic<std::uint64_t> end{0};  // durable; a reader sees nothing behind it
  Hash128 chain;                      // at `end`; of the committing thread alone
};

struct Topic {
  Topic(std::string name, std::uint32_t ordinal, std::uint32_t partition_count)
      : workspace(std::move(name)),
        number(ordinal),
        count(partition_count),
        partitions_(std::make_unique<Partition[]>(partition_count)) {}

  Partition& partition(std::uint32_t at) const {
    WEIR_CHECK(at < count, "a partition that the log does not have");
    return partitions_[at];
  }
  /// One number per partition of the process's log.
  std::uint64_t stream(std::uint32_t at) const { return std::uint64_t{number} * count + at; }

  const std::string workspace;
  const std::uint32_t number;  // among the topics
  const std::uint32_t count;

 private:
  std::unique_ptr<Partition[]> partitions_;
};

/// Thread-safe; topics stay where they are until the end.
class Topics {
 public:
  explicit Topics(std::uint32_t partition_count) : partition_count_(partition_count) {}

  /// Null if there is none.
  Topic* find(const std::string& workspace) const;
  /// Makes a topic, not yet to be found. One thread at a time makes and adds.
  std::unique_ptr<Topic> make(const std::string& workspace) const;
  /// There must be none of its name.
  void add(std::unique_ptr<Topic> topic);
  /// By name.
  std::vector<Topic*> all() const;

 private:
  const std::uint32_t partition_count_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<Topic>> topics_;
};

}  // namespace weir::log
