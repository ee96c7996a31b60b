#include "schemas/calendar/imported_holidays.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "schemas/calendar/icalendar.hpp"
#include "schemas/calendar/recurrence.hpp"
#include "schemas/codec/utf8.hpp"

namespace weir {
namespace {

using std::chrono::days;
using Date = OpeningHours::Date;
using icalendar::Moment;
using icalendar::Property;

constexpr std::size_t dates_max = 10'000, rules_max = 500, left_out_max = 100;
constexpr std::size_t summary_bytes_max = 128;
constexpr days longest{366};
const Date earliest{std::chrono::year{1900} / std::chrono::January / 1};
const Date first{std::chrono::year{1970} / std::chrono::January / 1};
const Date last{std::chrono::year{2069} / std::chrono::December / 31};

std::string shortened(std::string_view text) {
  if (!is_utf8(text)) return {};
  std::size_t size = std::min(text.size(), summary_bytes_max);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return std::string{text.substr(0, size)};
}

/// One VEVENT, as dates.
class Reader {
 public:
  Reader(const icalendar::Event& event, const Zone& zone) : event_(event), zone_(zone) {}

  /// Those on which it begins, ascending; an error says why it is left out.
  Result<std::vector<Date>> begins(std::size_t& rules) {
    const Property* const start = event_.find("DTSTART");
    if (start == nullptr) return refused("it has no DTSTART");
    auto begin = moment_of(*start, start->value);
    if (!begin) return begin.error();
    begin_ = *begin;
    if (const auto length = read_length(); !length) return length.error();
    if (date() < earliest || date() > last) return refused("it begins before 1900 or after 2069");
    auto found = recurring(rules);
    if (!found) return found;
    for (const Property* one : event_.all("RDATE")) {
      if (const auto added = add_listed(*one, *found); !added) return added.error();
    }
    std::vector<Date> excepted;
    for (const Property* one : event_.all("EXDATE")) {
      if (const auto added = add_listed(*one, excepted); !added) return added.error();
    }
    std::erase_if(*found, [&](Date one) { return std::find(excepted.begin(), excepted.end(), one) != excepted.end(); });
    return found;
  }

  /// The dates that the instance covers which begins on that one.
  void cover(Date begin, std::set<Date>& dates) const {
    Date from = begin, to = begin + std::chrono::floor<days>(length_);
    if (begin_.has_time) {
      const Time start = zone_of_begin_.to_time(begin + begin_.second);
      const LocalTime local = zone_.to_local(start), end = zone_.to_local(start + length_);
      from = std::chrono::ceil<days>(local);
      to = std::chrono::floor<days>(end);
    }
    for (Date one = std::max(from, first); one < to && one <= last; one += days{1}) dates.insert(one);
  }

  /// The instance of another event that this one stands for.
  Result<std::optional<Date>> replaced() {
    const Property* const instance = event_.find("RECURRENCE-ID");
    if (instance == nullptr) return std::optional<Date>{};
    const auto moment = moment_of(*instance, instance->value);
    if (!moment) return moment.error();
    return std::optional{moment->date};
  }

 private:
  static Error refused(std::string why) { return {Code::invalid_document, std::move(why)}; }

  Date date() const { return begin_.date; }

  /// In the zone of DTSTART, which the first one asked for tells.
  Result<Moment> moment_of(const Property& property, std::string_view value) {
    auto moment = icalendar::read_moment(value);
    if (!moment) return refused(property.name + " is neither a date nor a time: " + shortened(value));
    if (!moment->has_time) return *moment;
    if (!zone_is_known_) {
      const std::string name = moment->is_utc ? "UTC" : property.parameter("TZID");
      auto zone = name.empty() ? Result<Zone>{zone_} : Zone::find(name);
      if (!zone) return refused("its zone is not one of IANA's: " + shortened(name));
      zone_of_begin_ = *std::move(zone);
      zone_is_known_ = true;
    }
    if (moment->is_utc) {
      const LocalTime local = zone_of_begin_.to_local(Time{(moment->date + moment->second).time_since_epoch()});
      moment->date = std::chrono::floor<days>(local);
      moment->second = std::chrono::floor<std::chrono::seconds>(local - moment->date);
    }
    return *moment;
  }

