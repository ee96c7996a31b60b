#include "tests/simulation/disk.hpp"

namespace weir::simulation {
namespace {

/// Hands everything on; the three faults change what is written.
class SabotagedStore final : public store::Store {
 public:
  SabotagedStore(store::Store& behind, Sabotage sabotage) : behind_(behind), sabotage_(sabotage) {}

  Result<std::optional<std::string>> get(std::string_view key) const override { return behind_.get(key); }
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    return behind_.multi_get(keys);
  }
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    return behind_.scan(from, to, visit);
  }
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    return behind_.scan_backwards(from, to, visit);
  }
  std::shared_ptr<const store::Snapshot> snapshot() const override { return behind_.snapshot(); }
  Result<void> compact(std::string_view from, std::string_view to) override { return behind_.compact(from, to); }
  Result<void> sync() override { return sabotage_ == Sabotage::skips_the_log_sync ? Result<void>{} : behind_.sync(); }

  Result<void> write(const store::Batch& batch, store::Durability durability) override {
    const std::size_t size = batch.entries().size();
    switch (sabotage_) {
      case Sabotage::drops_a_write:
        if (++writes_ % 5 != 0) break;
        return behind_.write(part(batch, 0, size - 1), durability);
      case Sabotage::tears_batches: {
        const auto first = behind_.write(part(batch, 0, size / 2), durability);
        return first ? behind_.write(part(batch, size / 2, size), durability) : first;
      }
      case Sabotage::skips_the_log_sync:
        return behind_.write(batch, store::Durability::buffered);
      case Sabotage::none:
        break;
    }
    return behind_.write(batch, durability);
  }

 private:
  static store::Batch part(const store::Batch& batch, std::size_t from, std::size_t to) {
    store::Batch part;
    for (std::size_t i = from; i < to; ++i) {
      const auto& entry = batch.entries()[i];
      entry.value ? part.put(entry.key, *entry.value) : part.erase(entry.key);
    }
    return part;
  }

  store::Store& behind_;
  Sabotage sabotage_;
  std::uint64_t writes_ = 0;
};

}  // namespace

Disk::Disk(const Plan& plan, Sabotage sabotage) : plan_(plan), sabotage_(sabotage) {
  if (plan_.on_rocksdb) {
    folder_.emplace();
    environment_ = std::make_unique<rocks::RocksEnvironment>(
        rocks::RocksEnvironment::Limits{.cache_bytes = 8u << 20, .memtables_bytes = 4u << 20, .background_threads = 1});
    return;
  }
  for (std::size_t i = 0; i < count(); ++i) memory_.push_back(std::make_unique<memory::MemoryStore>());
}

Disk::~Disk() { close(); }

void Disk::open() {
  for (std::size_t i = 0; i < count(); ++i) {
    if (!plan_.on_rocksdb) {
      memory_[i]->reopen();
      front_.push_back(memory_[i].get());
    } else {
      auto opened = rocks::open_rocksdb(folder_->at(std::to_string(i)), {.memtable_bytes = 1u << 20}, *environment_);
      if (!opened) throw Difference("a store does not open: " + opened.error().detail);
      rocks_.push_back(std::move(*opened));
      front_.push_back(rocks_.back().get());
    }
    const bool of_log = i + 1 == count();
    if (sabotage_ == Sabotage::none || of_log != (sabotage_ == Sabotage::skips_the_log_sync)) continue;
    sabotaged_.push_back(std::make_unique<SabotagedStore>(*front_.back(), sabotage_));
    front_.back() = sabotaged_.back().get();
  }
}

void Disk::close() {
  front_.clear();
  sabotaged_.clear();
  rocks_.clear();
}

std::size_t Disk::lose_power(Dice& dice) {
  std::size_t lost = 0;
  for (const auto& store : memory_) lost += store->lose_unsynced(dice.below(1'000'000));
  return lost;
}

std::string Disk::fail_a_write(Dice& dice) {
  const std::size_t number = dice.below(count());
  const bool applied = dice.one_in(2);
  memory_[number]->fail_next_write(applied ? memory::MemoryStore::Outcome::applied
                                           : memory::MemoryStore::Outcome::lost);
  return (number == plan_.shards ? "the log's" : "shard " + std::to_string(number) + "'s") + " next write fails " +
         (applied ? "and is there" : "and is lost");
}

}  // namespace weir::simulation
