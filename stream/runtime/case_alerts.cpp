#include "stream/runtime/case_alerts.hpp"

#include <algorithm>
#include <map>

#include "schemas/base/hash.hpp"
#include "state/format/codec.hpp"

namespace weir::runtime {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t version_with_history = 2;   // of an alert that is listed
constexpr std::uint8_t version_with_commands = 2;  // of what is kept

void write(format::Encoder& out, const std::optional<Time>& time) {
  out.byte(time ? 1 : 0);
  if (time) out.signed_number(to_micros(*time));
}

std::optional<Time> read_time(format::Decoder& in) {
  if (in.byte() == 0) return std::nullopt;
  return from_micros(in.signed_number());
}

ListedAlert listed(const alerts::Subject& subject, const alerts::Alert& alert) {
  ListedAlert row;
  row.process = subject.is_case() ? subject.process : alert.about;
  row.case_id = subject.case_id;
  row.name = alert.name;
  row.promise = alert.promise;
  row.state = alert.state;
  row.severity = alert.severity();
  row.since = alert.notices.front().told_at;
  row.began = alert.began;
  row.due = alert.due;
  for (const alerts::Notice& notice : alert.notices) {
    if (notice.deed) row.title = notice.deed->title;
    if (notice.step == alerts::Step::warned && !row.warned_at) row.warned_at = notice.at;
    if (notice.step == alerts::Step::breached) row.breached_at = notice.at;
  }
  if (alert.is_over()) row.ended_at = alert.notices.back().at;
  row.escalation = alert.escalation;
  row.is_acknowledged = alert.is_acknowledged;
  row.silenced_until = alert.silenced_until;
  const std::size_t left_out = alert.notices.size() - std::min(alert.notices.size(), ListedAlert::history_max);
  for (const alerts::Notice& notice : std::span{alert.notices}.subspan(left_out)) {
    const std::string& note = notice.deed ? notice.deed->title : notice.note;
    row.history.push_back({notice.step, notice.at, notice.by, note, notice.receivers, notice.held_until});
  }
  return row;
}

void write(format::Encoder& out, const AlertEntry& entry) {
  out.byte(static_cast<std::uint8_t>(entry.step));
  out.signed_number(to_micros(entry.at));
  out.text(entry.by);
  out.text(entry.note);
  out.number(entry.receivers.size());
  for (const std::string& one : entry.receivers) out.text(one);
  write(out, entry.held_until);
}

AlertEntry read_entry(format::Decoder& in) {
  AlertEntry entry;
  const std::uint8_t step = in.byte();
  if (step < 1 || step > static_cast<std::uint8_t>(alerts::Step::acknowledged)) in.refuse();
  entry.step = static_cast<alerts::Step>(step);
  entry.at = from_micros(in.signed_number());
  entry.by = in.text();
  entry.note = in.text();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) entry.receivers.emplace_back(in.text());
  entry.held_until = read_time(in);
  return entry;
}

}  // namespace

std::string encode(const ListedAlert& alert) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version_with_history);
  out.text(alert.process);
  out.text(alert.case_id);
  out.byte(static_cast<std::uint8_t>(alert.name.source));
  out.text(alert.name.document);
  out.text(alert.name.metric);
  out.number(alert.name.number);
  out.text(alert.title);
  out.byte(static_cast<std::uint8_t>(alert.severity));
  out.text(alert.promise);
  out.byte(static_cast<std::uint8_t>(alert.state));
  out.signed_number(to_micros(alert.since));
  out.signed_number(to_micros(alert.began));
  for (const auto& time : {alert.due, alert.warned_at, alert.breached_at, alert.ended_at}) write(out, time);
  out.text(alert.escalation);
  out.byte(alert.is_acknowledged ? 1 : 0);
  write(out, alert.silenced_until);
  out.number(alert.history.size());
  for (const AlertEntry& one : alert.history) write(out, one);
  return bytes;
}

Result<ListedAlert> decode_listed_alert(std::string_view bytes) {
  format::Decoder in{bytes};
  ListedAlert alert;
  const std::uint8_t written = in.byte();
  if (written != version && written != version_with_history) in.refuse();
  alert.process = in.text();
  alert.case_id = in.text();
  const std::uint8_t source = in.byte();
  if (source < static_cast<std::uint8_t>(alerts::Source::sla) ||
      source > static_cast<std::uint8_t>(alerts::Source::threshold)) {
    in.refuse();
  }
  alert.name.source = static_cast<alerts::Source>(source);
  alert.name.document = in.text();
  alert.name.metric = in.text();
  alert.name.number = in.number();
  alert.title = in.text();
  const std::uint8_t severity = in.byte();
  if (severity > static_cast<std::uint8_t>(effects::Severity::critical)) in.refuse();
  alert.severity = static_cast<effects::Severity>(severity);
  alert.promise = in.text();
  const std::uint8_t state = in.byte();
  if (state > static_cast<std::uint8_t>(sla::State::cancelled)) in.refuse();
  alert.state = static_cast<sla::State>(state);
  alert.since = from_micros(in.signed_number());
  alert.began = from_micros(in.signed_number());
  for (auto* time : {&alert.due, &alert.warned_at, &alert.breached_at, &alert.ended_at}) *time = read_time(in);
  if (written == version_with_history) {
    alert.escalation = in.text();
    alert.is_acknowledged = in.byte() == 1;
    alert.silenced_until = read_time(in);
    for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) alert.history.push_back(read_entry(in));
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a listed alert cannot be read"};
  return alert;
}

