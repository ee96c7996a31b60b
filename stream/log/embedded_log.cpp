#include "stream/log/embedded_log.hpp"

#include "schemas/base/event.hpp"
#include "stream/log/embedded_parts.hpp"
#include "stream/log/log_keys.hpp"

namespace weir::log {
namespace {

constexpr Clock::Steady high_water_interval = std::chrono::seconds{1};

/// From the store, not beyond `end`.
Result<Blocks> read_stored(const Place& place, std::uint64_t from, std::uint64_t end, std::size_t bytes_max) {
  const auto first = find_block(place, from);
  if (!first) return first.error();
  if (*first == nullptr || (*first)->end_offset() <= from) {
    return place.damaged("the record at offset " + std::to_string(from) + " is missing");
  }
  Blocks blocks{*first};
  std::size_t bytes = (*first)->bytes();
  if (bytes >= bytes_max) return blocks;
  const Link behind = (*first)->after();
  const Result<Link> last = walk(place, behind.offset, end, behind, [&](const auto& block) {
    bytes += block->bytes();
    blocks.push_back(block);
    return bytes < bytes_max;
  });
  if (!last) return last.error();
  if (bytes < bytes_max && last->offset < end) {
    return place.damaged("the records from offset " + std::to_string(last->offset) + " on are missing");
  }
  return blocks;
}

}  // namespace

EmbeddedLog::EmbeddedLog(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
EmbeddedLog::~EmbeddedLog() = default;

Result<Topic*> EmbeddedLog::Parts::topic(const std::string& workspace) const {
  Topic* found = topics.find(workspace);
  if (found == nullptr) return Error{Code::not_found, "There is no such workspace."};
  return found;
}

void EmbeddedLog::Parts::fail(const Error& error) {
  failed = true;
  const Error closed{Code::storage_failed, "the log failed earlier and has to be reopened"};
  for (const PendingAppend& append : queue.close(closed)) append.appended(error);
}

Result<void> EmbeddedLog::Parts::write(const store::Batch& batch) {
  const Result<void> written = [&] {
    const std::lock_guard lock(writing);
    return store.write(batch, store::Durability::synced);
  }();
  if (!written) fail(written.error());
  return written;
}

std::uint32_t EmbeddedLog::partitions() const { return parts_->options.partitions; }

std::vector<std::string> EmbeddedLog::workspaces() const {
  std::vector<std::string> names;
  for (const Topic* topic : parts_->topics.all()) names.push_back(topic->workspace);
  return names;
}

Result<void> EmbeddedLog::ensure_workspace(const std::string& name) {
  WEIR_CHECK(is_plain_name(name), "a workspace name was not checked");
  if (parts_->topics.find(name) != nullptr) return {};
  const std::lock_guard lock(parts_->creating);
  if (parts_->topics.find(name) != nullptr) return {};
  auto topic = parts_->topics.make(name);
  for (std::uint32_t i = 0; i < topic->count; ++i) topic->partition(i).chain = first_link(name, i).chain;
  store::Batch batch;
  batch.put(workspace_key(name), "");
  const Result<void> written = parts_->write(batch);
  if (written) parts_->topics.add(std::move(topic));
  return written;
}

Result<void> EmbeddedLog::append(const std::string& workspace, std::vector<Addressed> records, Appended appended) {
  const Result<Topic*> topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  const std::size_t bytes = bytes_of(records);
  return parts_->queue.push({*topic, std::move(records), std::move(appended), bytes});
}

Result<Blocks> EmbeddedLog::read(const std::string& workspace, std::uint32_t partition, std::uint64_t from,
                                 std::size_t max_bytes) const {
  const Result<Topic*> topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  const std::uint64_t end = (*topic)->partition(partition).end;
  const std::uint64_t begin = (*topic)->partition(partition).begin;
  const Place place = parts_->place(**topic, partition);
  if (from == end) return Blocks{};
  if (from > end) {
    return place.damaged("offset " + std::to_string(from) + " was asked for and it ends at " + std::to_string(end));
  }
  if (from < begin) {
    return place.damaged("offset " + std::to_string(from) + " was asked for and it begins at " + std::to_string(begin));
  }
  Blocks recent = parts_->tail.read((*topic)->stream(partition), from, max_bytes);
  if (!recent.empty()) return recent;
  Result<Blocks> stored = read_stored(place, from, end, max_bytes);
  // It is the log that is damaged, not the state of the shard that reads it.
  if (!stored && stored.error().code == Code::state_damaged) return place.damaged(stored.error().detail);
  return stored;
}

Result<std::uint64_t> EmbeddedLog::begin_offset(const std::string& workspace, std::uint32_t partition) const {
  const Result<Topic*> topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  return (*topic)->partition(partition).begin.load();
}

Result<std::uint64_t> EmbeddedLog::end_offset(const std::string& workspace, std::uint32_t partition) const {
  const Result<Topic*> topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  return (*topic)->partition(partition).end.load();
}

std::unique_ptr<Subscription> EmbeddedLog::subscribe(std::uint32_t partition, Grown grown) {
  return parts_->subscribers.add(partition, std::move(grown));
}

Result<void> EmbeddedLog::Parts::commit(const std::vector<PendingAppend>& appends) {
  GroupCommit group(options.block_bytes, clock.now());
  std::vector<Position> positions;
  positions.reserve(appends.size());
  for (const auto& append : appends) positions.push_back(group.add(append));
  const Result<void> written = write(group.finish());
  if (!written) {
    for (const auto& append : appends) append.appended(written.error());
    return written;
  }
  for (const auto& [stream, grown] : group.growths()) {
    Partition& partition = grown.topic->partition(grown.partition);
    for (const auto& block : grown.blocks) tail.add(stream, block);
    partition.chain = grown.end.chain;
    partition.end = grown.end.offset;
  }
  for (const auto& [stream, grown] : group.growths()) subscribers.tell(grown.partition, grown.topic->workspace);
  for (std::size_t i = 0; i < appends.size(); ++i) appends[i].appended(std::move(positions[i]));
  return {};
}

Result<std::size_t> EmbeddedLog::commit_pending() {
  if (parts_->failed) return Error{Code::storage_failed, "the log failed earlier and has to be reopened"};
  const std::vector<PendingAppend> appends = parts_->queue.take(parts_->options.commit_bytes);
  if (!appends.empty()) {
    const Result<void> committed = parts_->commit(appends);
    if (!committed) return committed.error();
  }
  if (parts_->clock.steady() - parts_->saved_at >= high_water_interval) {
    const Result<void> saved = save_high_water();
    if (!saved) return saved.error();
  }
  return appends.size();
}

void EmbeddedLog::wait_for_pending(Clock::Steady wait) { parts_->queue.wait(wait); }
void EmbeddedLog::wake() { parts_->queue.wake(); }
std::size_t EmbeddedLog::queued_bytes() const { return parts_->queue.bytes(); }
std::uint64_t EmbeddedLog::refused_appends() const { return parts_->queue.refused(); }

Result<void> EmbeddedLog::save_high_water() {
  parts_->saved_at = parts_->clock.steady();
  HighWater now;
  for (const Topic* topic : parts_->topics.all()) {
    for (std::uint32_t i = 0; i < topic->count; ++i) {
      const Partition& partition = topic->partition(i);
      if (partition.end > 0) now.marks[{topic->workspace, i}] = {partition.end, partition.chain};
    }
  }
  if (now == parts_->saved) return {};
  const Result<void> saved = parts_->high_water.save(now);
  if (saved) {
    parts_->saved = std::move(now);
  } else {
    parts_->fail(saved.error());
  }
  return saved;
}

}  // namespace weir::log
