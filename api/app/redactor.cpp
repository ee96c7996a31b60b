#include "api/app/redactor.hpp"

#include <algorithm>
#include <set>

#include "schemas/codec/event_json.hpp"
#include "state/format/codec.hpp"
#include "state/format/keys.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::app {
namespace {

constexpr Duration unconfirmed_max = std::chrono::minutes{10};
constexpr std::chrono::seconds retry_wait{1};
constexpr std::chrono::seconds record_wait{1};  // a note's erase record is in the log long before

/// What takes a record's place when one of the cases is erased.
log::Redact redaction_of(const Node& node, const std::string& workspace, std::set<Hash128> fingerprints) {
  return [&node, workspace,
          fingerprints = std::move(fingerprints)](const log::Entry& entry) -> std::optional<log::Record> {
    if (entry.kind == log::Kind::event) {
      const auto event = decode_stored_event(entry.value, node.clock().now());
      if (!event || !fingerprints.contains(node.fingerprint(workspace, event->process, event->case_id))) return {};
      return log::Record{log::Kind::redacted, {}};
    }
    if (entry.kind != log::Kind::erase) return {};
    auto erasure = runtime::decode_erasure(entry.value);
    if (!erasure || erasure->case_id.empty() || !fingerprints.contains(erasure->fingerprint)) return {};
    erasure->case_id.clear();
    return log::Record{log::Kind::erase, runtime::encode(*erasure)};
  };
}

}  // namespace

Redactor::Redactor(Node& node, Clock::Steady interval)
    : node_(node),
      interval_(std::max<Clock::Steady>(interval, record_wait)),
      redacted_(
          node.metrics().counter("weir_redacted_records_total", "Records of erased cases removed from the log.")) {}

Redactor::~Redactor() { stop(); }

void Redactor::start() {
  thread_ = std::thread{[this] { run(); }};
}

void Redactor::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> Redactor::note(const std::string& workspace, const std::string& process, const std::string& case_id) {
  std::string value;
  format::Encoder out{value};
  out.number(log::partition_of(process, case_id, node_.log().partitions()));
  out.signed_number(to_micros(node_.clock().now()));
  store::Batch batch;
  batch.put(format::Scope{workspace}.erasure(process, node_.fingerprint(workspace, process, case_id)), value);
  const auto written = node_.store().write(batch, store::Durability::synced);
  const std::lock_guard lock{mutex_};
  wanted_ = true;
  changed_.notify_all();
  return written;
}

void Redactor::run() {
  if (const auto finished = node_.log().finish_rewrites(); !finished) {
    node_.logger().log(LogLevel::error, "a redaction could not be finished", {{"detail", finished.error().detail}});
  }
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || wanted_; });
    lock.unlock();
    const Clock::Steady wait = wait_of_oldest();
    lock.lock();
    // What comes in the meantime is done in the same run.
    changed_.wait_for(lock, wait, [this] { return stopping_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    const auto done = run_once();
    if (!done) node_.logger().log(LogLevel::error, "erased bytes remain", {{"detail", done.error().detail}});
    lock.lock();
    if (!done) wanted_ = true;
    if (wanted_) changed_.wait_for(lock, retry_wait, [this] { return stopping_; });
  }
}

Clock::Steady Redactor::wait_of_oldest() const {
  Time oldest = node_.clock().now();
  for (const std::string& workspace : node_.log().workspaces()) {
    const auto pending = pending_of(workspace);
    for (const Pending& one : pending ? *pending : std::vector<Pending>{}) oldest = std::min(oldest, one.noted);
  }
  return std::clamp(oldest + interval_ - node_.clock().now(), Clock::Steady{0}, interval_);
}

Result<void> Redactor::run_once() {
  for (const std::string& workspace : node_.log().workspaces()) {
    const auto pending = pending_of(workspace);
    if (!pending) return pending.error();
    std::map<std::uint32_t, std::vector<Pending>> by_partition;
    std::vector<Pending> never_erased;
    for (const Pending& one : *pending) {
      const auto erased = is_erased(workspace, one);
      if (!erased) return erased.error();
      if (*erased && one.noted + record_wait <= node_.clock().now()) {
        by_partition[one.partition].push_back(one);
      } else if (one.noted + unconfirmed_max < node_.clock().now()) {
        never_erased.push_back(one);  // the server stopped between the note and the record
      } else {
        const std::lock_guard lock{mutex_};
        wanted_ = true;
      }
    }
    for (const auto& [partition, cases] : by_partition) {
      if (const auto redacted = redact(workspace, partition, cases); !redacted) return redacted;
    }
    if (const auto forgotten = forget(never_erased); !forgotten) return forgotten;
  }
  return {};
}

Result<std::vector<Redactor::Pending>> Redactor::pending_of(const std::string& workspace) const {
  const std::string prefix = format::Scope{workspace}.erasures();
  std::vector<Pending> pending;
  const auto scanned = node_.store().scan(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
    Pending one;
    one.key = key;
    const std::string_view rest = format::behind(key, prefix);  // process NUL fingerprint
    one.process = rest.substr(0, rest.find('\0'));
    const std::string_view hash = rest.substr(one.process.size() + 1);
    one.fingerprint = {format::read_big_endian(hash.substr(0, 8)), format::read_big_endian(hash.substr(8))};
    format::Decoder in{value};
    one.partition = static_cast<std::uint32_t>(in.number());
    one.noted = from_micros(in.signed_number());
    pending.push_back(std::move(one));
    return true;
  });
  if (!scanned) return scanned.error();
  return pending;
}

/// The task has taken the erase record, so that nothing of the case comes back.
Result<bool> Redactor::is_erased(const std::string& workspace, const Pending& pending) const {
  const auto stored = node_.engine()
                          .snapshot(pending.partition)
                          ->get(format::Scope{workspace}.erasure(pending.process, pending.fingerprint));
  if (!stored) return stored.error();
  return stored->has_value();
}

Result<void> Redactor::redact(const std::string& workspace, std::uint32_t partition,
                              const std::vector<Pending>& cases) {
  std::set<Hash128> fingerprints;
  for (const Pending& one : cases) fingerprints.insert(one.fingerprint);
  // The erasure must be on the disk before the log forgets the case's name: it could not be replayed any more.
  store::Store& state = node_.shard_store(partition);
  if (const auto synced = state.sync(); !synced) return synced;
  const auto changed = node_.log().rewrite(workspace, partition, redaction_of(node_, workspace, fingerprints));
  if (!changed) return changed.error();
  redacted_.add(static_cast<double>(*changed));
  const std::string everything = format::Scope{workspace}.everything();
  if (const auto compacted = state.compact(everything, store::end_of_prefix(everything)); !compacted) return compacted;
  return forget(cases);
}

Result<void> Redactor::forget(const std::vector<Pending>& cases) {
  if (cases.empty()) return {};
  store::Batch batch;
  for (const Pending& one : cases) batch.erase(one.key);
  return node_.store().write(batch, store::Durability::synced);
}

}  // namespace weir::app
