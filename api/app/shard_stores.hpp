// The stores of the shards, by number. A store is open as long as somebody holds it, be it for a snapshot: who opens it
// again meanwhile gets the same.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "api/app/data_folder.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "state/store/watched_store.hpp"

namespace weir::app {

/// An open store, of which one can ask whether its writes end, and its files.
struct OpenStore {
  std::unique_ptr<store::WatchedStore> watched;
  store::DiskStore* files = nullptr;  // the same
};

/// As rocks::open_rocksdb().
Result<OpenStore> open_store(const std::string& path, const rocks::RocksOptions& options,
                             const rocks::RocksEnvironment& environment);

/// Thread-safe.
class ShardStores {
 public:
  /// `environment` outlives what is opened.
  ShardStores(const DataFolder& folder, rocks::RocksOptions options, const rocks::RocksEnvironment& environment);

  /// Waits for a former one that is being closed. Errors: as of rocks::open_rocksdb().
  Result<std::shared_ptr<OpenStore>> open(std::uint32_t shard);
  /// Does something with its folder while it is closed and nobody can open it. False, and it was not done: somebody
  /// holds the store open. Errors: the deed's.
  Result<bool> while_closed(std::uint32_t shard, const std::function<Result<void>()>& deed);
  /// Null if it is not open.
  std::shared_ptr<OpenStore> find(std::uint32_t shard) const;

 private:
  struct Places {
    std::mutex mutex;
    std::condition_variable closed;
    std::vector<std::weak_ptr<OpenStore>> open;  // under mutex, as the next
    std::vector<bool> in_use;                    // open, or on the way from or to it
  };

  const DataFolder& folder_;
  const rocks::RocksOptions options_;
  const rocks::RocksEnvironment& environment_;
  const std::shared_ptr<Places> places_ = std::make_shared<Places>();  // lives as long as any store
};

}  // namespace weir::app
