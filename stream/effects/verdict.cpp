#include "stream/effects/verdict.hpp"

#include <algorithm>
#include <charconv>

#include "schemas/codec/timestamp.hpp"

namespace weir::effects {
namespace {

using Kind = Verdict::Kind;

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && !text.starts_with('-')) return INT64_MAX;
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`: the one form that RFC 9110 lets anybody write.
std::optional<Time> parse_http_date(std::string_view text) {
  constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  const auto month = std::find(std::begin(months), std::end(months), text.substr(8, 3)) - std::begin(months);
  if (month == 12) return std::nullopt;
  std::string rfc3339{text.substr(12, 4)};
  rfc3339 += month < 9 ? "-0" : "-";
  rfc3339 +=
      std::to_string(month + 1) + '-' + std::string(text.substr(5, 2)) + 'T' + std::string(text.substr(17, 8)) + 'Z';
  return parse_rfc3339(rfc3339);
}

}  // namespace

std::optional<Duration> retry_after(const http::Response& response, Time now) {
  const std::string_view text = response.header("retry-after");
  if (text.empty()) return std::nullopt;
  if (const auto seconds = whole(text)) {
    if (*seconds < 0) return std::nullopt;
    return std::chrono::seconds{std::min(*seconds, std::int64_t{86'400})};
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, Duration{}, wait_max);
}

Verdict judge(const http::Answer& answer, Time now) {
  if (answer.failure != http::Failure::none) return {Kind::again, {}, answer.detail};
  const unsigned status = answer.response.status;
  if (status >= 200 && status < 300) return {Kind::delivered, {}, ""};
  std::string why = "it answered " + std::to_string(status);
  if (status == 410) return {Kind::gone, {}, std::move(why)};
  const auto wait = retry_after(answer.response, now);
  const bool limited = status == 429 || (status == 503 && wait);
  return {limited ? Kind::limited : Kind::again, wait, std::move(why)};
}

Verdict judge_strictly(const http::Answer& answer, Time now) {
  Verdict verdict = judge(answer, now);
  constexpr unsigned refusals[] = {400, 403, 404, 413, 422};
  const bool refused =
      std::find(std::begin(refusals), std::end(refusals), answer.response.status) != std::end(refusals);
  if (answer.failure == http::Failure::none && refused) verdict.kind = Kind::refused;
  return verdict;
}

}  // namespace weir::effects
