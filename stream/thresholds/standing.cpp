#include "stream/thresholds/standing.hpp"

#include <algorithm>

#include "schemas/codec/json_writer.hpp"
#include "state/format/codec.hpp"

namespace weir::thresholds {
namespace {

constexpr std::uint8_t version = 1;

Hash128 digest_of(const Threshold& threshold) { return hash128(threshold.condition()); }

/// What it comes to next, of which no more than the phase is known yet.
Phase next_phase(const Standing& standing, const Threshold& threshold, bool holds, Time at) {
  const Duration waited = at - standing.since;
  switch (standing.phase) {
    case Phase::quiet:
      if (!holds) return Phase::quiet;
      return threshold.hold_for > Duration{} ? Phase::pending : Phase::up;
    case Phase::pending:
      if (!holds) return Phase::quiet;
      if (threshold.hold_for == Duration{}) return Phase::up;
      return standing.condition == digest_of(threshold) && waited >= threshold.hold_for ? Phase::up : Phase::pending;
    case Phase::up:
      if (holds) return Phase::up;
      return threshold.keep_firing_for > Duration{} ? Phase::leaving : Phase::quiet;
    case Phase::leaving:
      break;
  }
  if (holds) return Phase::up;
  return waited >= threshold.keep_firing_for ? Phase::quiet : Phase::leaving;
}

bool begins_anew(const Standing& standing, const Threshold& threshold, Phase next) {
  return next == Phase::pending && standing.condition != digest_of(threshold);
}

std::string measured_text(const Threshold& threshold, double value) {
  std::string text;
  JsonWriter{text}.value(value);
  return text + (unit_of(threshold.measure) == Unit::seconds ? " s" : "");
}

rules::Deed deed_of(const Threshold& threshold, double value) {
  rules::Deed deed;
  deed.severity = threshold.severity;
  deed.title = threshold.title.empty() ? threshold.condition() : threshold.title;
  deed.text = threshold.text.empty() ? "" : threshold.text + '\n';
  deed.text.append(threshold.condition()).append(": ").append(measured_text(threshold, value));
  deed.targets = threshold.notify;
  deed.escalation = threshold.escalation;
  return deed;
}

void end_last(Standing& standing, Time at) {
  if (standing.phase == Phase::up || standing.phase == Phase::leaving) standing.episodes.back().over = at;
}

void begin_episode(Standing& standing, const Threshold& threshold, const Observation& observation, Time at) {
  auto& all = standing.episodes;
  const Time began = standing.phase == Phase::pending ? standing.since : at;
  all.push_back({++standing.up_ever, began, at, {}, threshold.process, deed_of(threshold, *observation.value)});
  if (all.size() > Standing::episodes_max) all.erase(all.begin());
}

}  // namespace

bool would_change(const Standing& standing, const Threshold& threshold, std::optional<double> value, Time at) {
  const Phase next = next_phase(standing, threshold, threshold.holds(value), at);
  return next != standing.phase || begins_anew(standing, threshold, next);
}

bool take(Standing& standing, const Threshold& threshold, const Observation& observation) {
  if (observation.number != standing.number + 1) return false;
  const Time at = std::max(observation.at, standing.since);  // clocks of two nodes may differ
  if (!would_change(standing, threshold, observation.value, at)) return false;
  const Phase next = next_phase(standing, threshold, threshold.holds(observation.value), at);
  const bool goes_up = next == Phase::up && standing.phase != Phase::leaving;
  if (goes_up) begin_episode(standing, threshold, observation, at);
  if (next == Phase::quiet) end_last(standing, at);
  standing.phase = next;
  standing.since = at;
  standing.condition = digest_of(threshold);
  ++standing.number;
  return true;
}

bool withdraw(Standing& standing, Time at) {
  if (standing.phase == Phase::quiet) return false;
  at = std::max(at, standing.since);
  end_last(standing, at);
  standing.phase = Phase::quiet;
  standing.since = at;
  ++standing.number;
  return true;
}

namespace {

void write(format::Encoder& out, const Episode& episode) {
  out.number(episode.number);
  for (const Time time : {episode.began, episode.up}) out.signed_number(to_micros(time));
  out.byte(episode.over ? 1 : 0);
  if (episode.over) out.signed_number(to_micros(*episode.over));
  out.text(episode.process);
  out.byte(static_cast<std::uint8_t>(episode.deed.severity));
  out.text(episode.deed.title);
  out.text(episode.deed.text);
  out.number(episode.deed.targets.size());
  for (const std::string& target : episode.deed.targets) out.text(target);
  out.text(episode.deed.escalation);
}

Episode read_episode(format::Decoder& in) {
  Episode episode;
  episode.number = in.number();
  episode.began = from_micros(in.signed_number());
  episode.up = from_micros(in.signed_number());
  if (in.byte() == 1) episode.over = from_micros(in.signed_number());
  episode.process = in.text();
  const std::uint8_t severity = in.byte();
  if (severity > static_cast<std::uint8_t>(rules::Severity::critical)) in.refuse();
  episode.deed.severity = static_cast<rules::Severity>(severity);
  episode.deed.title = in.text();
  episode.deed.text = in.text();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) episode.deed.targets.emplace_back(in.text());
  episode.deed.escalation = in.text();
  return episode;
}

}  // namespace

std::string encode(const Standing& standing) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.number(standing.number);
  out.byte(static_cast<std::uint8_t>(standing.phase));
  out.signed_number(to_micros(standing.since));
  out.hash(standing.condition);
  out.number(standing.up_ever);
  out.number(standing.episodes.size());
  for (const Episode& episode : standing.episodes) write(out, episode);
  return bytes;
}

Result<Standing> decode_standing(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) in.refuse();
  Standing standing;
  standing.number = in.number();
  const std::uint8_t phase = in.byte();
  if (phase > static_cast<std::uint8_t>(Phase::leaving)) in.refuse();
  standing.phase = static_cast<Phase>(phase);
  standing.since = from_micros(in.signed_number());
  standing.condition = in.hash();
  standing.up_ever = in.number();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) standing.episodes.push_back(read_episode(in));
  const bool is_up = standing.phase == Phase::up || standing.phase == Phase::leaving;
  if (is_up && (standing.episodes.empty() || standing.episodes.back().over)) in.refuse();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "how a threshold stands cannot be read"};
  return standing;
}

}  // namespace weir::thresholds
