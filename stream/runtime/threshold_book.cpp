#include "stream/runtime/threshold_book.hpp"

#include <algorithm>

#include "state/format/codec.hpp"

namespace weir::runtime {
namespace {

constexpr std::uint8_t version = 1;

std::vector<alerts::Alert> alerts_of(const std::string& name, const thresholds::Standing& standing) {
  std::vector<alerts::Alert> all;
  alerts::add_alerts(name, standing, all);
  return all;
}

}  // namespace

std::string encode(const KeptThreshold& kept) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(thresholds::encode(kept.standing));
  out.text(encode(kept.alerts));
  return bytes;
}

Result<KeptThreshold> decode_kept_threshold(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) in.refuse();
  auto standing = thresholds::decode_standing(in.text());
  auto kept = decode_kept_alerts(in.text());
  if (!in.ok() || !in.at_end() || !standing || !kept) return Error{Code::state_format, "a threshold cannot be read"};
  return KeptThreshold{*std::move(standing), *std::move(kept)};
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

Result<void> ThresholdBook::come_into_force(const documents::Change& change) {
  if (change.kind != documents::Kind::threshold || documents_.current(change.kind, change.name) != nullptr) return {};
  const auto kept = find(change.name);
  if (!kept) return kept.error();
  if (thresholds::withdraw((*kept)->standing, change.version.effective_at)) changed_.insert(change.name);
  return {};
}

std::set<std::string> ThresholdBook::commit(store::Batch& batch) {
  std::set<std::string> processes;
  const alerts::Subject subject{scope_.workspace(), {}, {}};
  for (const std::string& name : changed_) {
    KeptThreshold& kept = known_.at(name);
    const std::vector<alerts::Alert> all = alerts_of(name, kept.standing);
    kept.alerts.ledger.keep_only(all);
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
