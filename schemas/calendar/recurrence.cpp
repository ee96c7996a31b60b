#include "schemas/calendar/recurrence.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace weir {
namespace {

using std::chrono::days;
using std::chrono::year_month_day;
using Date = Recurrence::Date;

constexpr std::array<std::string_view, 7> weekday_names{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

Date first_of(std::chrono::year year) { return Date{year / std::chrono::January / 1}; }
Date first_of(std::chrono::year year, std::chrono::month month) { return Date{year / month / 1}; }

std::optional<int> number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

/// A part up to the separator, which goes too.
std::string_view take_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

/// Numbers other than 0 of which none is further from it than `most`; negative ones count from the end.
bool read_numbers(std::string_view value, int most, bool may_be_negative, std::vector<int>& numbers) {
  while (!value.empty()) {
    const auto number = number_of(take_part(value, ','));
    if (!number || *number == 0 || std::abs(*number) > most || (*number < 0 && !may_be_negative)) return false;
    numbers.push_back(*number);
  }
  return !numbers.empty();
}

std::optional<std::chrono::weekday> weekday_of(std::string_view name) {
  const auto at = std::find(weekday_names.begin(), weekday_names.end(), name);
  if (at == weekday_names.end()) return {};
  return std::chrono::weekday{static_cast<unsigned>(at - weekday_names.begin())};
}

/// The list has the `number`th of `count`, counted from either end; an empty one has each.
bool has(const std::vector<int>& list, int number, int count) {
  if (list.empty()) return true;
  return std::any_of(list.begin(), list.end(), [&](int one) { return one == number || one == number - count - 1; });
}

Error refused(std::string_view part) {
  return {Code::invalid_document, "its rule has a part that is not understood: " + std::string{part.substr(0, 64)}};
}

}  // namespace

std::string_view Recurrence::until_of(std::string_view rule) {
  while (!rule.empty()) {
    std::string_view part = take_part(rule, ';');
    if (take_part(part, '=') == "UNTIL") return part;
  }
  return {};
}

Result<Recurrence> Recurrence::parse(std::string_view rule) {
  Recurrence made;
  bool has_frequency = false;
  while (!rule.empty()) {
    const std::string_view part = take_part(rule, ';');
    std::string_view value = part;
    const std::string_view name = take_part(value, '=');
    if (!made.read_part(name, value)) return refused(part);
    has_frequency = has_frequency || name == "FREQ";
  }
  if (!has_frequency || !made.agrees()) return refused(has_frequency ? "BYDAY" : "FREQ");
  return made;
}

bool Recurrence::read_part(std::string_view name, std::string_view value) {
  if (name == "FREQ") {
    constexpr std::array<std::string_view, 4> names{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    const auto at = std::find(names.begin(), names.end(), value);
    frequency_ = static_cast<Frequency>(at - names.begin());
    return at != names.end();
  }
  if (name == "INTERVAL" || name == "COUNT") {
    const auto number = number_of(value);
    if (!number || *number < 1 || *number > 100'000) return false;
    name == "COUNT" ? void(count_ = *number) : void(interval_ = *number);
    return true;
  }
  if (name == "WKST") {
    const auto day = weekday_of(value);
    week_starts_ = day.value_or(week_starts_);
    return day.has_value();
  }
  if (name == "BYMONTH") return read_numbers(value, 12, false, months_);
  if (name == "BYMONTHDAY") return read_numbers(value, 31, true, month_days_);
  if (name == "BYYEARDAY") return read_numbers(value, 366, true, year_days_);
  if (name == "BYWEEKNO") return read_numbers(value, 53, true, weeks_);
  if (name == "BYSETPOS") return read_numbers(value, 366, true, positions_);
  return name == "BYDAY" ? read_weekdays(value) : name == "UNTIL";
}

bool Recurrence::read_weekdays(std::string_view value) {
  while (!value.empty()) {
    const std::string_view one = take_part(value, ',');
    if (one.size() < 2) return false;
    const auto day = weekday_of(one.substr(one.size() - 2));
    const std::string_view before = one.substr(0, one.size() - 2);
    const auto ordinal = before.empty() ? std::optional{0} : number_of(before);
    if (!day || !ordinal || std::abs(*ordinal) > 53 || (*ordinal == 0 && !before.empty())) return false;
    weekdays_.push_back({*ordinal, *day});
  }
  return !weekdays_.empty();
}

/// Which of the month or year a weekday is, only those say that recur so.
bool Recurrence::agrees() const {
  const bool has_ordinal =
      std::any_of(weekdays_.begin(), weekdays_.end(), [](const Weekday& one) { return one.ordinal != 0; });
  return !has_ordinal || (frequency_ >= Frequency::monthly && weeks_.empty());
}

Recurrence Recurrence::completed(Date begin) const {
  Recurrence whole = *this;
  const year_month_day first{begin};
  const bool has_days = !weekdays_.empty() || !month_days_.empty() || !year_days_.empty();
  if (frequency_ == Frequency::weekly || !weeks_.empty()) {
    if (!has_days) whole.weekdays_.push_back({0, std::chrono::weekday{begin}});
  } else if (frequency_ >= Frequency::monthly && !has_days) {
    whole.month_days_.push_back(static_cast<int>(static_cast<unsigned>(first.day())));
    const bool by_year = frequency_ == Frequency::yearly && months_.empty();
    if (by_year) whole.months_.push_back(static_cast<int>(static_cast<unsigned>(first.month())));
  }
  return whole;
}

Recurrence::Period Recurrence::period_of(Date date) const {
  const year_month_day day{date};
  switch (frequency_) {
    case Frequency::daily:
      return {date, date + days{1}};
    case Frequency::weekly: {
      const Date monday = date - (std::chrono::weekday{date} - week_starts_);
      return {monday, monday + days{7}};
    }
    case Frequency::monthly:
      return {first_of(day.year(), day.month()), first_of(day.year(), day.month()) + days{31}};
    case Frequency::yearly:
      break;
  }
  return {first_of(day.year()), first_of(day.year() + std::chrono::years{1})};
}

Recurrence::Period Recurrence::next(const Period& period) const {
  const year_month_day first{period.from};
  switch (frequency_) {
    case Frequency::daily:
      return period_of(period.from + days{interval_});
    case Frequency::weekly:
      return period_of(period.from + days{7 * interval_});
    case Frequency::monthly: {
      const auto later = std::chrono::year_month{first.year(), first.month()} + std::chrono::months{interval_};
      return period_of(first_of(later.year(), later.month()));
    }
    case Frequency::yearly:
      break;
  }
  return period_of(first_of(first.year() + std::chrono::years{interval_}));
}

/// The number of the week within the year, 1 the first with four days in it; 0 before it.
int Recurrence::week_of(Date date, std::chrono::year year) const {
  const Date fourth = first_of(year) + days{3};
  const Date first_week = fourth - (std::chrono::weekday{fourth} - week_starts_);
  return date < first_week ? 0 : static_cast<int>((date - first_week) / days{7}) + 1;
}

bool Recurrence::takes_weekday(Date date) const {
  if (weekdays_.empty()) return true;
  const year_month_day day{date};
  const bool by_month = frequency_ == Frequency::monthly || !months_.empty();
  const Date from = by_month ? first_of(day.year(), day.month()) : first_of(day.year());
  const Date to = by_month ? Date{day.year() / day.month() / std::chrono::last} + days{1}
                           : first_of(day.year() + std::chrono::years{1});
  const auto number = static_cast<int>((date - from) / days{7}) + 1;
  const auto from_the_end = -static_cast<int>((to - date - days{1}) / days{7}) - 1;
  return std::any_of(weekdays_.begin(), weekdays_.end(), [&](const Weekday& one) {
    return one.day == std::chrono::weekday{date} &&
           (one.ordinal == 0 || one.ordinal == number || one.ordinal == from_the_end);
  });
}

bool Recurrence::takes(Date date) const {
  const year_month_day day{date};
  const Date first = first_of(day.year());
  const Date next_year = first_of(day.year() + std::chrono::years{1});
  const auto last = static_cast<unsigned>((day.year() / day.month() / std::chrono::last).day());
  const auto in_year = static_cast<int>((next_year - first) / days{1});
  if (!has(months_, static_cast<int>(static_cast<unsigned>(day.month())), 12)) return false;
  if (!has(month_days_, static_cast<int>(static_cast<unsigned>(day.day())), static_cast<int>(last))) return false;
  if (!has(year_days_, static_cast<int>((date - first) / days{1}) + 1, in_year)) return false;
  if (!weeks_.empty()) {
    // The last days of a year may lie in the first week of the next, and the first in the last of the one before.
    std::chrono::year year = day.year();
    if (week_of(date, year) == 0) year -= std::chrono::years{1};
    if (week_of(date, year + std::chrono::years{1}) == 1) year += std::chrono::years{1};
    const int weeks = week_of(first_of(year + std::chrono::years{1}) - days{4}, year);
    if (!has(weeks_, week_of(date, year), weeks)) return false;
  }
  return takes_weekday(date);
}

std::vector<Date> Recurrence::taken_of(const Period& period) const {
  std::vector<Date> all;
  const year_month_day first{period.from};
  for (Date date = period.from; date < period.to; date += days{1}) {
    const bool is_of_it = frequency_ != Frequency::monthly || year_month_day{date}.month() == first.month();
    if (is_of_it && takes(date)) all.push_back(date);
  }
  if (positions_.empty()) return all;
  std::vector<Date> chosen;
  const auto count = static_cast<int>(all.size());
  for (int i = 0; i < count; ++i) {
    if (has(positions_, i + 1, count)) chosen.push_back(all[static_cast<std::size_t>(i)]);
  }
  return chosen;
}

std::vector<Date> Recurrence::dates(Date begin, Date last, std::size_t most) const {
  const Recurrence whole = completed(begin);
  if (count_) most = std::min(most, static_cast<std::size_t>(*count_));
  std::vector<Date> found;
  for (Period period = period_of(begin); period.from <= last && found.size() < most; period = next(period)) {
    for (const Date date : whole.taken_of(period)) {
      if (date >= begin && date <= last && found.size() < most) found.push_back(date);
    }
  }
  return found;
}

}  // namespace weir
