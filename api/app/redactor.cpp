#include "api/app/redactor.hpp"

#include <algorithm>
#include <set>

#include "schemas/codec/event_json.hpp"
#include "state/format/codec.hpp"
#include "state/format/keys.hpp"
#include "stream/alerts/command.hpp"
#include "stream/alerts/delivery.hpp"
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
    const auto without = [&](const std::string& process, const std::string& case_id) -> std::optional<log::Record> {
      if (!fingerprints.contains(node.fingerprint(workspace, process, case_id))) return {};
      return log::Record{log::Kind::redacted, {}};
    };
    if (entry.kind == log::Kind::event) {
      const auto event = decode_stored_event(entry.value, node.clock().now());
      return event ? without(event->process, event->case_id) : std::nullopt;
    }
    if (entry.kind == log::Kind::delivery) {
      const auto delivery = alerts::decode_delivery(entry.value);
      return delivery ? without(delivery->process, delivery->case_id) : std::nullopt;
    }
    if (entry.kind == log::Kind::command) {
      const auto command = alerts::decode_command(entry.value);
      return command ? without(command->process, command->case_id) : std::nullopt;
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

void Redactor::start() {
  work_.start([this, begun = false]() mutable {
    log::EmbeddedLog* const own = node_.embedded_log();
    const bool first = !std::exchange(begun, true) && own != nullptr;
    const auto done = first ? own->finish_rewrites() : run();
    if (!done) node_.logger().log(LogLevel::error, "erased bytes remain", {{"detail", done.error().detail}});
    return std::max<Clock::Steady>(wait_of_oldest(), retry_wait);
  });
}

Result<void> Redactor::note(const std::string& workspace, const std::string& process, const std::string& case_id) {
  std::string value;
  format::Encoder out{value};
  out.number(log::partition_of(process, case_id, node_.log().partitions()));
  out.signed_number(to_micros(node_.clock().now()));
  store::Batch batch;
  batch.put(format::Scope{workspace}.erasure(process, node_.fingerprint(workspace, process, case_id)), value);
  return node_.store().write(batch, store::Durability::synced);
}

/// What comes in the meantime is done in the same run.
Clock::Steady Redactor::wait_of_oldest() const {
  Time oldest = node_.clock().now();
  for (const std::string& workspace : node_.log().workspaces()) {
    const auto pending = pending_of(workspace);
    for (const Pending& one : pending ? *pending : std::vector<Pending>{}) oldest = std::min(oldest, one.noted);
  }
  return std::clamp(oldest + interval_ - node_.clock().now(), Clock::Steady{0}, interval_);
}

Result<void> Redactor::run() {
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
      }
    }
    for (const auto& [partition, cases] : by_partition) {
      if (const auto redacted = redact(workspace, partition, cases); !redacted) return redacted;
    }
    if (const auto forgotten = forget(workspace, never_erased); !forgotten) return forgotten;
  }
  return {};
}

Result<std::vector<Redactor::Pending>> Redactor::pending_of(const std::string& workspace) const {
  std::vector<Pending> pending;
  if (const auto added = add_notes(workspace, pending); !added) return added.error();
  for (std::uint32_t i = 0; i < node_.log().partitions(); ++i) {
    if (const auto added = add_sent_again(workspace, i, pending); !added) return added.error();
  }
  return pending;
}

/// `rest_of_key`: process NUL fingerprint.
Redactor::Pending Redactor::named_by(std::string_view rest_of_key) {
  Pending one;
  one.process = rest_of_key.substr(0, rest_of_key.find('\0'));
  const std::string_view hash = rest_of_key.substr(one.process.size() + 1);
  one.fingerprint = {format::read_big_endian(hash.substr(0, 8)), format::read_big_endian(hash.substr(8))};
  return one;
}

