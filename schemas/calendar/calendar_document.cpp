#include "schemas/calendar/calendar_document.hpp"

#include <algorithm>
#include <cstdio>

#include "schemas/base/check.hpp"
#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_writer.hpp"

namespace weir {
namespace {

using Date = OpeningHours::Date;
using Span = OpeningHours::Span;
using Spans = OpeningHours::Spans;

constexpr std::size_t spans_max = 48;
constexpr std::size_t dates_max = 10'000;
constexpr std::size_t text_bytes_max = 64;
constexpr std::array<std::string_view, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/// So many digits, and nothing else.
std::optional<int> digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + (c - '0');
  }
  return number;
}

/// `HH:MM` or `HH:MM:SS` up to 24:00, as seconds.
std::optional<std::int32_t> time_of_day(std::string_view text) {
  const bool with_seconds = text.size() == 8 && text[5] == ':';
  if ((text.size() != 5 && !with_seconds) || text[2] != ':') return {};
  const auto hour = digits(text.substr(0, 2)), minute = digits(text.substr(3, 2));
  const auto second = with_seconds ? digits(text.substr(6, 2)) : std::optional{0};
  if (!hour || !minute || !second || *minute > 59 || *second > 59) return {};
  const std::int32_t all = *hour * 3600 + *minute * 60 + *second;
  return all <= 86'400 ? std::optional{all} : std::nullopt;
}

std::optional<Span> span_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const auto from = time_of_day(text.substr(0, dash)), to = time_of_day(text.substr(dash + 1));
  if (!from || !to || *from >= *to) return {};
  return Span{*from, *to};
}

std::optional<Date> date_of(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)), day = digits(text.substr(8, 2));
  if (!year || !month || !day) return {};
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional{Date{date}} : std::nullopt;
}

std::string date_text(Date date) {
  const std::chrono::year_month_day day{date};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()));
  return text;
}

Spans read_spans(const DocumentNode& node) {
  Spans spans;
  node.each_item(spans_max, [&](const DocumentNode& item) {
    const auto text = item.text(text_bytes_max);
    if (!text) return;
    const auto span = span_of(*text);
    span ? spans.push_back(*span)
         : item.fault("must be a span such as 09:00-17:00, up to 24:00, its end behind its begin");
  });
  return spans;
}

void read_week(const DocumentNode& node, OpeningHours& hours) {
  node.each_member(weekdays.size(), [&](const std::string& name, const DocumentNode& member) {
    const auto day = std::find(weekdays.begin(), weekdays.end(), name);
    if (day == weekdays.end()) return member.fault("must be under one of mon, tue, wed, thu, fri, sat, sun");
    hours.week[static_cast<std::size_t>(day - weekdays.begin())] = read_spans(member);
  });
}

void read_dates(const DocumentNode& node, std::map<Date, Spans>& dates) {
  node.each_member(dates_max, [&](const std::string& name, const DocumentNode& member) {
    const auto date = date_of(name);
    date ? void(dates[*date] = read_spans(member)) : member.fault("must be under a date such as 2026-12-24");
  });
}

void read_holidays(const DocumentNode& node, std::set<Date>& holidays) {
  node.each_item(dates_max, [&](const DocumentNode& item) {
    const auto text = item.text(text_bytes_max);
    if (!text) return;
    const auto date = date_of(*text);
    date ? void(holidays.insert(*date)) : item.fault("must be a date such as 2026-12-25");
  });
}

void read_zone(const DocumentNode& node, Zone& zone) {
  const auto name = node.text(text_bytes_max);
  if (!name) return;
  auto found = Zone::find(*name);
  found ? void(zone = *std::move(found)) : node.fault("must be the name of an IANA zone");
}

}  // namespace

std::optional<CalendarDocument> read_calendar(const DocumentNode& node) {
  CalendarDocument calendar;
  const std::size_t faults = node.faults();
  node.object({{"zone", [&](const auto& one) { read_zone(one, calendar.zone); }},
               {"week", [&](const auto& one) { read_week(one, calendar.hours); }},
               {"shifts", [&](const auto& one) { read_dates(one, calendar.hours.shifts); }},
               {"breaks", [&](const auto& one) { read_dates(one, calendar.hours.breaks); }},
               {"holidays", [&](const auto& one) { read_holidays(one, calendar.hours.holidays); }}});
  return node.faults() == faults ? std::optional{std::move(calendar)} : std::nullopt;
}

std::string with_holidays(const std::string& body, const std::set<Date>& holidays) {
  JsonParser parser;
  const auto document = parser.parse(body);
  WEIR_CHECK(document.ok() && document->is(JsonKind::object), "only what was accepted is changed");
  std::string made, scratch;
  JsonWriter json(made);
  json.begin_object();
  for (auto items = document->items(); !items.done();) {
    const std::string name{items.take().text(scratch)};
    const JsonValue value = items.take();
    if (name == "holidays") continue;
    json.key(name);
    value.is(JsonKind::string) ? json.value(value.text(scratch)) : json.raw(value.raw());
  }
  json.key("holidays").begin_array();
  for (const Date one : holidays) json.value(date_text(one));
  json.end_array().end_object();
  return made;
}

}  // namespace weir
