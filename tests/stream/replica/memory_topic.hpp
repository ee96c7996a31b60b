// A compacted topic in memory, of which the test decides when records are confirmed and when they are taken away.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "stream/log/keyed_topic.hpp"

namespace weir::replica {

/// For one thread. What is appended through one of these waits in its order.
class MemoryTopic final : public log::KeyedTopic {
 public:
  explicit MemoryTopic(std::uint32_t partitions) : parts_(std::make_shared<std::vector<Part>>(partitions)) {}
  /// The same topic, as another node has it.
  std::unique_ptr<MemoryTopic> of_another_node() const {
    auto other = std::make_unique<MemoryTopic>(0);
    other->parts_ = parts_;
    return other;
  }

  std::uint32_t partitions() const override { return static_cast<std::uint32_t>(parts_->size()); }
  Result<void> append(std::uint32_t partition, std::vector<log::KeyedRecord> records, Appended appended) override;
  Result<std::unique_ptr<log::KeyedReader>> read(std::uint32_t partition, std::function<void()> arrived) override;

  /// Appends what waits: all of it, or the first `count`.
  void settle(std::size_t count = ~std::size_t{0});
  /// The oldest append that waits is told to have failed; a part of it is there.
  void fail_one(std::mt19937_64& random);
  /// Takes away of the records before a random offset those that another before it has replaced, and some of those
  /// without a value that nothing replaced. Not those, while somebody reads who has not passed them.
  void compact(std::uint32_t partition, std::mt19937_64& random);
  /// The same before this offset.
  void compact(std::uint32_t partition, std::uint64_t before, std::mt19937_64& random);
  /// Takes no appends.
  void refuse(bool refuses) { refuses_ = refuses; }

  const std::vector<log::KeyedEntry>& content(std::uint32_t partition) const { return (*parts_)[partition].entries; }
  /// How many records hold something.
  std::size_t live(std::uint32_t partition) const;
  std::size_t waiting() const { return waiting_.size(); }

 private:
  class Reader;
  struct Part {
    std::vector<log::KeyedEntry> entries;
    std::uint64_t end = 0;
    std::vector<Reader*> readers;
  };
  struct Append {
    std::uint32_t partition = 0;
    std::vector<log::KeyedRecord> records;
    Appended appended;
  };

  std::uint64_t write(const Append& append, std::size_t count);

  std::shared_ptr<std::vector<Part>> parts_;
  std::deque<Append> waiting_;
  bool refuses_ = false;
};

}  // namespace weir::replica
