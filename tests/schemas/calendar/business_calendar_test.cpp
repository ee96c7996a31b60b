#include "schemas/calendar/business_calendar.hpp"

#include <cstdlib>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

namespace weir {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Date = OpeningHours::Date;
using Spans = OpeningHours::Spans;

Date date(int year, unsigned month, unsigned day) {
  return Date{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
}

OpeningHours::Span span(int from_hour, int to_hour) { return {from_hour * 3600, to_hour * 3600}; }

OpeningHours office() {
  OpeningHours opening;
  for (std::size_t day = 0; day < 5; ++day) opening.week[day] = {span(9, 17)};
  return opening;
}

Zone zone(std::string_view name) { return Zone::find(name).value(); }

/// What the wall clock shows there at the time; none: never.
std::string shown(const Zone& place, std::optional<Time> time) {
  if (!time) return "never";
  const auto local = place.to_local(*time);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day ymd{day};
  const auto s = std::chrono::duration_cast<seconds>(local - day).count();
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), static_cast<int>(s / 3600),
                static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
  return text;
}

/// A calendar, its zone, and times as its wall clock shows them.
struct Place {
  Zone zone;
  BusinessCalendar calendar;

  explicit Place(const OpeningHours& opening, std::string_view name = "UTC")
      : zone(weir::zone(name)), calendar(opening, zone) {}
  Time at(Date day, int hour, int minute = 0) const { return zone.to_time(day + hours{hour} + minutes{minute}); }
  std::string after(Time from, Duration business) const { return shown(zone, calendar.after(from, business)); }
};

TEST(BusinessCalendar, FallsDueAtTheClosingBell) {
  const Place berlin{office(), "Europe/Berlin"};
  const Time friday_17 = berlin.at(date(2026, 11, 20), 17);
  EXPECT_EQ(berlin.after(friday_17, hours{8}), "2026-11-23 17:00:00");
  EXPECT_EQ(berlin.after(berlin.at(date(2026, 11, 20), 9), hours{8}), "2026-11-20 17:00:00");
  EXPECT_EQ(berlin.after(friday_17, hours{8} + Duration{1}), "2026-11-24 09:00:00");
}

TEST(BusinessCalendar, ATargetOfNothingIsDueWhenItOpens) {
  const Place place{office()};
  EXPECT_EQ(place.after(place.at(date(2026, 11, 21), 12), {}), "2026-11-23 09:00:00");  // a Saturday
  EXPECT_EQ(place.after(place.at(date(2026, 11, 20), 12), {}), "2026-11-20 12:00:00");
  EXPECT_EQ(place.after(place.at(date(2026, 11, 20), 17), {}), "2026-11-23 09:00:00");  // at 17:00 it is closed
  EXPECT_EQ(place.after(place.at(date(2026, 11, 20), 9), -hours{3}), "2026-11-20 09:00:00");
}

TEST(BusinessCalendar, ShiftsReplaceBreaksCutHolidaysVoid) {
  OpeningHours opening = office();
  opening.shifts[date(2026, 11, 21)] = {span(10, 12)};
  opening.shifts[date(2026, 11, 23)] = {span(8, 12), span(13, 24)};
  opening.breaks[date(2026, 11, 23)] = {span(11, 14)};
  opening.shifts[date(2026, 11, 24)] = {span(0, 24)};
  opening.holidays = {date(2026, 11, 24)};
  const Place place{opening};
  const auto open_on = [&](Date day) {
    return place.calendar.between(place.at(day, 0), place.at(day + std::chrono::days{1}, 0));
  };
  EXPECT_EQ(open_on(date(2026, 11, 21)), hours{2});
  EXPECT_EQ(open_on(date(2026, 11, 22)), hours{0});
  EXPECT_EQ(open_on(date(2026, 11, 23)), hours{3 + 10});
  EXPECT_EQ(open_on(date(2026, 11, 24)), hours{0});
  EXPECT_EQ(open_on(date(2026, 11, 25)), hours{8});
}

TEST(BusinessCalendar, ADayHas23Or25Hours) {
  const Place berlin{OpeningHours::always(), "Europe/Berlin"};
  const auto length = [&](Date day) {
    return berlin.calendar.between(berlin.at(day, 0), berlin.at(day + std::chrono::days{1}, 0));
  };
  EXPECT_EQ(length(date(2026, 3, 29)), hours{23});
  EXPECT_EQ(length(date(2026, 10, 25)), hours{25});
  EXPECT_EQ(length(date(2026, 11, 1)), hours{24});
}

TEST(BusinessCalendar, TakesAnEndThatDoesNotExistAsOneHourLater) {
  OpeningHours opening;
  opening.week[5] = {span(20, 24)};  // Saturdays; 2015-10-17 had no midnight in São Paulo
  const Place place{opening, "America/Sao_Paulo"};
  const Time begin = place.at(date(2015, 10, 17), 20);
  EXPECT_EQ(place.after(begin, hours{4}), "2015-10-18 01:00:00");
}

TEST(BusinessCalendar, SpansInTheHourThatIsSkippedCountOnce) {
  OpeningHours opening;
  opening.week[6] = {{2 * 3600 + 600, 2 * 3600 + 1200}, {2 * 3600 + 1800, 2 * 3600 + 2400}, span(3, 5)};
  const Place berlin{opening, "Europe/Berlin"};
  // From 03:00 on: 02:10–02:20 and 02:30–02:40 lie within 03:00–05:00, at 03:10 and 03:30.
  const Time begin = berlin.at(date(2026, 3, 29), 0);
  EXPECT_EQ(berlin.calendar.between(begin, begin + hours{12}), hours{2});
  EXPECT_EQ(shown(berlin.zone, berlin.calendar.opening(begin)), "2026-03-29 03:00:00");
}

TEST(BusinessCalendar, SaysNeverWhereItOpensNoMore) {
  const Place closed{OpeningHours{}};
  const Time now = closed.at(date(2026, 1, 1), 0);
  EXPECT_EQ(closed.after(now, hours{1}), "never");
  EXPECT_EQ(closed.after(now, {}), "never");
  EXPECT_EQ(closed.calendar.up_to(now), Duration::zero());
  const Place place{office()};
  EXPECT_EQ(place.after(place.at(date(2069, 12, 31), 16), hours{2}), "never");
  EXPECT_EQ(place.after(Time::min(), hours{1}), "1970-01-01 10:00:00");
  EXPECT_EQ(place.calendar.after(place.at(date(2026, 1, 1), 0), Duration::max() / 4), std::nullopt);
  EXPECT_EQ(place.calendar.up_to(Time::min()), Duration::zero());
}

TEST(BusinessCalendar, IntersectionIsOpenWhereBothAre) {
  OpeningHours one = office(), other;
  one.breaks[date(2026, 11, 23)] = {span(9, 10)};
  one.holidays = {date(2026, 11, 24)};
  one.shifts[date(2026, 11, 22)] = {span(0, 24)};
  for (auto& day : other.week) day = {span(6, 11), span(15, 20)};
  other.breaks[date(2026, 11, 23)] = {span(10, 11)};
  other.holidays = {date(2026, 11, 25)};
  const OpeningHours both = OpeningHours::intersection(one, other);
  EXPECT_EQ(both.week[0], (Spans{span(9, 11), span(15, 17)}));
  EXPECT_TRUE(both.week[5].empty());
  EXPECT_TRUE(both.shifts.empty());
  EXPECT_EQ(both.breaks.at(date(2026, 11, 23)), (Spans{span(9, 10), span(10, 11)}));
  EXPECT_EQ(both.holidays, (std::set<Date>{date(2026, 11, 24), date(2026, 11, 25)}));
}

// ---- beside a walk over every minute --------------------------------------------------------------------------------

constexpr int first_year = 1970, end_year = 2038;

Spans random_spans(std::mt19937_64& random) {
  Spans spans(random() % 4);
  for (auto& one : spans) {
    one.from = static_cast<std::int32_t>(random() % 1441) * 60;
    one.to = static_cast<std::int32_t>(random() % 1441) * 60;
    if (random() % 4 == 0) one.to = 86'400;
  }
  return spans;
}

OpeningHours random_hours(std::mt19937_64& random) {
  OpeningHours opening;
  for (auto& day : opening.week) day = random_spans(random);
  const int days = static_cast<int>((date(end_year, 1, 1) - date(first_year, 1, 1)).count());
  const auto some_day = [&] { return date(first_year, 1, 1) + std::chrono::days{random() % days}; };
  for (int i = 0; i < 500; ++i) {
    opening.shifts[some_day()] = random_spans(random);
    opening.breaks[some_day()] = random_spans(random);
    opening.holidays.insert(some_day());
  }
  return opening;
}

/// Whether each minute since 1970 counts, a bit at a time: marked where a span says so, cleared where a break does.
class Minutes {
 public:
  Minutes(const OpeningHours& opening, const Zone& zone)
      : zone_(zone),
        open_(static_cast<std::size_t>((date(end_year + 1, 1, 1) - date(first_year, 1, 1)).count()) * 1440) {
    for (Date day = date(first_year, 1, 1); day < date(end_year, 1, 1); day += std::chrono::days{1}) {
      if (opening.holidays.contains(day)) continue;
      const auto shift = opening.shifts.find(day);
      std::vector<bool> local(1441, false);  // whether the wall clock's minute is open
      for (const auto& one :
           shift != opening.shifts.end() ? shift->second : opening.week[std::chrono::weekday{day}.iso_encoding() - 1]) {
        for (int s = one.from; s < one.to; s += 60) local[s / 60] = true;
      }
      if (const auto breaks = opening.breaks.find(day); breaks != opening.breaks.end()) {
        for (const auto& one : breaks->second) {
          for (int s = one.from; s < one.to; s += 60) local[s / 60] = false;
        }
      }
      for (int from = 0; from < 1440; ++from) {
        if (!local[from]) continue;
        int to = from;
        while (local[to]) ++to;
        mark(day + minutes{from}, day + minutes{to});
        from = to;
      }
    }
  }

