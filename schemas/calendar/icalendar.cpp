#include "schemas/calendar/icalendar.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace weir::icalendar {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::weeks;

std::string capitals(std::string_view text) {
  std::string made{text};
  for (char& c : made) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return made;
}

/// Lines that are longer are folded: what follows begins with white space (RFC 5545, 3.1).
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// False: there is none any more.
  bool take(std::string& line, std::size_t& number) {
    if (rest_.empty()) return false;
    number = ++number_;
    line = take_one();
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
      ++number_;
      line.append(take_one().substr(1));
    }
    return true;
  }

 private:
  std::string_view take_one() {
    std::string_view one = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(one.size() + 1, rest_.size()));
    if (one.ends_with('\r')) one.remove_suffix(1);
    return one;
  }

  std::string_view rest_;
  std::size_t number_ = 0;
};

/// Where the text ends that stands before one of the characters, outside of quotes.
std::size_t end_of(std::string_view text, std::string_view characters) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') is_quoted = !is_quoted;
    if (!is_quoted && characters.find(text[i]) != std::string_view::npos) return i;
  }
  return text.size();
}

Property property_of(std::string_view line) {
  Property made;
  std::size_t end = end_of(line, ":;");
  made.name = capitals(line.substr(0, end));
  line.remove_prefix(end);
  while (line.starts_with(';')) {
    line.remove_prefix(1);
    end = end_of(line, ":;");
    const std::string_view parameter = line.substr(0, end);
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    made.parameters.emplace_back(capitals(parameter.substr(0, equals)), value);
    line.remove_prefix(end);
  }
  if (!line.empty()) made.value = line.substr(1);
  return made;
}

struct Unit {
  char letter;
  bool is_of_time;  // behind the T
  Duration length;
};
constexpr std::array<Unit, 5> units{{{'W', false, weeks{1}},
                                     {'D', false, days{1}},
                                     {'H', true, hours{1}},
                                     {'M', true, minutes{1}},
                                     {'S', true, seconds{1}}}};

std::optional<int> digits(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text.front() == '-' || error != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace

std::string Property::parameter(std::string_view wanted) const {
  const auto at =
      std::find_if(parameters.begin(), parameters.end(), [&](const auto& one) { return one.first == wanted; });
  return at == parameters.end() ? std::string{} : at->second;
}

const Property* Event::find(std::string_view name) const {
  const auto at =
      std::find_if(properties.begin(), properties.end(), [&](const Property& one) { return one.name == name; });
  return at == properties.end() ? nullptr : &*at;
}

std::vector<const Property*> Event::all(std::string_view name) const {
  std::vector<const Property*> found;
  for (const Property& one : properties) {
    if (one.name == name) found.push_back(&one);
  }
  return found;
}

Result<std::vector<Event>> read_events(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<Event> events;
  std::vector<std::string> open;  // components, from the outermost
  bool has_calendar = false;
  Lines lines{text};
  std::string line;
  for (std::size_t number = 0; lines.take(line, number);) {
    if (line.empty()) continue;
    Property property = property_of(line);
    if (property.name == "BEGIN") {
      open.push_back(capitals(property.value));
      has_calendar = has_calendar || (open.size() == 1 && open[0] == "VCALENDAR");
      if (open.size() == 2 && open[0] == "VCALENDAR" && open[1] == "VEVENT") events.push_back({number, {}});
    } else if (property.name == "END") {
      if (open.empty() || open.back() != capitals(property.value)) {
        return Error{Code::invalid_document, "line " + std::to_string(number) + " ends what was not begun"};
      }
      open.pop_back();
    } else if (open.size() == 2 && open[0] == "VCALENDAR" && open[1] == "VEVENT") {
      events.back().properties.push_back(std::move(property));
    }
  }
  if (!has_calendar) return Error{Code::invalid_document, "it is no iCalendar: there is no BEGIN:VCALENDAR"};
  if (!open.empty()) return Error{Code::invalid_document, "it ends within a " + open.back().substr(0, 64)};
  return events;
}

std::optional<Moment> read_moment(std::string_view text) {
  Moment moment;
  if (text.size() < 8) return {};
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(4, 2)), day = digits(text.substr(6, 2));
  if (!year || !month || !day) return {};
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return {};
  moment.date = std::chrono::local_days{date};
  if (text.size() == 8) return moment;
  moment.has_time = true;
  moment.is_utc = text.size() == 16 && text[15] == 'Z';
  if (text[8] != 'T' || (text.size() != 15 && !moment.is_utc)) return {};
  const auto hour = digits(text.substr(9, 2)), minute = digits(text.substr(11, 2)), second = digits(text.substr(13, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return {};
  moment.second = hours{*hour} + minutes{*minute} + seconds{std::min(*second, 59)};
  return moment;
}

std::optional<Duration> read_duration(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (!text.starts_with('P') || text.size() < 3) return {};
  text.remove_prefix(1);
  bool in_time = false;
  Duration sum{};
  while (!text.empty()) {
    if (text.front() == 'T' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
    }
    const std::size_t unit = text.find_first_not_of("0123456789");
    if (unit == std::string_view::npos || unit > 6) return {};
    const auto number = digits(text.substr(0, unit));
    if (!number) return {};
    const auto known = std::find_if(units.begin(), units.end(), [&](const Unit& one) {
      return one.letter == text[unit] && one.is_of_time == in_time;
    });
    if (known == units.end()) return {};
    sum += known->length * *number;
    text.remove_prefix(unit + 1);
  }
  return is_negative ? -sum : sum;
}

}  // namespace weir::icalendar
