// The store on an ordered map, for tests and the simulator, with the faults of a disk: power loss and failing writes.
// Deterministic: the same calls give the same content.
#pragma once

#include <cstdint>
#include <memory>

#include "state/store/store.hpp"

namespace weir::memory {

/// Thread-safe. A write while a snapshot is alive copies the whole map: meant for small content.
class MemoryStore final : public store::Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override;
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override;
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override;
  Result<void> write(const store::Batch& batch, store::Durability durability) override;
  std::shared_ptr<const store::Snapshot> snapshot() const override;
  Result<void> compact(std::string_view from, std::string_view to) override;
  Result<void> sync() override;

  /// What a failed write left behind is unknown to its caller; the test decides.
  enum class Outcome : std::uint8_t { lost, applied };
  /// The next write() or sync() reports storage_failed, and so does every one after it until reopen(). An applied
  /// write is there, but not durable.
  void fail_next_write(Outcome outcome);
  /// The process dies and opens the store again: nothing is lost, a failed store works again.
  void reopen();
  /// The power fails: of the batches since the last synced one a prefix survives, whose length the seed draws. Then
  /// as reopen(). Returns how many batches were lost.
  std::size_t lose_unsynced(std::uint64_t seed);

 private:
  struct Content;

  std::shared_ptr<Content> content_;
};

}  // namespace weir::memory
