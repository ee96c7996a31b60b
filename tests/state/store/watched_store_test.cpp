#include "state/store/watched_store.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"

namespace weir::store {
namespace {

/// While it writes, it looks at the store from outside.
class LookedAt final : public Store {
 public:
  explicit LookedAt(std::function<void()>& during) : during_(during) {}
  Result<void> write(const Batch& batch, Durability durability) override {
    during_();
    return below_.write(batch, durability);
  }
  Result<void> sync() override {
    during_();
    return below_.sync();
  }
  Result<std::optional<std::string>> get(std::string_view key) const override { return below_.get(key); }
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    return below_.multi_get(keys);
  }
  Result<void> scan(std::string_view from, std::string_view to, const Visit& visit) const override {
    return below_.scan(from, to, visit);
  }
  Result<void> scan_backwards(std::string_view from, std::string_view to, const Visit& visit) const override {
    return below_.scan_backwards(from, to, visit);
  }
  std::shared_ptr<const Snapshot> snapshot() const override { return below_.snapshot(); }
  Result<void> compact(std::string_view from, std::string_view to) override { return below_.compact(from, to); }

 private:
  std::function<void()>& during_;
  memory::MemoryStore below_;
};

TEST(WatchedStore, TellsWhetherWritesAreUnderWayAndHowManyEnded) {
  std::function<void()> during;
  WatchedStore store(std::make_unique<LookedAt>(during));
  Batch batch;
  batch.put("k", "v");
  EXPECT_EQ(store.writing(), std::nullopt);
  bool nested = false;
  during = [&] {
    EXPECT_EQ(store.writing(), 0U);
    if (std::exchange(nested, true)) return;
    EXPECT_TRUE(store.write(batch, Durability::buffered));  // another ends meanwhile: there is progress
    EXPECT_EQ(store.writing(), 1U);
  };
  EXPECT_TRUE(store.write(batch, Durability::synced));
  EXPECT_EQ(store.writing(), std::nullopt);
  during = [&] { EXPECT_EQ(store.writing(), 2U); };
  EXPECT_TRUE(store.sync());
  EXPECT_EQ(store.writing(), std::nullopt);
  EXPECT_EQ(*store.get("k"), "v");
}

}  // namespace
}  // namespace weir::store