std::string encode(const OutboxRow& row) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(row.process);
  out.text(row.case_id);
  out.text(alerts::encode(row.announcement));
  return bytes;
}

Result<OutboxRow> decode_outbox_row(std::string_view bytes) {
  format::Decoder in{bytes};
  OutboxRow row;
  if (in.byte() != version) in.refuse();
  row.process = in.text();
  row.case_id = in.text();
  auto announcement = alerts::decode_announcement(in.text());
  if (!in.ok() || !in.at_end() || !announcement) return Error{Code::state_format, "a row of an outbox cannot be read"};
  row.announcement = *std::move(announcement);
  return row;
}

bool is_listed_alert(const format::Scope& scope, const MadeRow& row) {
  return row.key.starts_with(scope.alerts(false)) || row.key.starts_with(scope.alerts(true));
}

std::size_t KeptAlerts::bytes() const {
  std::size_t bytes = ledger.bytes() + commands.bytes() + rows.capacity() * sizeof(MadeRow);
  for (const MadeRow& row : rows) bytes += row.key.capacity();
  return bytes;
}

std::string encode(const KeptAlerts& kept) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(kept.commands.empty() ? version : version_with_commands);
  out.text(alerts::encode(kept.ledger));
  out.number(kept.rows.size());
  for (const MadeRow& row : kept.rows) {
    out.text(row.key);
    out.fixed64(row.digest);
  }
  if (!kept.commands.empty()) out.text(alerts::encode(kept.commands));
  return bytes;
}

Result<KeptAlerts> decode_kept_alerts(std::string_view bytes) {
  format::Decoder in{bytes};
  KeptAlerts kept;
  const std::uint8_t written = in.byte();
  if (written != version && written != version_with_commands) in.refuse();
  auto ledger = alerts::decode_ledger(in.text());
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string key{in.text()};
    kept.rows.push_back({std::move(key), in.fixed64()});
  }
  auto commands =
      written == version ? Result<alerts::Commands>{alerts::Commands{}} : alerts::decode_commands(in.text());
  if (!commands) in.refuse();
  if (!in.ok() || !in.at_end() || !ledger) return Error{Code::state_format, "the alerts of a case cannot be read"};
  kept.ledger = *std::move(ledger);
  kept.commands = *std::move(commands);
  return kept;
}

std::vector<std::string> make_rows(const format::Scope& scope, const alerts::Subject& subject,
                                   std::span<const alerts::Alert> alerts, Time quiet_until, KeptAlerts& kept,
                                   store::Batch& batch) {
  std::map<std::string, std::string> rows;
  std::map<std::string, std::string> receivers;  // by row
  for (const alerts::Alert& alert : alerts) {
    if (!alert.is_listed()) continue;
    const std::int64_t since = to_micros(alert.notices.front().told_at);
    rows.emplace(scope.alert(alert.is_over(), since, subject.process, subject.case_id, alert.name.text()),
                 encode(listed(subject, alert)));
  }
  for (alerts::Announcement& one : alerts::next_announcements(subject, kept.ledger, alerts, quiet_until)) {
    const std::string& target = one.telling.target;
    std::string key = scope.outbox(target, to_micros(one.progress.due), subject.process, subject.case_id, one.alert);
    receivers.emplace(key, target);
    rows.emplace(std::move(key), encode(OutboxRow{subject.process, subject.case_id, std::move(one)}));
  }
  std::vector<std::string> told;
  std::vector<MadeRow> made;
  auto before = kept.rows.begin();
  for (auto& [key, value] : rows) {
    for (; before != kept.rows.end() && before->key < key; ++before) batch.erase(before->key);
    const std::uint64_t digest = hash128(value).low;
    const bool is_there = before != kept.rows.end() && before->key == key;
    made.push_back({key, digest});
    if (is_there && (before++)->digest == digest) continue;
    if (const auto receiver = receivers.find(key); receiver != receivers.end()) told.push_back(receiver->second);
    batch.put(key, std::move(value));
  }
  for (; before != kept.rows.end(); ++before) batch.erase(before->key);
  kept.rows = std::move(made);
  return told;
}

}  // namespace weir::runtime
