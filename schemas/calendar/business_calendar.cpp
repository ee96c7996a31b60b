#include "schemas/calendar/business_calendar.hpp"

#include <algorithm>

namespace weir {
namespace {

using Spans = OpeningHours::Spans;
using Date = OpeningHours::Date;
using std::chrono::seconds;

constexpr std::int32_t day_s = 86'400;
constexpr std::chrono::year first_year{1970}, end_year{2070};

Date first_of(std::chrono::year year) { return Date{year / std::chrono::January / 1}; }

struct UtcSpan {
  std::int64_t from;
  std::int64_t to;
};

/// Ascending, neither empty nor overlapping nor touching.
template <class Span>
std::vector<Span> merged(std::vector<Span> spans) {
  std::erase_if(spans, [](const Span& span) { return span.from >= span.to; });
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> found;
  for (const Span& span : spans) {
    if (!found.empty() && span.from <= found.back().to) {
      found.back().to = std::max(found.back().to, span.to);
    } else {
      found.push_back(span);
    }
  }
  return found;
}

/// What lies in both; both merged.
Spans common(const Spans& one, const Spans& other) {
  Spans found;
  for (const auto& a : one) {
    for (const auto& b : other) found.push_back({std::max(a.from, b.from), std::min(a.to, b.to)});
  }
  return merged(std::move(found));
}

/// What lies in none of them.
Spans outside(const Spans& spans) {
  Spans found;
  std::int32_t from = 0;
  for (const auto& span : merged(spans)) {
    found.push_back({from, span.from});
    from = span.to;
  }
  found.push_back({from, day_s});
  return merged(std::move(found));
}

/// Of any date, without asking for each: the declared ones are few.
class Days {
 public:
  explicit Days(const OpeningHours& hours) : hours_(hours) {
    for (std::size_t i = 0; i < week_.size(); ++i) week_[i] = merged(hours.week[i]);
  }

  Spans of(Date date) const {
    if (hours_.holidays.contains(date)) return {};
    const auto shift = hours_.shifts.find(date);
    const std::size_t weekday = std::chrono::weekday{date}.iso_encoding() - 1;
    const Spans spans = shift == hours_.shifts.end() ? week_[weekday] : merged(shift->second);
    const auto breaks = hours_.breaks.find(date);
    return breaks == hours_.breaks.end() ? spans : common(spans, outside(breaks->second));
  }

 private:
  const OpeningHours& hours_;
  std::array<Spans, 7> week_;
};

Duration since_1970(Time time) { return time.time_since_epoch(); }

}  // namespace

OpeningHours OpeningHours::always() {
  OpeningHours hours;
  hours.week.fill({{0, day_s}});
  return hours;
}

OpeningHours OpeningHours::intersection(const OpeningHours& one, const OpeningHours& other) {
  OpeningHours both;
  for (std::size_t i = 0; i < both.week.size(); ++i) both.week[i] = common(merged(one.week[i]), merged(other.week[i]));
  both.breaks = one.breaks;
  for (const auto& [date, spans] : other.breaks) {
    Spans& all = both.breaks[date];
    all.insert(all.end(), spans.begin(), spans.end());
  }
  both.holidays = one.holidays;
  both.holidays.insert(other.holidays.begin(), other.holidays.end());
  return both;
}

BusinessCalendar::BusinessCalendar(const OpeningHours& hours, const Zone& zone) {
  const Days days{hours};
  Zone::Stretch stretch{};  // around the local time converted last
  const auto to_utc_s = [&](LocalTime local) {
    if (local < stretch.from || local >= stretch.to) stretch = zone.stretch_at(local);
    const bool known = stretch.from <= local && local < stretch.to;
    const Time time = known ? Time{local.time_since_epoch() - stretch.offset} : zone.to_time(local);
    return std::max<std::int64_t>(std::chrono::duration_cast<seconds>(since_1970(time)).count(), 0);
  };
  std::vector<UtcSpan> spans;
  for (Date date = first_of(first_year); date < first_of(end_year); date += std::chrono::days{1}) {
    for (const auto& span : days.of(date)) {
      spans.push_back({to_utc_s(date + seconds{span.from}), to_utc_s(date + seconds{span.to})});
    }
  }
  // Where clocks are put forward, what lies in the hour that is skipped comes after what follows it.
  for (const UtcSpan& span : merged(std::move(spans))) {
    const std::uint32_t before =
        openings_.empty() ? 0 : openings_.back().before + (openings_.back().to - openings_.back().from);
    openings_.push_back({static_cast<std::uint32_t>(span.from), static_cast<std::uint32_t>(span.to), before});
  }
  openings_.shrink_to_fit();
}

std::vector<BusinessCalendar::Opening>::const_iterator BusinessCalendar::ending_after(Time time) const {
  return std::partition_point(openings_.begin(), openings_.end(),
                              [&](const Opening& one) { return seconds{one.to} <= since_1970(time); });
}

Duration BusinessCalendar::up_to(Time time) const {
  const auto at = ending_after(time);
  if (at != openings_.end()) {
    return seconds{at->before} + (std::max(since_1970(time), Duration{seconds{at->from}}) - seconds{at->from});
  }
  if (openings_.empty()) return Duration::zero();
  return seconds{openings_.back().before + (openings_.back().to - openings_.back().from)};
}

bool BusinessCalendar::is_open(Time time) const {
  const auto at = ending_after(time);
  return at != openings_.end() && seconds{at->from} <= since_1970(time);
}

std::optional<Time> BusinessCalendar::opening(Time time) const {
  const auto at = ending_after(time);
  if (at == openings_.end()) return {};
  return std::max(time, Time{seconds{at->from}});
}

std::optional<Time> BusinessCalendar::after(Time from, Duration business) const {
  if (business <= Duration::zero()) return opening(from);
  const Duration sought = up_to(from) + business;
  // The first opening at whose end so much has passed.
  const auto at = std::partition_point(openings_.begin(), openings_.end(), [&](const Opening& one) {
    return seconds{one.before + (one.to - one.from)} < sought;
  });
  if (at == openings_.end()) return {};
  return Time{seconds{at->from} + (sought - seconds{at->before})};
}

}  // namespace weir
