#include "schemas/codec/timestamp.hpp"

#include "schemas/base/check.hpp"

namespace weir {
namespace {

using std::chrono::minutes;

constexpr Time first_time{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
constexpr Time end_of_time{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}};

/// Takes pieces off the front of a text. After the first piece that is not there, ok() is false for good.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }
  char peek() const { return at_ == end_ ? '\0' : *at_; }
  void skip() { ++at_; }

  void expect(char one, char other, char third) {
    const char found = peek();
    ok_ = ok_ && at_ != end_ && (found == one || found == other || found == third);
    if (ok_) ++at_;
  }
  void expect(char one) { expect(one, one, one); }

  /// Exactly `digits` decimal digits, their number within the limits.
  unsigned number(int digits, unsigned least, unsigned most) {
    if (end_ - at_ < digits) ok_ = false;
    unsigned value = 0;
    for (int i = 0; ok_ && i < digits; ++i) {
      const auto digit = static_cast<unsigned char>(*at_++ - '0');
      ok_ = digit <= 9;
      value = value * 10 + digit;
    }
    ok_ = ok_ && value >= least && value <= most;
    return value;
  }

  /// The digits after the point of a second, as microseconds; at least one.
  std::uint32_t fraction() {
    std::uint32_t micros = 0;
    std::uint32_t place = 100'000;
    const char* const begin = at_;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_, place /= 10) {
      micros += static_cast<std::uint32_t>(*at_ - '0') * place;
    }
    ok_ = ok_ && at_ != begin;
    return micros;
  }

 private:
  const char* at_;
  const char* end_;
  bool ok_ = true;
};

unsigned days_in_month(unsigned year, unsigned month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

std::optional<minutes> read_offset(Cursor& cursor) {
  if (cursor.at_end()) return std::nullopt;
  const char sign = cursor.peek();
  cursor.skip();
  if (sign == 'Z' || sign == 'z') return minutes{0};
  const minutes hours{cursor.number(2, 0, 23) * 60};
  cursor.expect(':');
  const minutes size = hours + minutes{cursor.number(2, 0, 59)};
  return sign == '-' ? -size : size;
}

void put(char* at, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<CivilTime> parse_civil_time(std::string_view text) {
  Cursor cursor(text);
  CivilTime civil;
  const unsigned year = cursor.number(4, 1, 9999);
  cursor.expect('-');
  const unsigned month = cursor.number(2, 1, 12);
  cursor.expect('-');
  const unsigned day = cursor.number(2, 1, 31);
  cursor.expect('T', 't', ' ');
  civil.hour = static_cast<std::uint8_t>(cursor.number(2, 0, 23));
  cursor.expect(':');
  civil.minute = static_cast<std::uint8_t>(cursor.number(2, 0, 59));
  cursor.expect(':');
  civil.second = static_cast<std::uint8_t>(cursor.number(2, 0, 60));
  if (!cursor.ok() || day > days_in_month(year, month)) return std::nullopt;
  civil.year = static_cast<std::int32_t>(year);
  civil.month = static_cast<std::uint8_t>(month);
  civil.day = static_cast<std::uint8_t>(day);
  if (cursor.peek() == '.') {
    cursor.skip();
    civil.micros = cursor.fraction();
  }
  const char next = cursor.peek();
  if (!cursor.at_end() && next != 'Z' && next != 'z' && next != '+' && next != '-') return std::nullopt;
  civil.offset = read_offset(cursor);
  if (!cursor.ok() || !cursor.at_end()) return std::nullopt;
  return civil;
}

std::optional<Time> to_time(const CivilTime& civil, minutes offset) {
  const std::chrono::sys_days date{std::chrono::year{civil.year} / civil.month / civil.day};
  const auto minute = date + std::chrono::hours{civil.hour} + minutes{civil.minute} - offset;
  if (civil.second == 60 && minute - std::chrono::floor<std::chrono::days>(minute) != minutes{23 * 60 + 59}) {
    return std::nullopt;
  }
  const Time time = minute + std::chrono::seconds{civil.second} + Duration{civil.micros};
  if (time < first_time || time >= end_of_time) return std::nullopt;
  return time;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  const std::optional<CivilTime> civil = parse_civil_time(text);
  if (!civil || !civil->offset) return std::nullopt;
  return to_time(*civil, *civil->offset);
}

std::optional<Time> from_epoch_ms(std::int64_t ms) {
  if (ms < 100'000'000'000 || ms >= 100'000'000'000'000) return std::nullopt;
  return Time{std::chrono::milliseconds{ms}};
}

void append_rfc3339(std::string& out, Time time) {
  WEIR_CHECK(time >= first_time && time < end_of_time, "a time outside the years 1 to 9999");
  const auto date = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day day{date};
  const auto second = static_cast<unsigned>((time - date) / std::chrono::seconds{1});
  const auto micros = static_cast<unsigned>((time - date) % std::chrono::seconds{1} / Duration{1});
  char text[] = "0000-00-00T00:00:00.000000Z";
  put(text, static_cast<unsigned>(static_cast<int>(day.year())), 4);
  put(text + 5, static_cast<unsigned>(day.month()), 2);
  put(text + 8, static_cast<unsigned>(day.day()), 2);
  put(text + 11, second / 3600, 2);
  put(text + 14, second / 60 % 60, 2);
  put(text + 17, second % 60, 2);
  put(text + 20, micros, 6);
  const std::size_t size = micros == 0 ? 19 : micros % 1000 == 0 ? 23 : 26;
  text[size] = 'Z';
  out.append(text, size + 1);
}

std::string to_rfc3339(Time time) {
  std::string text;
  append_rfc3339(text, time);
  return text;
}

}  // namespace weir
