// Opening the embedded log: its format, its workspaces, and the end of each partition by the chain.
#include "schemas/base/event.hpp"
#include "state/format/codec.hpp"
#include "stream/log/embedded_parts.hpp"
#include "stream/log/log_keys.hpp"
#include "stream/log/stored_log.hpp"

namespace weir::log {
namespace {

std::string encode_format(std::uint32_t partitions) {
  std::string bytes;
  format::Encoder to(bytes);
  to.byte(log_format);
  to.number(partitions);
  return bytes;
}

Result<bool> is_empty(const store::Reader& store) {
  bool empty = true;
  const Result<void> scanned = store.scan("", "", [&](std::string_view, std::string_view) { return empty = false; });
  if (!scanned) return scanned.error();
  return empty;
}

Result<void> make_format(store::Store& store, std::uint32_t partitions) {
  const Result<bool> empty = is_empty(store);
  if (!empty) return empty.error();
  if (!*empty) return Error{Code::state_format, "the store holds something, and no log"};
  store::Batch batch;
  batch.put(format_key(), encode_format(partitions));
  return store.write(batch, store::Durability::synced);
}

Result<void> check_format(store::Store& store, std::uint32_t partitions) {
  const auto stored = store.get(format_key());
  if (!stored) return stored.error();
  if (!stored->has_value()) return make_format(store, partitions);
  const auto count = stored_partitions(store);
  if (!count) return count.error();
  if (*count == partitions) return {};
  return Error{Code::state_format, "the log was made with " + std::to_string(*count) + " partitions, not with " +
                                       std::to_string(partitions)};
}

/// The link behind the last block below the mark, which has to be the mark.
Result<Link> check_mark(const Place& place, const HighWater::Mark& mark, const Link& start) {
  Link found = start;
  if (mark.end > start.offset) {
    const auto block = find_block(place, mark.end - 1);
    if (!block) return block.error();
    if (*block != nullptr && (*block)->base_offset() >= start.offset) found = (*block)->after();
  }
  if (found == Link{mark.end, mark.chain}) return found;
  if (found.offset < mark.end) {
    return place.damaged("the records from offset " + std::to_string(found.offset) + " to " + std::to_string(mark.end) +
                         " were there and are missing");
  }
  return place.damaged("the content before offset " + std::to_string(mark.end) + " is not what it was");
}

/// The end of a partition, everything behind the mark checked.
Result<Link> find_end(const Place& place, const Link& start, const std::optional<HighWater::Mark>& mark) {
  Link from = start;
  if (mark && mark->end >= start.offset) {
    const Result<Link> checked = check_mark(place, *mark, start);
    if (!checked) return checked.error();
    from = *checked;
  }
  return walk(place, from.offset, std::numeric_limits<std::uint64_t>::max(), from, [](const auto&) { return true; });
}

std::optional<HighWater::Mark> mark_of(const HighWater& high_water, const Place& place) {
  const auto at = high_water.marks.find({place.workspace, place.partition});
  return at == high_water.marks.end() ? std::nullopt : std::optional{at->second};
}

Result<std::unique_ptr<Topic>> recover(std::unique_ptr<Topic> topic, const store::Reader& store,
                                       const HighWater& high_water) {
  for (std::uint32_t i = 0; i < topic->count; ++i) {
    const Place place{store, topic->workspace, i};
    const Result<Link> start = read_start(place);
    if (!start) return start.error();
    const Result<Link> end = find_end(place, *start, mark_of(high_water, place));
    if (!end) return end.error();
    Partition& partition = topic->partition(i);
    partition.begin = start->offset;
    partition.end = end->offset;
    partition.chain = end->chain;
  }
  return topic;
}

}  // namespace

Result<std::unique_ptr<EmbeddedLog>> EmbeddedLog::open(store::Store& store, HighWaterKeeper& high_water,
                                                       const Clock& clock, const EmbeddedOptions& options) {
  WEIR_CHECK(options.partitions > 0, "a log without partitions");
  // A record whose sync failed may be here and not on the disk; nobody shall read what a loss of power could take.
  const Result<void> synced = store.sync();
  if (!synced) return synced.error();
  const Result<void> format = check_format(store, options.partitions);
  if (!format) return format.error();
  auto saved = high_water.load();
  if (!saved) return saved.error();
  const auto names = stored_workspaces(store);
  if (!names) return names.error();

  auto parts = std::make_unique<Parts>(store, high_water, clock, options);
  parts->saved = std::move(*saved).value_or(HighWater{});
  parts->saved_at = clock.steady();
  for (const auto& name : *names) {
    auto topic = recover(parts->topics.make(name), store, parts->saved);
    if (!topic) return topic.error();
    parts->topics.add(*std::move(topic));
  }
  for (const auto& [place, mark] : parts->saved.marks) {
    if (parts->topics.find(place.first) != nullptr && place.second < options.partitions) continue;
    return Place{store, place.first, place.second}.damaged("it had records and is missing");
  }
  return std::unique_ptr<EmbeddedLog>(new EmbeddedLog(std::move(parts)));
}

}  // namespace weir::log
