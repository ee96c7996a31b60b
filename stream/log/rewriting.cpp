// The embedded log's housekeeping: erasing content from old blocks, dropping old blocks, checking all of them.
#include "stream/log/embedded_parts.hpp"
#include "stream/log/log_keys.hpp"
#include "stream/log/stored_log.hpp"

namespace weir::log {
namespace {

constexpr std::size_t batch_bytes = std::size_t{4} << 20;

/// Rows on their way to the store, written whenever they are many.
class Rows {
 public:
  using Write = std::function<Result<void>(const store::Batch&)>;
  explicit Rows(Write write) : write_(std::move(write)) {}

  store::Batch& batch() { return batch_; }
  Result<void> flush_if_many() {
    if (batch_.bytes() < batch_bytes) return {};
    return flush();
  }
  Result<void> flush() {
    if (batch_.empty()) return {};
    Result<void> written = write_(batch_);
    batch_.clear();
    return written;
  }

 private:
  Write write_;
  store::Batch batch_;
};

struct Rewritten {
  std::uint64_t records = 0;
  std::string first_key;
  std::string last_key;
};

/// Replaces rows; the mark that compaction is owed goes with the first of them.
Result<Rewritten> rewrite_rows(const Place& place, const Link& start, std::uint64_t end, const Redact& redact,
                               Rows& rows) {
  Rewritten rewritten;
  Result<void> written;
  const Result<Link> walked = walk(place, start.offset, end, start, [&](const auto& block) {
    std::optional<std::string> row = block->rewritten(redact, rewritten.records);
    if (!row) return true;
    rewritten.last_key = block_key(place.workspace, place.partition, block->base_offset());
    if (rewritten.first_key.empty()) {
      rewritten.first_key = rewritten.last_key;
      rows.batch().put(rewrite_key(place.workspace, place.partition), "");
    }
    rows.batch().put(rewritten.last_key, *std::move(row));
    written = rows.flush_if_many();
    return written.ok();
  });
  if (!walked) return walked.error();
  if (written) written = rows.flush();
  if (!written) return written.error();
  return rewritten;
}

/// The keys of the blocks that lie below `end`.
Result<std::vector<std::string>> keys_below(const Place& place, std::uint64_t end) {
  std::vector<std::string> keys;
  const Result<void> scanned =
      place.store.scan(blocks_prefix(place.workspace, place.partition),
                       block_key(place.workspace, place.partition, end), [&](std::string_view key, std::string_view) {
                         keys.emplace_back(key);
                         return true;
                       });
  if (!scanned) return scanned.error();
  return keys;
}

}  // namespace

Result<void> EmbeddedLog::Parts::compact(const std::string& mark, const std::string& from, const std::string& to) {
  const Result<void> compacted = store.compact(from, to);
  if (!compacted) {
    fail(compacted.error());
    return compacted;
  }
  store::Batch done;
  done.erase(mark);
  return write(done);
}

Result<std::uint64_t> EmbeddedLog::rewrite(const std::string& workspace, std::uint32_t partition,
                                           const Redact& redact) {
  const Result<Topic*> topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  const std::lock_guard lock(parts_->maintenance);
  const Place place = parts_->place(**topic, partition);
  const Result<Link> start = read_start(place);
  if (!start) return start.error();
  Rows rows([&](const store::Batch& batch) { return parts_->write(batch); });
  const Result<Rewritten> rewritten = rewrite_rows(place, *start, (*topic)->partition(partition).end, redact, rows);
  if (!rewritten) return rewritten.error();
  if (rewritten->records == 0) return std::uint64_t{0};
  parts_->tail.drop((*topic)->stream(partition));
  const Result<void> compacted =
      parts_->compact(rewrite_key(workspace, partition), rewritten->first_key, rewritten->last_key + '\0');
  if (!compacted) return compacted.error();
  return rewritten->records;
}

Result<void> EmbeddedLog::finish_rewrites() {
  const std::lock_guard lock(parts_->maintenance);
  for (const Topic* topic : parts_->topics.all()) {
    for (std::uint32_t i = 0; i < topic->count; ++i) {
      const std::string mark = rewrite_key(topic->workspace, i);
      const auto owed = parts_->store.get(mark);
      if (!owed) return owed.error();
      if (!owed->has_value()) continue;
      const std::string blocks = blocks_prefix(topic->workspace, i);
      const Result<void> compacted = parts_->compact(mark, blocks, store::end_of_prefix(blocks));
      if (!compacted) return compacted;
    }
  }
  return {};
}

Result<void> EmbeddedLog::trim(const std::string& workspace, std::uint32_t partition, std::uint64_t offset) {
  const Result<Topic*> topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  const std::lock_guard lock(parts_->maintenance);
  Partition& known = (*topic)->partition(partition);
  const std::uint64_t below = std::min(offset, known.end.load());
  if (below <= known.begin) return {};
  const Place place = parts_->place(**topic, partition);
  const auto block = find_block(place, below - 1);
  if (!block) return block.error();
  if (*block == nullptr || (*block)->end_offset() < below) {
    return place.damaged("the record at offset " + std::to_string(below - 1) + " is missing");
  }
  const Link start = (*block)->end_offset() <= below ? (*block)->after() : (*block)->before();
  const auto dropped = keys_below(place, start.offset);
  if (!dropped) return dropped.error();

  // The start goes first: should the rest be lost, rows before it are ignored, and dropped by the next trim.
  Rows rows([&](const store::Batch& batch) { return parts_->write(batch); });
  rows.batch().put(start_key(workspace, partition), encode_start(start));
  Result<void> written = rows.flush();
  if (written) known.begin = start.offset;
  for (auto key = dropped->begin(); key != dropped->end() && written; ++key) {
    rows.batch().erase(*key);
    written = rows.flush_if_many();
  }
  return written ? rows.flush() : written;
}

Result<Hash128> EmbeddedLog::fingerprint(const std::string& workspace, std::uint32_t partition,
                                         std::uint64_t offset) const {
  const Result<Topic*> topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  return stored_fingerprint(parts_->store, workspace, partition, offset);
}

Result<void> EmbeddedLog::while_still(const std::function<Result<void>()>& work) {
  const std::lock_guard lock(parts_->writing);
  return work();
}

Result<void> EmbeddedLog::verify(const std::string& workspace, std::uint32_t partition) const {
  const Result<Topic*> topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  const std::lock_guard lock(parts_->maintenance);
  const Place place = parts_->place(**topic, partition);
  const std::uint64_t end = (*topic)->partition(partition).end;
  const auto last = verify_stored(parts_->store, workspace, partition);
  if (!last) return last.error();
  if (*last >= end) return {};
  return place.damaged("the records from offset " + std::to_string(*last) + " on are missing");
}

}  // namespace weir::log
