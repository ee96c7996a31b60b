#include "api/net/trace_context.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

namespace weir::net {
namespace {

/// 16 lower-case hexadecimal digits, never all zero. Ids need to be distinct, not secret.
void append_random(std::string& text) {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  static constexpr char digits[] = "0123456789abcdef";
  const std::uint64_t word = generator() | 1;
  for (int shift = 60; shift >= 0; shift -= 4) text.push_back(digits[(word >> shift) & 0xf]);
}

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

std::string trace_id_of(std::string_view traceparent) {
  // version "-" trace id "-" parent id "-" flags; a later version may append fields.
  const bool formed = traceparent.size() >= 55 && traceparent[2] == '-' && traceparent[35] == '-' &&
                      traceparent[52] == '-' && (traceparent.size() == 55 || traceparent[55] == '-') &&
                      is_lower_hex(traceparent.substr(0, 2)) && traceparent.substr(0, 2) != "ff";
  if (formed) {
    const std::string_view trace = traceparent.substr(3, 32);
    const std::string_view parent = traceparent.substr(36, 16);
    if (is_lower_hex(trace) && is_lower_hex(parent) && !is_zero(trace) && !is_zero(parent)) return std::string(trace);
  }
  std::string fresh;
  fresh.reserve(32);
  append_random(fresh);
  append_random(fresh);
  return fresh;
}

std::string traceparent_of(std::string_view trace_id) {
  std::string value = "00-";
  value.reserve(55);
  value.append(trace_id).push_back('-');
  append_random(value);
  return value.append("-01");
}

}  // namespace weir::net
