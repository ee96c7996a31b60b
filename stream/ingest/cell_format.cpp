#include "stream/ingest/cell_format.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>

namespace weir::ingest {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// Letters of a format code that stand for parts of a date, and what comes with them.
struct Letters {
  bool days = false;     // y, d, or the name of a month
  bool hours = false;    // h, s, AM/PM
  bool minutes = false;  // m alone: a month, or minutes beside hours
  bool elapsed = false;  // [h], [m], [s]
  std::size_t zeros = 0;
  bool other = false;  // anything else that shows digits
};

/// `[h]`, `[mm]`; `[Red]`, `[$-409]` and conditions are none.
bool is_elapsed(std::string_view bracketed) {
  return !bracketed.empty() && std::string_view("hms").find(lower(bracketed.front())) != std::string_view::npos &&
         std::all_of(bracketed.begin(), bracketed.end(), [&](char c) { return lower(c) == lower(bracketed.front()); });
}

/// Takes one letter or sign, all that belongs to it included; returns its size.
std::size_t take(std::string_view code, Letters& letters) {
  const char c = lower(code.front());
  const auto to = [&](char closing) { return std::min(code.find(closing, 1), code.size() - 1) + 1; };
  if (c == '"') return to('"');
  if (c == '\\' || c == '_' || c == '*') return 2;
  if (c == '[') {
    const std::size_t size = to(']');
    letters.elapsed |= size > 2 && is_elapsed(code.substr(1, size - 2));
    return size;
  }
  const auto follows = [&](std::string_view word) {
    return code.size() >= word.size() && std::equal(word.begin(), word.end(), code.begin(),
                                                    [](char wanted, char met) { return wanted == lower(met); });
  };
  if (follows("general")) return 7;
  if (follows("am/pm") || follows("a/p")) {
    letters.hours = true;
    return follows("a/p") ? 3 : 5;
  }
  if (c == 'm') {
    const std::size_t size = std::min(code.find_first_not_of("mM"), code.size());
    (size >= 3 ? letters.days : letters.minutes) = true;
    return size;
  }
  letters.days |= c == 'y' || c == 'd';
  letters.hours |= c == 'h' || c == 's';
  if (c == '0') ++letters.zeros;
  letters.other |= c != '0';
  return 1;
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool is_whole(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void append_padded(std::int64_t number, std::size_t width, std::string& out) {
  const auto digits = std::to_string(number);
  out.append(width - std::min(width, digits.size()), '0').append(digits);
}

void append_decimal(double value, std::string& out) {
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-6 && size < 1e21);
  char text[64];
  const auto end = plain ? std::to_chars(text, text + sizeof text, size == 0 ? 0.0 : value, std::chars_format::fixed)
                         : std::to_chars(text, text + sizeof text, value);
  out.append(text, end.ptr);
}

void append_plain(std::string_view text, double value, std::size_t digits_min, std::string& out) {
  if (!is_whole(text) && (value != std::floor(value) || digits_min == 0)) return append_decimal(value, out);
  std::string digits;
  if (is_whole(text)) {
    digits = text;
  } else {
    append_decimal(value, digits);
  }
  if (digits.front() == '-') {
    out.push_back('-');
    digits.erase(0, 1);
  }
  out.append(digits_min - std::min<std::size_t>(digits_min, digits.size()), '0').append(digits);
}

void append_time(std::int64_t ms, std::size_t hour_digits, std::string& out) {
  append_padded(ms / 3'600'000, hour_digits, out);
  out.push_back(':');
  append_padded(ms / 60'000 % 60, 2, out);
  out.push_back(':');
  append_padded(ms / 1'000 % 60, 2, out);
  if (ms % 1'000 == 0) return;
  out.push_back('.');
  append_padded(ms % 1'000, 3, out);
}

/// The date that a sheet shows for the day of this number; nothing: none.
std::optional<std::chrono::year_month_day> date_of(std::int64_t day, DayZero zero) {
  using std::chrono::sys_days;
  using namespace std::chrono_literals;
  constexpr sys_days day_0_1904 = 1904y / 1 / 1;
  constexpr sys_days day_0_1900 = 1899y / 12 / 31;
  constexpr std::int64_t never_was = 60;  // the 29th of February 1900
  constexpr sys_days last = 9999y / 12 / 31;
  if (day < 0 || day > (last - day_0_1900).count() + 1) return std::nullopt;
  sys_days date = day_0_1904 + std::chrono::days{day};
  if (zero == DayZero::year_1900) {
    if (day == 0 || day == never_was) return std::nullopt;
    date = day_0_1900 + std::chrono::days{day < never_was ? day : day - 1};
  }
  return date <= last ? std::optional(std::chrono::year_month_day{date}) : std::nullopt;
}

NumberFault append_date(double value, NumberKind kind, DayZero zero, std::string& out) {
  constexpr double beyond = 3e6;
  if (value < 0 || value >= beyond) return NumberFault::no_date;
  const auto whole = static_cast<std::int64_t>(std::floor(value));
  const auto part = static_cast<std::int64_t>(std::floor((value - std::floor(value)) * day_ms + 0.5));
  const std::int64_t ms = whole * day_ms + part;
  if (kind == NumberKind::elapsed || (kind == NumberKind::time_of_day && ms < day_ms)) {
    append_time(ms, kind == NumberKind::elapsed ? 1 : 2, out);
    return NumberFault::none;
  }
  const auto date = date_of(ms / day_ms, zero);
  if (!date) return NumberFault::no_date;
  append_padded(static_cast<int>(date->year()), 4, out);
  out.push_back('-');
  append_padded(static_cast<unsigned>(date->month()), 2, out);
  out.push_back('-');
  append_padded(static_cast<unsigned>(date->day()), 2, out);
  if (kind == NumberKind::date && ms % day_ms == 0) return NumberFault::none;
  out.push_back('T');
  append_time(ms % day_ms, 2, out);
  return NumberFault::none;
}

}  // namespace

CellFormat builtin_format(unsigned id) {
  const auto within = [id](unsigned first, unsigned last) { return id >= first && id <= last; };
  if (id == 22) return {NumberKind::date_time, 0};
  if (within(18, 21) || within(32, 35) || within(55, 56) || id == 45 || id == 47) return {NumberKind::time_of_day, 0};
  if (id == 46) return {NumberKind::elapsed, 0};
  if (within(14, 17) || within(27, 31) || id == 36 || within(50, 54) || within(57, 58)) return {NumberKind::date, 0};
  return {};
}

CellFormat format_of(std::string_view code) {
  Letters letters;
  while (!code.empty() && code.front() != ';') code.remove_prefix(std::min(take(code, letters), code.size()));
  if (letters.elapsed) return {NumberKind::elapsed, 0};
  if (letters.days || (letters.minutes && !letters.hours)) {
    return {letters.hours ? NumberKind::date_time : NumberKind::date, 0};
  }
  if (letters.hours) return {NumberKind::time_of_day, 0};
  constexpr std::size_t digits_max = 30;
  if (letters.other || letters.zeros < 2 || letters.zeros > digits_max) return {};
  return {NumberKind::number, static_cast<std::uint8_t>(letters.zeros)};
}

NumberFault append_number(std::string_view text, CellFormat format, DayZero zero, std::string& out) {
  const auto value = number_of(text);
  if (!value) return NumberFault::no_number;
  if (format.kind != NumberKind::number) return append_date(*value, format.kind, zero, out);
  append_plain(text, *value, format.digits_min, out);
  return NumberFault::none;
}

}  // namespace weir::ingest
