#include "stream/runtime/threshold_book.hpp"

#include <algorithm>

#include "state/format/codec.hpp"
#include "stream/alerts/response.hpp"

namespace weir::runtime {
namespace {

constexpr std::uint8_t version = 1;

std::vector<alerts::Alert> alerts_of(const std::string& name, const thresholds::Standing& standing) {
  std::vector<alerts::Alert> all;
  alerts::add_alerts(name, standing, all);
  return all;
}

/// Of what is not kept any more nothing is told or done.
void forget_dropped(std::span<const alerts::Alert> all, KeptAlerts& kept) {
  std::vector<std::string> names;
  for (const alerts::Alert& alert : all) names.push_back(alert.name.text());
  kept.ledger.keep_only(all);
  kept.commands.keep_only(names);
}

}  // namespace

std::string encode(const KeptThreshold& kept) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(thresholds::encode(kept.standing));
  out.text(encode(kept.alerts));
  out.byte(kept.timer ? 1 : 0);
  if (kept.timer) out.signed_number(*kept.timer);
  return bytes;
}

Result<KeptThreshold> decode_kept_threshold(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) in.refuse();
  auto standing = thresholds::decode_standing(in.text());
  auto kept = decode_kept_alerts(in.text());
  std::optional<std::int64_t> timer;
  if (in.byte() == 1) timer = in.signed_number();
  if (!in.ok() || !in.at_end() || !standing || !kept) return Error{Code::state_format, "a threshold cannot be read"};
  return KeptThreshold{*std::move(standing), *std::move(kept), timer};
}

Result<KeptThreshold> read_threshold(const store::Reader& state, const format::Scope& scope, const std::string& name) {
  const auto stored = state.get(scope.threshold(name));
  if (!stored) return stored.error();
  return *stored ? decode_kept_threshold(**stored) : KeptThreshold{};
}

Result<KeptThreshold*> ThresholdBook::find(const std::string& name) {
  if (const auto known = known_.find(name); known != known_.end()) return &known->second;
  auto stored = read_threshold(state_, scope_, name);
  if (!stored) return stored.error();
  return &known_.emplace(name, *std::move(stored)).first->second;
}

Result<void> ThresholdBook::take(const thresholds::Observation& observation) {
  const documents::Version* const current = documents_.current(documents::Kind::threshold, observation.threshold);
  if (current == nullptr || current->effective_at != observation.version) return {};
  const auto threshold = thresholds::threshold_of(*current->body);
  if (!threshold) return {};
  const auto kept = find(observation.threshold);
  if (!kept) return kept.error();
  if (thresholds::take((*kept)->standing, *threshold, observation)) changed_.insert(observation.threshold);
  return {};
}

Result<bool> ThresholdBook::take(const alerts::Delivery& delivery, std::uint64_t offset, std::string& effect) {
  const auto named = alerts::notice_named(delivery.telling.notice);
  if (!named || named->alert.source != alerts::Source::threshold) return false;
  const std::string& name = named->alert.document;
  const auto kept = find(name);
  if (!kept) return kept.error();
  const auto& episodes = (*kept)->standing.episodes;
  const bool is_kept =
      std::any_of(episodes.begin(), episodes.end(), [&](const auto& one) { return one.number == named->alert.number; });
  alerts::Ledger& ledger = (*kept)->alerts.ledger;
  const alerts::Told* const told = ledger.find(delivery.telling.notice, delivery.telling.target);
  effect = told == nullptr || told->effect.empty() ? delivery.effect : told->effect;
  if (!is_kept || !ledger.take(delivery, offset)) return false;
  changed_.insert(name);
  return true;
}

Result<void> ThresholdBook::take(const alerts::Command& command, std::int64_t tick) {
  std::string_view text = command.alert;
  const auto alert = alerts::take_alert_name(text);
  if (!alert || alert->source != alerts::Source::threshold) return {};
  const auto kept = find(alert->document);
  if (!kept) return kept.error();
  if ((*kept)->standing.episodes.empty()) return {};
  const Time least = std::max(from_micros(tick), (*kept)->standing.since);
  if ((*kept)->alerts.commands.take(command, least)) changed_.insert(alert->document);
  return {};
}

Result<void> ThresholdBook::come_into_force(const documents::Change& change) {
  if (alerts::Playbook::concerns(change)) {
    if (const auto touched = touch_all(); !touched) return touched;
  }
  if (change.kind != documents::Kind::threshold || documents_.current(change.kind, change.name) != nullptr) return {};
  const auto kept = find(change.name);
  if (!kept) return kept.error();
  if (thresholds::withdraw((*kept)->standing, change.version.effective_at)) changed_.insert(change.name);
  return {};
}

Result<void> ThresholdBook::fire(const std::string& name) {
  const auto kept = find(name);
  if (!kept) return kept.error();
  (*kept)->timer.reset();
  changed_.insert(name);
  return {};
}

/// Those that ever stood otherwise than quiet.
Result<void> ThresholdBook::touch_all() {
  const std::string prefix = scope_.threshold({});
  std::vector<std::string> names;
  for (const auto& [name, kept] : known_) names.push_back(name);
  const auto scanned = state_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    names.emplace_back(format::behind(key, prefix));
    return true;
  });
  if (!scanned) return scanned;
  for (const std::string& name : names) {
    const auto kept = find(name);
    if (!kept) return kept.error();
    if (!(*kept)->standing.episodes.empty()) changed_.insert(name);
  }
  return {};
}

void ThresholdBook::set_timer(const std::string& name, KeptThreshold& kept, std::optional<Time> next,
                              store::Batch& batch) const {
  const auto due = next ? std::optional{to_micros(*next)} : std::nullopt;
  if (kept.timer == due) return;
  if (kept.timer) batch.erase(scope_.timer(*kept.timer, {}, name));
  if (due) batch.put(scope_.timer(*due, {}, name), {});
  kept.timer = due;
}

ThresholdBook::Committed ThresholdBook::commit(const alerts::Playbook* playbook, std::int64_t clock,
                                               store::Batch& batch) {
  Committed committed;
  const alerts::Subject subject{scope_.workspace(), {}, {}};
  for (const std::string& name : changed_) {
    KeptThreshold& kept = known_.at(name);
    std::vector<alerts::Alert> all = alerts_of(name, kept.standing);
    forget_dropped(all, kept.alerts);
    const alerts::Commands& commands = kept.alerts.commands;
    // What was observed or done was so at a time that no tick has to reach first.
    Time now = std::max(from_micros(clock), kept.standing.since);
    if (!commands.empty()) now = std::max(now, commands.all().back().at);
    const auto next = alerts::respond(playbook, subject, commands, now, all);
    for (std::string& target : make_rows(scope_, subject, all, Time::min(), kept.alerts, batch)) {
      addressed_.insert(std::move(target));
    }
    for (const alerts::Alert& alert : all) committed.processes.insert(alert.about);
    set_timer(name, kept, next, batch);
    if (kept.timer) committed.due = std::min(committed.due.value_or(*kept.timer), *kept.timer);
    batch.put(scope_.threshold(name), encode(kept));
  }
  changed_.clear();
  known_.clear();
  return committed;
}

}  // namespace weir::runtime