  std::size_t size() const { return open_.size(); }
  bool operator[](std::size_t minute) const { return open_[minute]; }

 private:
  void mark(LocalTime from, LocalTime to) {
    const auto begin = zone_.to_time(from), end = zone_.to_time(to);
    for (Time at = begin; at < end; at += minutes{1}) {
      const auto minute = std::chrono::floor<minutes>(at.time_since_epoch()).count();
      if (minute >= 0) open_[static_cast<std::size_t>(minute)] = true;
    }
  }

  const Zone& zone_;
  std::vector<bool> open_;
};

/// One zone was half a minute off until 1972; there the walk begins behind that.
std::size_t first_whole_minute(const Zone& place) {
  const bool whole = place.to_local(Time{}).time_since_epoch() % minutes{1} == Duration::zero();
  return whole ? 0 : static_cast<std::size_t>((date(1973, 1, 1) - date(1970, 1, 1)).count()) * 1440;
}

void expect_as_walked(const std::string& name, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  const Zone place = zone(name);
  const OpeningHours opening = random_hours(random);
  const BusinessCalendar calendar{opening, place};
  const Minutes open{opening, place};
  std::size_t from = first_whole_minute(place), wrong = 0;
  Duration passed = calendar.up_to(Time{minutes{from}});
  // When a random target has passed since a random minute: checked where the walk comes to it.
  Duration passed_at_from = passed, target = minutes{90};
  std::optional<Time> due = calendar.after(Time{minutes{from}}, target);
  const std::size_t end = open.size() - 1440 * 367;
  for (std::size_t minute = from; minute < end && wrong < 5; ++minute) {
    const Time at{minutes{minute}};
    if (calendar.up_to(at) != passed || calendar.is_open(at) != open[minute]) {
      ADD_FAILURE() << name << ", seed " << seed << ", minute " << minute << ": " << shown(place, at);
      ++wrong;
    }
    if (open[minute]) passed += minutes{1};
    if (passed - passed_at_from < target) continue;
    // It has passed in this minute, which is its last.
    if (due != at + minutes{1}) {
      ADD_FAILURE() << name << ", seed " << seed << ", due from minute " << from << ": " << shown(place, due)
                    << " instead of " << shown(place, at + minutes{1});
      ++wrong;
    }
    from = minute + 1 + random() % 5000;
    for (++minute; minute < from; ++minute) {
      if (open[minute]) passed += minutes{1};
    }
    --minute;
    passed_at_from = passed;
    target = minutes{1 + random() % 6000};
    due = calendar.after(Time{minutes{from}}, target);
  }
}

std::vector<std::string> zone_names() {
  std::ifstream zones{"/usr/share/zoneinfo/tzdata.zi"};
  std::vector<std::string> names;
  for (std::string line; std::getline(zones, line);) {
    if (line.starts_with("Z ")) names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

TEST(BusinessCalendar, EqualsAWalkOverEveryMinute) {
  const auto names = zone_names();
  ASSERT_GT(names.size(), 300u);
  const bool all = std::getenv("TESTED_FULL") != nullptr;
#ifdef WEIR_DEBUG
  constexpr std::size_t some = 1;  // fifty times as slow
#else
  constexpr std::size_t some = 10;
#endif
  std::mt19937_64 random{20'261'121};
  for (std::size_t i = 0; i < (all ? names.size() : some); ++i) {
    expect_as_walked(all ? names[i] : names[random() % names.size()], i);
  }
}

}  // namespace
}  // namespace weir
