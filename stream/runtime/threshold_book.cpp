#include "stream/runtime/threshold_book.hpp"

#include <algorithm>

#include "state/format/codec.hpp"
#include "stream/alerts/response.hpp"

namespace weir::runtime {
namespace {

constexpr std::uint8_t version = 1;

/// -> with when they change next.
std::pair<std::vector<alerts::Alert>, std::optional<Time>> alerts_of(const std::string& name, const KeptThreshold& kept,
                                                                     const alerts::Playbook* playbook,
                                                                     const alerts::Subject& subject, Time now) {
  std::vector<alerts::Alert> all;
  alerts::add_alerts(name, kept.standing, all);
  const auto next = alerts::respond(playbook, subject, kept.alerts.commands, now, all);
  return {std::move(all), next};
}

std::set<std::string> names_of(const std::vector<alerts::Alert>& all) {
  std::set<std::string> names;
  for (const alerts::Alert& one : all) names.insert(one.name.text());
  return names;
}

bool is_kept(const KeptThreshold& kept, std::uint64_t number) {
  const auto& episodes = kept.standing.episodes;
  return std::any_of(episodes.begin(), episodes.end(), [&](const auto& one) { return one.number == number; });
}

}  // namespace

std::string encode(const KeptThreshold& kept) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(thresholds::encode(kept.standing));
  out.text(encode(kept.alerts));
  out.byte(kept.next ? 1 : 0);
  if (kept.next) out.signed_number(*kept.next);
  return bytes;
}

Result<KeptThreshold> decode_kept_threshold(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) in.refuse();
  auto standing = thresholds::decode_standing(in.text());
  auto kept = decode_kept_alerts(in.text());
  const auto next = in.byte() == 1 ? std::optional{in.signed_number()} : std::nullopt;
  if (!in.ok() || !in.at_end() || !standing || !kept) return Error{Code::state_format, "a threshold cannot be read"};
  return KeptThreshold{*std::move(standing), *std::move(kept), next};
}

Result<KeptThreshold> read_threshold(const store::Reader& state, const format::Scope& scope, const std::string& name) {
  const auto stored = state.get(scope.threshold(name));
  if (!stored) return stored.error();
  return *stored ? decode_kept_threshold(**stored) : KeptThreshold{};
}

Result<void> ThresholdBook::open() {
  const std::string prefix = scope_.thresholds();
  Result<void> outcome;
  const auto scanned =
      state_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view value) {
        const auto kept = decode_kept_threshold(value);
        if (!kept) return outcome = kept.error(), false;
        if (kept->next) next_.emplace(format::behind(key, prefix), *kept->next);
        return true;
      });
  return outcome ? scanned : outcome;
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
  alerts::Ledger& ledger = (*kept)->alerts.ledger;
  const alerts::Told* const told = ledger.find(delivery.telling.notice, delivery.telling.target);
  effect = told == nullptr || told->effect.empty() ? delivery.effect : told->effect;
  if (!is_kept(**kept, named->alert.number) || !ledger.take(delivery, offset)) return false;
  changed_.insert(name);
  return true;
}

Result<void> ThresholdBook::take(const alerts::Command& command, std::int64_t tick) {
  std::string_view text = command.alert;
  const auto named = alerts::take_alert_name(text);
  if (!named || named->source != alerts::Source::threshold) return {};
  const auto kept = find(named->document);
  if (!kept) return kept.error();
  if (!is_kept(**kept, named->number) || !(*kept)->alerts.commands.take(command, from_micros(tick))) return {};
  changed_.insert(named->document);
  return {};
}

Result<void> ThresholdBook::look_at(const std::string& name) {
  const auto kept = find(name);
  if (!kept) return kept.error();
  changed_.insert(name);
  return {};
}

Result<void> ThresholdBook::tick(std::int64_t clock) {
  for (const auto& [name, next] : next_) {
    if (next > clock) continue;
    if (const auto looked = look_at(name); !looked) return looked;
  }
  return {};
}

std::optional<std::int64_t> ThresholdBook::next_due() const {
  std::optional<std::int64_t> due;
  for (const auto& [name, next] : next_) due = std::min(due.value_or(next), next);
  return due;
}

Result<void> ThresholdBook::come_into_force(const documents::Change& change) {
  if (change.kind != documents::Kind::threshold || documents_.current(change.kind, change.name) != nullptr) return {};
  const auto kept = find(change.name);
  if (!kept) return kept.error();
  if (thresholds::withdraw((*kept)->standing, change.version.effective_at)) changed_.insert(change.name);
  return {};
}

std::set<std::string> ThresholdBook::commit(const alerts::Playbook* playbook, std::int64_t clock, store::Batch& batch) {
  std::set<std::string> processes;
  const alerts::Subject subject{scope_.workspace(), {}, {}};
  for (const std::string& name : changed_) {
    KeptThreshold& kept = known_.at(name);
    const alerts::Commands& commands = kept.alerts.commands;
    const Time tick = from_micros(clock);
    const Time now = commands.empty() ? tick : std::max(tick, commands.all().back().at);
    const auto [all, next] = alerts_of(name, kept, playbook, subject, now);
    kept.next = next ? std::optional{to_micros(*next)} : std::nullopt;
    kept.next ? void(next_[name] = *kept.next) : void(next_.erase(name));
    kept.alerts.ledger.keep_only(all);
    kept.alerts.commands.keep_only(names_of(all));
    for (std::string& target : make_rows(scope_, subject, all, Time::min(), kept.alerts, batch)) {
      addressed_.insert(std::move(target));
    }
    for (const alerts::Alert& alert : all) processes.insert(alert.about);
    batch.put(scope_.threshold(name), encode(kept));
  }
  changed_.clear();
  known_.clear();
  return processes;
}

}  // namespace weir::runtime
