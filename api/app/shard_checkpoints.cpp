#include "api/app/shard_checkpoints.hpp"

#include "api/app/copied_folder.hpp"
#include "api/app/copies.hpp"
#include "state/store/durable_file.hpp"
#include "stream/runtime/task_records.hpp"

namespace weir::app {
namespace {

namespace fs = std::filesystem;
using checkpoint::Publisher;

constexpr std::size_t reading_memory_bytes = std::size_t{8} << 20;
/// By then a node that has lost a shard while it stood still has heard of it.
constexpr int group_timeouts = 3;

}  // namespace

void ShardCheckpoints::take_all() {
  for (std::uint32_t shard = 0; shard < node_.engine().shards() && !stopping_; ++shard) {
    if (!node_.engine().has(shard)) {
      owners_.erase(shard);
      continue;
    }
    const Clock::Steady began = node_.clock().steady();
    const auto taken = take(shard);
    if (taken && *taken) figures_.tell(**taken, node_.clock().steady() - began);
    if (!taken) fail(shard, taken.error());
  }
}

/// Who is fenced may be the one that the group gave the shard to, after a former owner woke up and took over once more;
/// or that former owner. The latter hears of its loss before it may try again.
void ShardCheckpoints::fail(std::uint32_t shard, const Error& why) {
  owners_.erase(shard);
  if (stopping_) return;
  const bool fenced = why.code == Code::stale_owner;
  (fenced ? figures_.fenced : figures_.failed).add();
  if (fenced) {
    const std::chrono::seconds wait{group_timeouts * node_.settings().group_seconds};
    claims_not_before_[shard] = node_.clock().steady() + wait;
  }
  node_.logger().log(fenced ? LogLevel::warning : LogLevel::error, "the checkpoint failed",
                     {{"shard", std::uint64_t{shard}}, {"code", name_of(why.code)}, {"detail", why.detail}});
}

/// Claimed when the first checkpoint is due: a store that cannot be reached keeps no shard from coming.
Result<Publisher*> ShardCheckpoints::owner(std::uint32_t shard) {
  if (!series_) {
    auto opened = ShardSeries::open(node_.settings(), node_.folder(), node_.log_identity(), node_.clock());
    if (!opened) return opened.error();
    series_ = *std::move(opened);
  }
  const auto known = owners_.find(shard);
  if (known != owners_.end()) return &known->second;
  auto claimed = Publisher::claim(series_->objects(), series_->name(shard), [this] { return !stopping_; });
  if (!claimed) return claimed.error();
  return &owners_.emplace(shard, *std::move(claimed)).first->second;
}

/// Of a shard that did not come further one is taken once a day, without the bytes of cases that were erased meanwhile;
/// of one that is still behind what is there already, none.
bool ShardCheckpoints::is_due(const Publisher& owner, const std::vector<checkpoint::Standing>& standings) const {
  if (owner.checkpoints().empty()) return true;
  std::uint64_t furthest = 0;
  for (const checkpoint::Manifest& one : owner.checkpoints()) {
    furthest = std::max(furthest, records_in(one.standings));
  }
  const std::uint64_t records = records_in(standings);
  const bool is_old = owner.checkpoints().back().taken_at < oldest_to_keep(node_.settings(), node_.clock().now());
  return records > furthest || (is_old && records == furthest);
}

Result<ShardCheckpoints::Taken> ShardCheckpoints::take(std::uint32_t shard) {
  if (const auto wait = claims_not_before_.find(shard); wait != claims_not_before_.end()) {
    if (node_.clock().steady() < wait->second) return Taken{};
    claims_not_before_.erase(wait);
  }
  const auto store = node_.shards().store(shard);
  if (store == nullptr) return Taken{};  // it went meanwhile
  const auto standings = read_standings(*store->watched, shard, node_.log().workspaces());
  if (!standings) return standings.error();
  if (standings->empty()) return Taken{};
  const auto owner = this->owner(shard);
  if (!owner) return owner.error();
  if (!is_due(**owner, *standings)) return Taken{};
  if (const auto room = node_.disk().room_for_uploads(); !room) return room.error();
  const fs::path copy = node_.folder().copies() / ("shard-" + std::to_string(shard));
  remove_copy(copy);
  if (const auto made = store::make_folders(copy.parent_path()); !made) return made.error();
  const auto copied = store->files->copy_to(copy);
  auto published = copied ? publish(shard, **owner, copy) : Result<Taken>{copied.error()};
  remove_copy(copy);
  return published;
}

Result<ShardCheckpoints::Taken> ShardCheckpoints::publish(std::uint32_t shard, Publisher& owner,
                                                          const fs::path& copy) const {
  const rocks::RocksEnvironment environment({.cache_bytes = reading_memory_bytes, .background_threads = 1});
  const auto state = rocks::read_rocksdb(copy, environment);
  if (!state) return state.error();
  auto standings = read_standings(**state, shard, node_.log().workspaces());
  if (!standings) return standings.error();
  const Time now = node_.clock().now();
  auto published =
      owner.publish(copy, {now, std::string{version()}, {{"state", runtime::state_format}}, *std::move(standings)});
  if (!published) return published.error();
  const auto pruned = owner.prune(node_.settings().checkpoints_kept, oldest_to_keep(node_.settings(), now));
  if (!pruned) return pruned.error();
  return Taken{*std::move(published)};
}

}  // namespace weir::app
