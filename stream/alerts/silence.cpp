#include "stream/alerts/silence.hpp"

#include "schemas/codec/timestamp.hpp"

namespace weir::alerts {
namespace {

constexpr std::size_t time_bytes_max = 64;
constexpr std::size_t text_bytes_max = 1'000;

std::optional<Time> read_time(const DocumentNode& node) {
  const auto text = node.text(time_bytes_max);
  const auto time = text ? parse_rfc3339(*text) : std::nullopt;
  if (text && !time) node.fault("must be a time such as 2026-11-22T22:00:00Z");
  return time;
}

}  // namespace

std::optional<Silence> read_silence(const DocumentNode& node) {
  Silence silence;
  std::optional<Time> ends_at;
  const auto text = [](std::string& to) {
    return [&to](const DocumentNode& one) { to = one.text(text_bytes_max).value_or(""); };
  };
  const std::size_t faults = node.faults();
  node.object({{"matchers", [&](const DocumentNode& list) { silence.matchers = read_matchers(list); }},
               {"starts_at", [&](const DocumentNode& one) { silence.starts_at = read_time(one); }},
               {"ends_at", [&](const DocumentNode& one) { ends_at = read_time(one); }},
               {"comment", text(silence.comment)},
               {"created_by", text(silence.created_by)}});
  if (node.faults() != faults) return std::nullopt;
  if (silence.matchers.empty() || !ends_at) return node.fault("must have matchers and an ends_at"), std::nullopt;
  if (silence.starts_at && *silence.starts_at >= *ends_at) {
    return node.fault("must start before it ends"), std::nullopt;
  }
  silence.ends_at = *ends_at;
  return silence;
}

}  // namespace weir::alerts
