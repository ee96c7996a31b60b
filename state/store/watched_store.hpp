// A store of which one can ask whether its writes still end. A store may stop taking writes without an error
// (reliability M7); only who looks from outside notices.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "state/store/store.hpp"

namespace weir::store {

/// Thread-safe, as the store that it wraps.
class WatchedStore final : public Store {
 public:
  explicit WatchedStore(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  /// While writes are under way, how many have ended: the same number again and again means that none does.
  std::optional<std::uint64_t> writing() const;

  Result<std::optional<std::string>> get(std::string_view key) const override { return store_->get(key); }
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    return store_->multi_get(keys);
  }
  Result<void> scan(std::string_view from, std::string_view to, const Visit& visit) const override {
    return store_->scan(from, to, visit);
  }
  Result<void> scan_backwards(std::string_view from, std::string_view to, const Visit& visit) const override {
    return store_->scan_backwards(from, to, visit);
  }
  std::shared_ptr<const Snapshot> snapshot() const override { return store_->snapshot(); }
  Result<void> compact(std::string_view from, std::string_view to) override { return store_->compact(from, to); }
  Result<void> write(const Batch& batch, Durability durability) override;
  Result<void> sync() override;

 private:
  class UnderWay;

  std::unique_ptr<Store> store_;
  std::atomic<int> under_way_{0};
  std::atomic<std::uint64_t> ended_{0};
};

}  // namespace weir::store
