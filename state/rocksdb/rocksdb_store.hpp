// The store on RocksDB: the only door to it. Options follow reliability.md R1 to R5.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "state/store/store.hpp"

namespace weir::rocks {

/// What all stores of a process share, so that many shards do not take many times the memory: block cache, budget of
/// memtables (charged to the cache) and background threads. Thread-safe; lives as long as any store that uses it.
class RocksEnvironment {
 public:
  struct Limits {
    std::size_t cache_bytes = std::size_t{512} << 20;      // blocks and memtables together
    std::size_t memtables_bytes = std::size_t{192} << 20;  // all stores together; a store flushes when it is exceeded
    int background_threads = 2;
  };
  /// Warnings and errors of the library, one line each, from any of its threads. No log file is ever written.
  using OnMessage = std::function<void(std::string_view line)>;

  explicit RocksEnvironment(const Limits& limits, OnMessage on_message = {});
  ~RocksEnvironment();

  struct Shared;
  const std::shared_ptr<const Shared>& shared() const { return shared_; }

 private:
  std::shared_ptr<const Shared> shared_;
};

/// What a damaged end of the write-ahead log means on opening.
enum class WalRecovery : std::uint8_t {
  /// An incomplete last record is dropped, any other damage is refused. For the log: nothing acknowledged goes
  /// silently.
  refuse_damage,
  /// The state up to the damage is taken. For shards: what is missing is replayed from the log.
  keep_prefix,
};

struct RocksOptions {
  /// Twice as much may be in memory (one is written to, one is flushed), and after a kill has to be replayed. A larger
  /// batch is flushed at once.
  std::size_t memtable_bytes = std::size_t{32} << 20;
  std::size_t block_bytes = std::size_t{16} << 10;
  WalRecovery recovery = WalRecovery::refuse_damage;
  bool compress = true;  // lz4
  /// A write, a sync or a background job failed: the store answers no write any more and the process has to stop (R4).
  /// Called once, from any thread; must not call the store.
  std::function<void(std::string_view what)> on_fatal = {};
};

/// Opens or creates the store in the folder `path`. Errors, naming the path: state_damaged; storage_failed (another
/// process holds it, no space, no permission). What is read of a damaged store is state_damaged too.
Result<std::unique_ptr<store::DiskStore>> open_rocksdb(const std::string& path, const RocksOptions& options,
                                                       const RocksEnvironment& environment);

/// The store in the folder for reading alone; writes nothing, not even what its write-ahead log holds. Nobody may
/// change it meanwhile. Errors as above.
Result<std::unique_ptr<store::Reader>> read_rocksdb(const std::string& path, const RocksEnvironment& environment);
/// Reads every table of the store in the folder and compares the checksums of its blocks. Slow. Errors as above.
Result<void> check_rocksdb(const std::string& path, const RocksEnvironment& environment);

}  // namespace weir::rocks
