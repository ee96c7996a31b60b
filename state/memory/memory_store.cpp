#include "state/memory/memory_store.hpp"

#include <iterator>
#include <map>
#include <mutex>
#include <random>

namespace weir::memory {
namespace {

using Map = std::map<std::string, std::string, std::less<>>;

/// A batch turned round: what each of its keys held before.
using Undo = std::vector<std::pair<std::string, std::optional<std::string>>>;

void put(Map& map, std::string_view key, const std::optional<std::string_view>& value) {
  const auto at = map.find(key);
  if (!value) {
    if (at != map.end()) map.erase(at);
  } else if (at != map.end()) {
    at->second = *value;
  } else {
    map.emplace(key, *value);
  }
}

Undo apply(Map& map, const store::Batch& batch) {
  Undo undo;
  undo.reserve(batch.entries().size());
  for (const auto& entry : batch.entries()) {
    const auto at = map.find(entry.key);
    undo.emplace_back(entry.key, at == map.end() ? std::nullopt : std::optional{at->second});
    put(map, entry.key, entry.value);
  }
  return undo;
}

void revert(Map& map, const Undo& undo) {
  for (auto entry = undo.rbegin(); entry != undo.rend(); ++entry) put(map, entry->first, entry->second);
}

Map::const_iterator end_of(const Map& map, std::string_view to) { return to.empty() ? map.end() : map.lower_bound(to); }

}  // namespace

/// Snapshots share the map; a writer that finds it shared goes on with a copy. Snapshots also let go of the map under
/// the mutex, so that a map found unshared is no longer being read.
struct MemoryStore::Content {
  std::mutex mutex;
  std::shared_ptr<Map> map = std::make_shared<Map>();
  std::vector<Undo> unsynced;  // oldest first
  std::optional<Outcome> failing;
  bool failed = false;

  Map& writable() {
    if (map.use_count() > 1) map = std::make_shared<Map>(*map);
    return *map;
  }
};

namespace {

class View final : public store::Snapshot {
 public:
  View(std::shared_ptr<const Map> map, std::shared_ptr<void> owner, std::mutex& mutex)
      : owner_(std::move(owner)), mutex_(mutex), map_(std::move(map)) {}
  ~View() override {
    const std::lock_guard lock(mutex_);
    map_.reset();
  }

  Result<std::optional<std::string>> get(std::string_view key) const override {
    const auto at = map_->find(key);
    return at == map_->end() ? std::nullopt : std::optional{at->second};
  }

  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    for (const auto& key : keys) values.push_back(*get(key));
    return values;
  }

  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    if (!to.empty() && to <= from) return {};
    const auto end = end_of(*map_, to);
    for (auto at = map_->lower_bound(from); at != end; ++at) {
      if (!visit(at->first, at->second)) break;
    }
    return {};
  }

  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    if (!to.empty() && to <= from) return {};
    const auto begin = map_->lower_bound(from);
    for (auto at = end_of(*map_, to); at != begin;) {
      --at;
      if (!visit(at->first, at->second)) break;
    }
    return {};
  }

 private:
  std::shared_ptr<void> owner_;  // keeps the mutex
  std::mutex& mutex_;
  std::shared_ptr<const Map> map_;
};

}  // namespace

MemoryStore::MemoryStore() : content_(std::make_shared<Content>()) {}
MemoryStore::~MemoryStore() = default;

std::shared_ptr<const store::Snapshot> MemoryStore::snapshot() const {
  const std::lock_guard lock(content_->mutex);
  return std::make_shared<View>(content_->map, content_, content_->mutex);
}

Result<std::optional<std::string>> MemoryStore::get(std::string_view key) const { return snapshot()->get(key); }

Result<std::vector<std::optional<std::string>>> MemoryStore::multi_get(const std::vector<std::string>& keys) const {
  return snapshot()->multi_get(keys);
}

Result<void> MemoryStore::scan(std::string_view from, std::string_view to, const store::Visit& visit) const {
  return snapshot()->scan(from, to, visit);
}

Result<void> MemoryStore::scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const {
  return snapshot()->scan_backwards(from, to, visit);
}

Result<void> MemoryStore::write(const store::Batch& batch, store::Durability durability) {
  const std::lock_guard lock(content_->mutex);
  Content& content = *content_;
  if (content.failed) return Error{Code::storage_failed, "an earlier write failed"};
  if (content.failing) {
    content.failed = true;
    if (content.failing == Outcome::applied) content.unsynced.push_back(apply(content.writable(), batch));
    return Error{Code::storage_failed, "the write failed"};
  }
  content.unsynced.push_back(apply(content.writable(), batch));
  if (durability == store::Durability::synced) content.unsynced.clear();
  return {};
}

Result<void> MemoryStore::compact(std::string_view, std::string_view) { return {}; }

Result<void> MemoryStore::sync() {
  const std::lock_guard lock(content_->mutex);
  if (content_->failing) content_->failed = true;
  if (content_->failed) return Error{Code::storage_failed, "the sync failed"};
  content_->unsynced.clear();
  return {};
}

void MemoryStore::fail_next_write(Outcome outcome) {
  const std::lock_guard lock(content_->mutex);
  content_->failing = outcome;
}

void MemoryStore::reopen() {
  const std::lock_guard lock(content_->mutex);
  content_->failing.reset();
  content_->failed = false;
}

std::size_t MemoryStore::lose_unsynced(std::uint64_t seed) {
  reopen();
  const std::lock_guard lock(content_->mutex);
  std::vector<Undo>& unsynced = content_->unsynced;
  const std::size_t kept = std::mt19937_64{seed}() % (unsynced.size() + 1);
  const std::size_t lost = unsynced.size() - kept;
  Map& map = content_->writable();
  for (; unsynced.size() > kept; unsynced.pop_back()) revert(map, unsynced.back());
  unsynced.clear();
  return lost;
}

}  // namespace weir::memory