  Result<void> read_length() {
    length_ = begin_.has_time ? Duration{} : Duration{days{1}};
    if (const Property* const end = event_.find("DTEND")) {
      const auto moment = moment_of(*end, end->value);
      if (!moment) return moment.error();
      if (moment->has_time != begin_.has_time) return refused("its DTEND is of another kind than its DTSTART");
      length_ = (moment->date + moment->second) - (begin_.date + begin_.second);
    } else if (const Property* const duration = event_.find("DURATION")) {
      const auto length = icalendar::read_duration(duration->value);
      if (!length) return refused("its DURATION is none: " + shortened(duration->value));
      length_ = *length;
    }
    // An end on the day of its begin is written by some for one day.
    if (!begin_.has_time && length_ == Duration{}) length_ = days{1};
    if (length_ < Duration{} || length_ > longest) return refused("it ends before it begins, or lasts for over a year");
    return {};
  }

  Result<std::vector<Date>> recurring(std::size_t& rules) {
    const Property* const rule = event_.find("RRULE");
    if (rule == nullptr) return std::vector{date()};
    const auto recurrence = Recurrence::parse(rule->value);
    if (!recurrence) return recurrence.error();
    if (++rules > rules_max) return refused("there are more than 500 events that recur");
    Date until = last;
    if (const auto text = Recurrence::until_of(rule->value); !text.empty()) {
      const auto moment = moment_of(*rule, text);
      if (!moment) return moment.error();
      until = std::min(until, moment->date);
      const bool is_over = begin_.has_time && moment->has_time && moment->second < begin_.second;
      if (is_over && until == moment->date) until -= days{1};
    }
    return recurrence->dates(date(), until, dates_max);
  }

  Result<void> add_listed(const Property& property, std::vector<Date>& dates) {
    std::string_view values = property.value;
    while (!values.empty()) {
      const std::string_view value = values.substr(0, values.find(','));
      values.remove_prefix(std::min(value.size() + 1, values.size()));
      const auto moment = moment_of(property, value.substr(0, value.find('/')));  // of a period its begin
      if (!moment) return moment.error();
      dates.push_back(moment->date);
    }
    return {};
  }

  const icalendar::Event& event_;
  const Zone& zone_;
  Zone zone_of_begin_ = Zone::utc();
  bool zone_is_known_ = false;
  Moment begin_;
  Duration length_{};
};

class Import {
 public:
  explicit Import(const Zone& zone) : zone_(zone) {}

  ImportedHolidays run(std::string_view text) && {
    auto events = icalendar::read_events(text);
    if (!events) {
      found_.left_out.push_back({0, {}, events.error().detail});
      return std::move(found_);
    }
    for (const icalendar::Event& one : *events) note_replaced(one);
    for (const icalendar::Event& one : *events) take(one);
    return std::move(found_);
  }

 private:
  static std::string uid_of(const icalendar::Event& event) {
    const Property* const uid = event.find("UID");
    return uid == nullptr ? std::string{} : uid->value;
  }

  void note_replaced(const icalendar::Event& event) {
    const auto replaced = Reader{event, zone_}.replaced();
    if (replaced && *replaced) replaced_[uid_of(event)].insert(**replaced);
  }

  void take(const icalendar::Event& event) {
    const Property* const status = event.find("STATUS");
    if (status != nullptr && status->value == "CANCELLED") return;
    Reader reader{event, zone_};
    const auto begins = reader.begins(rules_);
    if (!begins) return leave_out(event, begins.error().detail);
    const auto replaced = replaced_.find(uid_of(event));
    const bool is_replacement = event.find("RECURRENCE-ID") != nullptr;
    std::set<Date> dates;
    for (const Date one : *begins) {
      const bool is_gone = !is_replacement && replaced != replaced_.end() && replaced->second.contains(one);
      if (!is_gone) reader.cover(one, dates);
    }
    if (dates.empty()) return leave_out(event, "it covers no whole day of 1970 to 2069");
    if (found_.dates.size() + dates.size() > dates_max) return leave_out(event, "there are more than 10,000 dates");
    found_.dates.merge(dates);
  }

  void leave_out(const icalendar::Event& event, std::string why) {
    if (found_.left_out.size() == left_out_max) return;
    const Property* const summary = event.find("SUMMARY");
    found_.left_out.push_back({event.line, summary == nullptr ? "" : shortened(summary->value), std::move(why)});
  }

  const Zone& zone_;
  std::map<std::string, std::set<Date>> replaced_;  // by UID
  std::size_t rules_ = 0;
  ImportedHolidays found_;
};

}  // namespace

ImportedHolidays import_holidays(std::string_view icalendar, const Zone& zone) { return Import{zone}.run(icalendar); }

}  // namespace weir
