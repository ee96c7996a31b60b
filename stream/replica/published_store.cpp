#include "stream/replica/published_store.hpp"

#include <algorithm>

#include "stream/replica/rows.hpp"

namespace weir::replica {
namespace {

constexpr std::size_t key_bytes = 64;  // what a key takes besides its own

}  // namespace

std::pair<PublishedStore::Changed, std::shared_ptr<const store::Snapshot>> PublishedStore::take() {
  Changed changed;
  const std::lock_guard lock{mutex_};
  changed.all = std::exchange(all_, false);
  changed.keys.reserve(keys_.size());
  for (const std::string& key : keys_) changed.keys.push_back(key);
  keys_.clear();
  keys_bytes_ = 0;
  std::sort(changed.keys.begin(), changed.keys.end());
  return {std::move(changed), store_->snapshot()};
}

void PublishedStore::note(std::string_view key) {
  if (all_ || !row_of(key) || !keys_.emplace(key).second) return;
  keys_bytes_ += key.size() + key_bytes;
  if (keys_bytes_ <= keys_bytes_max_) return;
  all_ = true;
  keys_.clear();
  keys_bytes_ = 0;
}

Result<void> PublishedStore::write(const store::Batch& batch, store::Durability durability) {
  bool news = false;
  {
    const std::lock_guard lock{mutex_};
    if (const auto written = store_->write(batch, durability); !written) return written;
    const bool known = all_ || !keys_.empty();
    for (const auto& entry : batch.entries()) note(entry.key);
    news = !known && (all_ || !keys_.empty());
  }
  if (news) changed_();
  return {};
}

}  // namespace weir::replica
