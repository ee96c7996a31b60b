// The stores of a simulated machine, which outlive its process: one of the log and one per shard.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "state/memory/memory_store.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "stream/log/high_water.hpp"
#include "tests/simulation/plan.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::simulation {

/// What is wrong with the disk on purpose, to prove that the simulator would notice.
enum class Sabotage : std::uint8_t {
  none,
  drops_a_write,       // one in some batches of a shard's state never arrives
  tears_batches,       // a shard's batch is written in two halves
  skips_the_log_sync,  // the log believes that it is on the disk, and is not
};

class Disk {
 public:
  Disk(const Plan& plan, Sabotage sabotage);
  ~Disk();

  /// For a process that starts: the stores as the last one left them. A failed store works again.
  void open();
  /// For a process that is gone.
  void close();

  store::Store& shard(std::uint32_t number) { return *front_[number]; }
  store::Store& log() { return *front_.back(); }
  log::HighWaterKeeper& high_water() { return high_water_; }

  /// Each store loses its unsynced writes but for a prefix. Returns how many batches went. Only between close() and
  /// open(), and not on RocksDB.
  std::size_t lose_power(Dice& dice);
  /// The next write of some store fails, and may have happened or not. Not on RocksDB.
  std::string fail_a_write(Dice& dice);

 private:
  std::size_t count() const { return plan_.shards + 1; }

  const Plan& plan_;
  Sabotage sabotage_;
  log::HighWaterMemory high_water_;
  std::vector<std::unique_ptr<memory::MemoryStore>> memory_;  // the log's is the last
  std::optional<tests::TempFolder> folder_;
  std::unique_ptr<rocks::RocksEnvironment> environment_;
  std::vector<std::unique_ptr<store::Store>> rocks_;
  std::vector<std::unique_ptr<store::Store>> sabotaged_;
  std::vector<store::Store*> front_;  // what the process sees
};

}  // namespace weir::simulation