Result<void> Redactor::add_notes(const std::string& workspace, std::vector<Pending>& pending) const {
  const std::string prefix = format::Scope{workspace}.erasures();
  return node_.store().scan(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
    Pending one = named_by(format::behind(key, prefix));
    one.note = key;
    format::Decoder in{value};
    one.partition = static_cast<std::uint32_t>(in.number());
    one.noted = from_micros(in.signed_number());
    pending.push_back(std::move(one));
    return true;
  });
}

/// O(erasures of the partition).
Result<void> Redactor::add_sent_again(const std::string& workspace, std::uint32_t partition,
                                      std::vector<Pending>& pending) const {
  const format::Scope scope{workspace};
  const auto stored = node_.store().get(scope.redacted(partition));
  if (!stored) return stored.error();
  const std::uint64_t redacted = *stored ? format::Decoder{**stored}.number() : 0;
  const std::string prefix = scope.erasures();
  Result<void> outcome;
  const auto snapshot = node_.engine().snapshot(partition);
  if (snapshot == nullptr) return {};  // its owner's work
  const auto scanned =
      snapshot->scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view value) {
        if (value.empty()) return true;
        const auto last = runtime::decode_sent_again(value);
        if (!last) outcome = last.error();
        if (!last || last->offset < redacted) return outcome.ok();
        Pending one = named_by(format::behind(key, prefix));
        one.partition = partition;
        one.noted = last->appended;
        one.sent_again = last->offset;
        pending.push_back(std::move(one));
        return true;
      });
  return outcome ? scanned : outcome;
}

/// The task has taken the erase record, so that nothing of the case comes back.
Result<bool> Redactor::is_erased(const std::string& workspace, const Pending& pending) const {
  if (pending.note.empty()) return true;
  const auto snapshot = node_.engine().snapshot(pending.partition);
  if (snapshot == nullptr) return false;
  const auto stored = snapshot->get(format::Scope{workspace}.erasure(pending.process, pending.fingerprint));
  if (!stored) return stored.error();
  return stored->has_value();
}

Result<void> Redactor::redact(const std::string& workspace, std::uint32_t partition,
                              const std::vector<Pending>& cases) {
  std::set<Hash128> fingerprints;
  for (const Pending& one : cases) fingerprints.insert(one.fingerprint);
  // The erasure must be on the disk before the log forgets the case's name: it could not be replayed any more.
  const auto store = node_.shards().store(partition);
  if (store == nullptr) return {};  // it went meanwhile
  store::Store& state = *store->watched;
  if (const auto synced = state.sync(); !synced) return synced;
  if (log::EmbeddedLog* const own = node_.embedded_log()) {
    const auto changed = own->rewrite(workspace, partition, redaction_of(node_, workspace, fingerprints));
    if (!changed) return changed.error();
    redacted_.add(static_cast<double>(*changed));
  }  // else the topic's retention removes them
  const bool in_state = std::any_of(cases.begin(), cases.end(), [](const Pending& one) { return !one.note.empty(); });
  if (!in_state) return forget(workspace, cases);  // the task took nothing of what was sent again
  const std::string everything = format::Scope{workspace}.everything();
  if (const auto compacted = state.compact(everything, store::end_of_prefix(everything)); !compacted) return compacted;
  return forget(workspace, cases);
}

Result<void> Redactor::forget(const std::string& workspace, const std::vector<Pending>& cases) {
  store::Batch batch;
  std::map<std::uint32_t, std::uint64_t> redacted;  // partition -> offset behind the last record sent again
  for (const Pending& one : cases) {
    if (!one.note.empty()) {
      batch.erase(one.note);
    } else {
      redacted[one.partition] = std::max(redacted[one.partition], one.sent_again + 1);
    }
  }
  for (const auto& [partition, offset] : redacted) {
    std::string value;
    format::Encoder{value}.number(offset);
    batch.put(format::Scope{workspace}.redacted(partition), std::move(value));
  }
  if (batch.empty()) return {};
  return node_.store().write(batch, store::Durability::synced);
}

}  // namespace weir::app
