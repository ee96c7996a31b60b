// The store of a shard whose views other nodes show: it remembers which rows of the views changed. What they hold is
// read from a snapshot once there is room to send it, so that a row that changes often is sent once, and what waits is
// bounded by the rows' keys.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "state/store/store.hpp"

namespace weir::replica {

/// Thread-safe, as the store that it wraps.
class PublishedStore final : public store::Store {
 public:
  /// Rows that changed since one last asked.
  struct Changed {
    std::vector<std::string> keys;  // ascending
    bool all = false;               // which ones is not known: more than may wait
  };

  /// `changed` is called when there is something to take that was not there before; it must return at once.
  /// `keys_bytes_max`: of the keys that may wait.
  PublishedStore(std::shared_ptr<store::Store> store, std::function<void()> changed,
                 std::size_t keys_bytes_max = std::size_t{2} << 20)
      : store_(std::move(store)), changed_(std::move(changed)), keys_bytes_max_(keys_bytes_max) {}

  /// What changed since the last call (at first: all), and a snapshot that holds just what was written up to now. Waits
  /// for a write that is under way.
  std::pair<Changed, std::shared_ptr<const store::Snapshot>> take();

  Result<void> write(const store::Batch& batch, store::Durability durability) override;

  Result<std::optional<std::string>> get(std::string_view key) const override { return store_->get(key); }
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    return store_->multi_get(keys);
  }
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    return store_->scan(from, to, visit);
  }
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    return store_->scan_backwards(from, to, visit);
  }
  std::shared_ptr<const store::Snapshot> snapshot() const override { return store_->snapshot(); }
  Result<void> compact(std::string_view from, std::string_view to) override { return store_->compact(from, to); }
  Result<void> sync() override { return store_->sync(); }

 private:
  void note(std::string_view key);  // under mutex_

  const std::shared_ptr<store::Store> store_;
  const std::function<void()> changed_;
  const std::size_t keys_bytes_max_;
  std::mutex mutex_;                             // held while a batch is written and noted, as one step
  boost::unordered_flat_set<std::string> keys_;  // under mutex_, as all below
  std::size_t keys_bytes_ = 0;
  bool all_ = true;
};

}  // namespace weir::replica
