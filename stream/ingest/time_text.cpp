#include "stream/ingest/time_text.hpp"

#include <array>
#include <charconv>
#include <cstdlib>

namespace weir::ingest {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// What a spelling says, before day and month are put in order and a zone is added.
struct Spelled {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  bool swappable = false;  // `month` and `day` hold the first and the second number as written
  Duration of_day{};
  std::optional<Duration> offset;
};

/// Reads forward through one value; every step says whether it fitted and moves only if it did.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool done() const { return at_ == end_; }
  char peek() const { return at_ == end_ ? '\0' : *at_; }
  const char* at() const { return at_; }

  bool take(char c) {
    if (peek() != c || done()) return false;
    ++at_;
    return true;
  }
  char take_one_of(std::string_view set) {
    if (done() || set.find(*at_) == std::string_view::npos) return '\0';
    return *at_++;
  }
  bool take_word(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (lower(at_[i]) != word[i]) return false;
    }
    at_ += word.size();
    return true;
  }
  void skip_spaces() {
    while (peek() == ' ') ++at_;
  }
  int digits_ahead() const {
    const char* p = at_;
    while (p != end_ && is_digit(*p)) ++p;
    return static_cast<int>(p - at_);
  }
  /// Exactly `count` digits that are there (the caller has looked).
  unsigned number(int count) {
    unsigned value = 0;
    for (int i = 0; i < count; ++i) value = value * 10 + static_cast<unsigned>(*at_++ - '0');
    return value;
  }
  bool one_or_two(unsigned& value) {
    const int count = digits_ahead();
    if (count < 1 || count > 2) return false;
    value = number(count);
    return true;
  }
  bool two(unsigned& value) {
    if (digits_ahead() < 2) return false;
    value = number(2);
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> month_rests = {"uary", "ruary", "ch",     "il",   "",      "e",
                                                          "y",    "ust",   "tember", "ober", "ember", "ember"};
constexpr std::array<std::string_view, 7> weekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

bool month_name(Cursor& in, unsigned& month) {
  for (unsigned i = 0; i < 12; ++i) {
    if (!in.take_word(month_names[i])) continue;
    in.take_word(month_rests[i]);
    month = i + 1;
    return true;
  }
  return false;
}

bool year_of_four(Cursor& in, int& year) {
  if (in.digits_ahead() != 4) return false;
  year = static_cast<int>(in.number(4));
  return true;
}

/// 2020-01-05, 2020/1/5, 2020.01.05; 20200105 only where `T` follows.
bool year_first(Cursor& in, Spelled& out) {
  const int digits = in.digits_ahead();
  if (digits == 8) {
    out.year = static_cast<int>(in.number(4));
    out.month = in.number(2);
    out.day = in.number(2);
    return in.peek() == 'T';
  }
  if (!year_of_four(in, out.year)) return false;
  const char separator = in.take_one_of("-/.");
  return separator != '\0' && in.one_or_two(out.month) && in.take(separator) && in.one_or_two(out.day);
}

/// 05.01.2020 (a point always says: the day first), 05/01/2020, 5-1-2020, 05-Jan-2020, 5 January 2020.
bool year_last(Cursor& in, Spelled& out) {
  unsigned first = 0;
  if (!in.one_or_two(first)) return false;
  const char separator = in.take_one_of("./- ");
  if (separator == '\0') return false;
  if (month_name(in, out.month)) {
    out.day = first;
    return in.take_one_of("./-, ") != '\0' && year_of_four(in, out.year);
  }
  unsigned second = 0;
  if (separator == ' ' || !in.one_or_two(second) || !in.take(separator)) return false;
  out.swappable = separator != '.';
  out.month = out.swappable ? first : second;
  out.day = out.swappable ? second : first;
  return year_of_four(in, out.year);
}

/// Jan 5, 2020.
bool month_first(Cursor& in, Spelled& out) {
  if (!month_name(in, out.month)) return false;
  in.skip_spaces();
  if (!in.one_or_two(out.day)) return false;
  in.take(',');
  in.skip_spaces();
  return year_of_four(in, out.year);
}

bool date_part(Cursor& in, Spelled& out) {
  for (const auto day : weekdays) {
    if (!in.take_word(day)) continue;
    in.take(',');
    in.skip_spaces();
    break;
  }
  if (!is_digit(in.peek())) return month_first(in, out);
  return in.digits_ahead() >= 4 ? year_first(in, out) : year_last(in, out);
}

/// Up to microseconds; further digits are read and dropped.
Duration fraction(Cursor& in) {
  std::int64_t micros = 0;
  std::int64_t unit = 100'000;
  while (is_digit(in.peek())) {
    micros += unit * in.number(1);
    unit /= 10;
  }
  return Duration{micros};
}

bool offset_part(Cursor& in, Spelled& out) {
  in.skip_spaces();
  if (in.done()) return true;
  if (in.take('Z') || in.take('z') || in.take_word("utc") || in.take_word("gmt")) {
    out.offset = Duration::zero();
    return in.done();
  }
  const char sign = in.take_one_of("+-");
  unsigned hour = 0;
  unsigned minute = 0;
  if (sign == '\0' || !in.two(hour)) return false;
  const bool colon = in.take(':');
  if ((colon || !in.done()) && !in.two(minute)) return false;
  if (hour > 18 || minute > 59 || !in.done()) return false;
  const Duration size = hours(hour) + minutes(minute);
  out.offset = sign == '-' ? -size : size;
  return true;
}

bool half_of_day(Cursor& in, unsigned& hour) {
  in.skip_spaces();
  const bool pm = in.take_word("pm") || in.take_word("p.m.");
  if (!pm && !in.take_word("am") && !in.take_word("a.m.")) return true;
  if (hour < 1 || hour > 12) return false;
  hour = hour % 12 + (pm ? 12 : 0);
  return true;
}

bool seconds_part(Cursor& in, unsigned& second, Duration& part) {
  if (!in.two(second)) return false;
  if (in.take_one_of(".,") != '\0') {
    if (!is_digit(in.peek())) return false;
    part = fraction(in);
  }
  return true;
}

bool time_part(Cursor& in, Spelled& out) {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  Duration part{};
  if (in.digits_ahead() >= 4) {  // 151600
    hour = in.number(2);
    minute = in.number(2);
    if (is_digit(in.peek()) && !seconds_part(in, second, part)) return false;
  } else {
    if (!in.one_or_two(hour) || !in.take(':') || !in.two(minute)) return false;
    if (in.take(':') && !seconds_part(in, second, part)) return false;
  }
  if (!half_of_day(in, hour) || hour > 23 || minute > 59 || second > 60) return false;
  out.of_day = hours(hour) + minutes(minute) + seconds(second) + part;
  return true;
}

bool spell_any(Cursor in, Spelled& out) {
  if (!date_part(in, out)) return false;
  if (in.done()) return true;
  const bool comma = in.take(',');
  if (in.take_one_of("Tt ") != '\0' || comma) {
    in.skip_spaces();
    if (in.done()) return true;
    if (is_digit(in.peek()) && !time_part(in, out)) return false;
  }
  return offset_part(in, out);
}

bool all_digits(const char* p, std::initializer_list<int> places) {
  bool all = true;
  for (const int place : places) all &= is_digit(p[place]);
  return all;
}

/// 2020-01-05T10:11:12 with whatever follows: what nearly every file has, without branches per digit.
bool spell_iso(std::string_view text, Spelled& out) {
  if (text.size() < 19) return false;
  const char* p = text.data();
  if (p[4] != '-' || p[7] != '-' || (p[10] != ' ' && p[10] != 'T') || p[13] != ':' || p[16] != ':') return false;
  if (!all_digits(p, {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18})) return false;
  const auto pair = [p](int i) { return static_cast<unsigned>((p[i] - '0') * 10 + (p[i + 1] - '0')); };
  const unsigned hour = pair(11);
  const unsigned minute = pair(14);
  const unsigned second = pair(17);
  if (hour > 23 || minute > 59 || second > 60) return false;
  out.year = static_cast<int>(pair(0) * 100 + pair(2));
  out.month = pair(5);
  out.day = pair(8);
  out.of_day = hours(hour) + minutes(minute) + seconds(second);
  if (text.size() == 19) return true;
  Cursor rest(text.substr(19));
  if (rest.take_one_of(".,") != '\0') {
    if (!is_digit(rest.peek())) return false;
    out.of_day += fraction(rest);
  }
  return offset_part(rest, out);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool spell(std::string_view text, Spelled& out) {
  if (spell_iso(text, out)) return true;
  out = {};
  return spell_any(Cursor(text), out);
}

struct EpochNumber {
  std::int64_t whole = 0;
  std::string_view fraction;  // digits after the point
};

std::optional<EpochNumber> epoch_number(std::string_view text) {
  if (text.empty() || !(is_digit(text.front()) || text.front() == '-')) return std::nullopt;
  EpochNumber number;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number.whole);
  if (fault != std::errc{}) return std::nullopt;
  auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (rest.empty()) return number;
  if (rest.front() != '.') return std::nullopt;
  rest.remove_prefix(1);
  for (const char c : rest) {
    if (!is_digit(c)) return std::nullopt;
  }
  number.fraction = rest;
  return number;
}

EpochUnit unit_of(std::int64_t value) {
  const auto size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  if (size < 100'000'000'000ULL) return EpochUnit::seconds;
  if (size < 100'000'000'000'000ULL) return EpochUnit::milliseconds;
  if (size < 100'000'000'000'000'000ULL) return EpochUnit::microseconds;
  return EpochUnit::nanoseconds;
}

Time epoch_time(const EpochNumber& number, EpochUnit unit) {
  switch (unit) {
    case EpochUnit::seconds: {
      Cursor digits(number.fraction);
      const auto part = fraction(digits);
      const bool before = number.whole < 0;
      return from_micros(number.whole * 1'000'000) + (before ? -part : part);
    }
    case EpochUnit::milliseconds:
      return from_micros(number.whole * 1'000);
    case EpochUnit::microseconds:
      return from_micros(number.whole);
    case EpochUnit::nanoseconds:
      break;
  }
  return Time{std::chrono::floor<Duration>(std::chrono::nanoseconds{number.whole})};
}

/// The order that a pair of numbers proves by itself.
DateOrder proven(unsigned first, unsigned second) {
  if (first > 12 && second <= 12) return DateOrder::day_first;
  if (second > 12 && first <= 12) return DateOrder::month_first;
  return DateOrder::undecided;
}

std::optional<LocalTime> local_of(const Spelled& spelled, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{spelled.year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (spelled.year < 1 || !date.ok()) return std::nullopt;
  return LocalTime{std::chrono::local_days{date}.time_since_epoch()} + spelled.of_day;
}

}  // namespace

void TimeHabits::learn(std::string_view raw) {
  const auto text = trim(raw);
  if (const auto number = epoch_number(text)) {
    unit = std::max(unit, unit_of(number->whole));
    return;
  }
  Spelled spelled;
  if (!spell(text, spelled) || !spelled.swappable) return;
  numbered_months = true;
  matters |= spelled.month != spelled.day;
  const auto proof = proven(spelled.month, spelled.day);
  if (proof == DateOrder::undecided) return;
  contradicted |= order != DateOrder::undecided && order != proof;
  order = proof;
}

ParsedTime TimeReader::read(std::string_view raw) {
  const auto text = trim(raw);
  Spelled spelled;
  if (!spell(text, spelled)) {
    const auto number = epoch_number(text);
    if (!number || unit_of(number->whole) > habits_.unit) return {{}, TimeFault::bad};
    return {epoch_time(*number, habits_.unit), TimeFault::none};
  }
  if (spelled.swappable) {
    const auto proof = proven(spelled.month, spelled.day);
    if (habits_.order == DateOrder::undecided) habits_.order = proof;
    const bool contradicts = proof != DateOrder::undecided && proof != habits_.order;
    const bool open = habits_.order == DateOrder::undecided && spelled.month != spelled.day;
    if (contradicts || open) return {{}, TimeFault::order};
    if (habits_.order == DateOrder::day_first) std::swap(spelled.month, spelled.day);
  }
  const auto local = local_of(spelled, spelled.month, spelled.day);
  if (!local) return {{}, TimeFault::bad};
  if (spelled.offset) return {Time{local->time_since_epoch() - *spelled.offset}, TimeFault::none};
  return place(*local);
}

ParsedTime TimeReader::place(LocalTime local) {
  zoneless_ = true;
  if (!zone_) return {{}, TimeFault::no_zone};
  if (local < stretch_.from || local >= stretch_.to) stretch_ = zone_->stretch_at(local);
  if (local < stretch_.from || local >= stretch_.to) return {zone_->to_time(local), TimeFault::none};
  return {Time{local.time_since_epoch() - stretch_.offset}, TimeFault::none};
}

bool is_time_text(std::string_view raw) {
  const auto text = trim(raw);
  Spelled spelled;
  if (!spell(text, spelled)) return false;
  if (local_of(spelled, spelled.month, spelled.day)) return true;
  return spelled.swappable && local_of(spelled, spelled.day, spelled.month);
}

}  // namespace weir::ingest
