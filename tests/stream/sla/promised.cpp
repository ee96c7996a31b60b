#include "tests/stream/sla/promised.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace weir::sla {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr int day_s = 86'400;
constexpr std::array<const char*, 3> calendar_names{"always", "k1", "k2"};

std::string two_digits(int number) {
  return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

std::string clock_text(int second) {
  return two_digits(second / 3600) + ':' + two_digits(second / 60 % 60) + ':' + two_digits(second % 60);
}

std::string date_text(Time midnight) {
  const std::chrono::year_month_day date{std::chrono::floor<days>(midnight)};
  return std::to_string(static_cast<int>(date.year())) + '-' +
         two_digits(static_cast<int>(static_cast<unsigned>(date.month()))) + '-' +
         two_digits(static_cast<int>(static_cast<unsigned>(date.day())));
}

std::string span_text(Duration span) { return '"' + std::to_string(span / seconds{1}) + "s\""; }

/// Of a local date: when it is open, and when not after all.
struct Day {
  std::vector<std::pair<int, int>> shifts, breaks;  // seconds of the day
  bool is_holiday = false;

  bool opens(int second) const {
    const auto within = [&](const auto& span) { return span.first <= second && second < span.second; };
    return !is_holiday && std::any_of(shifts.begin(), shifts.end(), within) &&
           std::none_of(breaks.begin(), breaks.end(), within);
  }
};

/// Whether clocks may skip or repeat the second.
bool is_doubtful(int second) { return second >= 3'600 && second < 4 * 3'600; }

/// Spans of whole steps among those of a day that begin with `from`.
std::vector<std::pair<int, int>> draw_spans(std::mt19937_64& random, int most, int step_s, int from, int steps) {
  std::vector<std::pair<int, int>> spans;
  const auto moment = [&] {
    const int second =
        (from + static_cast<int>(random() % static_cast<unsigned>(steps + 1)) * step_s) % (day_s + step_s);
    return is_doubtful(second) ? second % 3'600 : second;
  };
  for (auto left = random() % (static_cast<unsigned>(most) + 1); left > 0; --left) {
    const int one = moment(), other = moment();
    if (one != other) spans.emplace_back(std::min(one, other), std::max(one, other));
  }
  return spans;
}

void write_spans(std::string& text, const std::vector<std::pair<int, int>>& spans) {
  text += '[';
  for (const auto& [from, to] : spans) {
    text.append(text.back() == '[' ? "\"" : ",\"").append(clock_text(from)).append("-").append(clock_text(to)) += '"';
  }
  text += ']';
}

bool bit(const Event& event, int which) {
  const char last = event.activity.back();
  return last >= '0' && last <= '7' && ((last - '0') & which) != 0;
}

std::optional<std::string> said_of(const Event& event, std::string_view name) {
  for (const Attribute& one : event.attributes) {
    if (one.name == name) return one.json;
  }
  return std::nullopt;
}

const char* word_of(Change change) {
  return change == Change::retarget ? "retarget" : change == Change::freeze ? "freeze" : "restart";
}

const char* word_of(Reopening reopening) {
  return reopening == Reopening::once ? "once" : reopening == Reopening::restart ? "restart" : "resume";
}

bool same(const History::StepTerms& a, const History::StepTerms& b) {
  return a.target == b.target && a.calendar == b.calendar && a.warnings == b.warnings && a.grace == b.grace &&
         a.rearm_warnings == b.rearm_warnings && a.retract_when_relieved == b.retract_when_relieved;
}

/// The last that holds at `t`.
template <class Version>
const Version* at(const std::vector<Version>& versions, int t, int now) {
  const Version* found = nullptr;
  for (const Version& one : versions) {
    if (one.from <= t && one.from <= now) found = &one;
  }
  return found;
}

}  // namespace

Stage draw_stage(std::mt19937_64& random, Duration step, int end) {
  using namespace std::chrono_literals;
  const auto utc = [](int year, unsigned month, unsigned day) {
    return Time{std::chrono::sys_days{std::chrono::year{year} / month / day}};
  };
  Stage stage{step, end, utc(2026, 2, 27), "UTC", 0h, Time::max(), 0h};
  const auto zone = random() % 3;
  if (zone == 1) stage = {step, end, utc(2026, 10, 24), "Europe/Berlin", 2h, utc(2026, 10, 25) + 1h, 1h};
  if (zone == 2) stage = {step, end, utc(2027, 3, 13), "America/New_York", -5h, utc(2027, 3, 14) + 7h, -4h};
  return stage;
}

Promised::Promised(std::mt19937_64& random, const Stage& stage) : random_(random), stage_(stage) {
  calendars_.push_back({"", std::vector<char>(static_cast<std::size_t>(stage.end) + 2, 1)});
  for (Metric& metric : metrics_) metric = {static_cast<Reopening>(upto(2)), one_in(4)};
  for (Named& named : named_) {
    named.seed = random_();
    if (one_in(3)) named.holidays.push_back(upto(3));
    named.versions.push_back({0, number_of(named)});
  }
  edit_policy(one_in(4) ? 1 + upto(stage.last() / 2) : 0);
}

std::vector<documents::Change> Promised::first() const {
  return {calendar_change(1, named_[0].versions[0]), calendar_change(2, named_[1].versions[0]),
          policy_change(versions_[0])};
}

documents::Change Promised::edit(int from) {
  if (one_in(2)) {
    edit_policy(from);
    return policy_change(versions_.back());
  }
  const std::size_t which = random_() % named_.size();
  edit_calendar(named_[which], from);
  return calendar_change(which + 1, named_[which].versions.back());
}

Promised::Said Promised::draw_said() {
  Said said;
  said.calendar = random_() % calendar_names.size();
  int least = stage_.end;
  for (int& target : said.targets) {
    if (one_in(6)) continue;
    target = 4 * upto(one_in(8) ? 1 : stage_.end / 12);
    least = std::min(least, target);
  }
  said.terms.grace = stage_.step > seconds{60} || one_in(2) ? 0 : upto(static_cast<int>(seconds{60} / stage_.step));
  said.terms.rearm_warnings = one_in(2);
  said.terms.retract_when_relieved = one_in(2);
  for (int i = upto(3); i > 0; --i) {
    Warning warning{Warning::Kind::percent, 25 * (1 + upto(2)), {}};
    if (one_in(2)) {
      const auto kind = one_in(2) ? Warning::Kind::before : Warning::Kind::before_business;
      warning = {kind, 0, stage_.step * upto(least + 4)};
    }
    auto& all = said.terms.warnings;
    if (std::find(all.begin(), all.end(), warning) == all.end()) all.push_back(warning);
  }
  return said;
}

/// Something of the version before stays in most, so that terms that are the same are met too.
void Promised::edit_policy(int from) {
  PolicyVersion version{from, true, static_cast<Change>(upto(2)), {}};
  const bool is_first = versions_.empty();
  if (!is_first && versions_.back().is_there && one_in(6)) version.is_there = false;
  if (!is_first) version.said = versions_.back().said;
  for (std::size_t i = 0; i < version.said.size(); ++i) {
    if (!is_first && one_in(2)) continue;
    version.said[i] = draw_said();
    if (i == 1 && one_in(6)) version.said[i].reset();
  }
  versions_.push_back(std::move(version));
}

void Promised::edit_calendar(Named& named, int from) {
  if (named.versions.back().number >= 0 && one_in(8)) {
    named.versions.push_back({from, -1});
    return;
  }
  if (one_in(4)) named.seed = random_();
  named.holidays.push_back(upto(3));
  named.versions.push_back({from, number_of(named)});
}

/// Open on the dates of the stage alone, and not behind its end.
int Promised::number_of(const Named& named) {
  std::mt19937_64 random{named.seed};
  const auto step_s = static_cast<int>(stage_.step / seconds{1});
  const auto first = static_cast<int>((stage_.local(0) - std::chrono::floor<days>(stage_.local(0))) / seconds{1});
  const int steps = std::min(stage_.end, day_s / step_s);
  std::map<Time, Day> all;
  std::string shifts, breaks, holidays;
  for (Time midnight = stage_.base - days{1}; midnight < stage_.time_of(stage_.end) + days{1}; midnight += days{1}) {
    Day& day = all[midnight];
    // What is open behind the end is not, and from where it is doubtful which instant that is.
    const auto left = (stage_.local(stage_.end) - midnight) / seconds{1};
    int last = static_cast<int>(std::clamp<std::int64_t>(left, 0, day_s));
    if (is_doubtful(last)) last = 3'600;
    day.shifts =
        random() % 6 == 0 ? std::vector<std::pair<int, int>>{{0, day_s}} : draw_spans(random, 4, step_s, first, steps);
    day.breaks = draw_spans(random, 2, step_s, first, steps);
    const auto number = static_cast<int>((midnight - stage_.base) / days{1});
    day.is_holiday = std::count(named.holidays.begin(), named.holidays.end(), number) > 0;
    for (auto& [from, to] : day.shifts) to = std::min(to, last);
    std::erase_if(day.shifts, [](const auto& span) { return span.first >= span.second; });
    const std::string name = '"' + date_text(midnight) + '"';
    write_spans(shifts.append(shifts.empty() ? "" : ",").append(name) += ':', day.shifts);
    write_spans(breaks.append(breaks.empty() ? "" : ",").append(name) += ':', day.breaks);
    if (day.is_holiday) holidays.append(holidays.empty() ? "" : ",").append(name);
  }
  Calendar made;
  made.body = R"({"zone":")" + stage_.zone + R"(","shifts":{)" + shifts + R"(},"breaks":{)" + breaks +
              R"(},"holidays":[)" + holidays + "]}";
  for (int t = 0; t <= stage_.end + 1; ++t) {
    const Time local = stage_.local(t);
    const Time midnight = std::chrono::floor<days>(local);
    made.open.push_back(all[midnight].opens(static_cast<int>((local - midnight) / seconds{1})) ? 1 : 0);
  }
  const auto known =
      std::find_if(calendars_.begin(), calendars_.end(), [&](const Calendar& one) { return one.body == made.body; });
  if (known != calendars_.end()) return static_cast<int>(known - calendars_.begin());
  calendars_.push_back(std::move(made));
  return static_cast<int>(calendars_.size()) - 1;
}

documents::Change Promised::calendar_change(std::size_t calendar, const CalendarVersion& version) const {
  documents::Version made{stage_.time_of(version.from), std::nullopt};
  if (version.number >= 0) made.body = calendars_[version.number].body;
  return {documents::Kind::calendar, calendar_names[calendar], std::move(made)};
}

std::string Promised::metrics_text() const {
  const auto with_bit = [](int which) {
    std::string list;
    for (char digit = '0'; digit < '8'; ++digit) {
      if (((digit - '0') & which) != 0) list.append(list.empty() ? "\"a" : ",\"a").append(1, digit) += '"';
    }
    return R"({"path":"activity","op":"in","value":[)" + list + "]}";
  };
  const auto level = [](const char* path, const char* value) {
    return std::string{R"({"path":"case.attr.)"} + path + R"(","op":"eq","value":)" + value + '}';
  };
  const auto metric = [&](std::size_t i, const std::string& start, const std::string& stop, const std::string& pause) {
    return '"' + std::string{metric_names[i]} + R"(":{"start":)" + start + R"(,"stop":)" + stop + R"(,"pause":)" +
           pause + R"(,"reopening":")" + word_of(metrics_[i].reopening) + R"(","stop_starts":)" +
           (metrics_[i].stop_starts ? "true}" : "false}");
  };
  return '{' + metric(0, with_bit(1), with_bit(2), with_bit(4)) + ',' +
         metric(1, level("open", "true"), level("open", "false"), level("hold", "true")) + '}';
}

documents::Change Promised::policy_change(const PolicyVersion& version) const {
  documents::Version made{stage_.time_of(version.from), std::nullopt};
  if (!version.is_there) return {documents::Kind::sla_policy, "p", std::move(made)};
  std::string targets;
  for (std::size_t i = 0; i < segment_names.size(); ++i) {
    if (!version.said[i]) continue;
    const Said& said = *version.said[i];
    std::string promises, warnings;
    for (std::size_t m = 0; m < metric_names.size(); ++m) {
      if (said.targets[m] < 0) continue;
      promises.append(promises.empty() ? "\"" : ",\"").append(metric_names[m]).append("\":");
      promises += span_text(stage_.step * said.targets[m]);
    }
    for (const Warning& one : said.terms.warnings) {
      warnings += warnings.empty() ? "{" : ",{";
      warnings += one.kind == Warning::Kind::percent  ? "\"percent\":" + std::to_string(one.percent)
                  : one.kind == Warning::Kind::before ? "\"before\":" + span_text(one.before)
                                                      : "\"before_business\":" + span_text(one.before);
      warnings += '}';
    }
    targets.append(targets.empty() ? "" : ",").append(R"({"name":")").append(segment_names[i]).append("\"");
    if (i == 0) targets += R"(,"when":{"path":"case.attr.tier","op":"eq","value":"gold"})";
    targets += R"(,"calendar":")" + std::string{calendar_names[said.calendar]} + R"(","promises":{)" + promises +
               R"(},"warnings":[)" + warnings + R"(],"grace":)" + span_text(stage_.step * said.terms.grace) +
               R"(,"rearm_warnings":)" + (said.terms.rearm_warnings ? "true" : "false") +
               R"(,"retract_when_relieved":)" + (said.terms.retract_when_relieved ? "true}" : "false}");
  }
  made.body = R"({"notify":["ops"],"on_change":")" + std::string{word_of(version.on_change)} + R"(","metrics":)" +
              metrics_text() + R"(,"stop_all":{"path":"activity","op":"eq","value":"all"},"targets":[)" + targets +
              "]}";
  return {documents::Kind::sla_policy, "p", std::move(made)};
}

// ---- as a walk takes it ---------------------------------------------------------------------------------------------

/// One metric of one case is told what happens to it.
class Promised::Telling {
 public:
  Telling(const Promised& promised, std::size_t metric, int now) : promised_(promised), metric_(metric), now_(now) {}

  void declare(int t) {
    const PolicyVersion* const version = at(promised_.versions_, t, now_);
    if (version == nullptr) return;
    come_into_force(t, *version, version->is_there ? version->on_change : Change::retarget);
    if (version->is_there && heard_) signal(t, {false, false, pauses_});
  }

  void hear(const Event& event) {
    const int t = promised_.stage_.step_of(event.timestamp);
    const auto open_before = open_;
    for (auto [name, kept] : {std::pair{"open", &open_}, {"hold", &hold_}, {"tier", &tier_}}) {
      if (auto said = said_of(event, name)) *kept = std::move(said);
    }
    heard_ = true;
    const PolicyVersion* const version = at(promised_.versions_, t, now_);
    if (version != nullptr) come_into_force(t, *version, Change::retarget);
    const auto turns = [&](const char* value) { return open_ == value && open_before != value; };
    const bool by_event = metric_ == 0;
    pauses_ = by_event ? bit(event, 4) : hold_ == "true";
    const bool starts = by_event ? bit(event, 1) : turns("true");
    const bool stops = by_event ? bit(event, 2) : turns("false");
    if (version != nullptr && !version->is_there) return;  // nobody measures
    signal(t, {starts, stops || event.activity == "all", pauses_});
  }

  CaseHistory conclude() && {
    made_.walked.step = promised_.stage_.step;
    made_.walked.end = promised_.stage_.end;
    made_.walked.now = now_;
    made_.walked.metric = promised_.metrics_[metric_];
    return std::move(made_);
  }

 private:
  void signal(int t, const Signal& what) { made_.walked.happenings.push_back({t, false, -1, Change::retarget, what}); }

  void come_into_force(int t, const PolicyVersion& version, Change change) {
    const int terms = heard_ && version.is_there ? terms_at(t, version) : -1;
    if (terms == terms_) return;
    terms_ = terms;
    made_.walked.happenings.push_back({t, true, terms, change, {}});
  }

  /// Their number; -1: nothing is promised.
  int terms_at(int t, const PolicyVersion& version) {
    const std::size_t segment = tier_ == "\"gold\"" ? 0 : 1;
    const auto& said = version.said[segment];
    if (!said || said->targets[metric_] < 0) return -1;
    History::StepTerms terms = said->terms;
    terms.target = said->targets[metric_];
    int calendar = 0;
    if (said->calendar > 0) {
      const auto* const declared = at(promised_.named_[said->calendar - 1].versions, t, now_);
      if (declared == nullptr || declared->number < 0) return -1;
      calendar = declared->number;
    }
    terms.calendar = walked_number(calendar);
    auto& all = made_.walked.terms;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (made_.segments[i] == segment && same(all[i], terms)) return static_cast<int>(i);
    }
    all.push_back(std::move(terms));
    made_.segments.push_back(segment);
    return static_cast<int>(all.size()) - 1;
  }

  int walked_number(int calendar) {
    const auto [known, is_new] = numbers_.try_emplace(calendar, static_cast<int>(numbers_.size()));
    if (is_new) made_.walked.calendars.push_back({promised_.calendars_[calendar].open});
    return known->second;
  }

  const Promised& promised_;
  const std::size_t metric_;
  const int now_;
  CaseHistory made_;
  std::map<int, int> numbers_;  // of calendars
  bool heard_ = false;
  bool pauses_ = false;
  std::optional<std::string> open_, hold_, tier_;  // as they were said last
  int terms_ = -1;
};

CaseHistory Promised::history(std::size_t metric, std::vector<Event> events, int now) const {
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::tuple{a.timestamp, a.began(), a.id} < std::tuple{b.timestamp, b.began(), b.id};
  });
  std::set<int> declared;
  for (const PolicyVersion& one : versions_) declared.insert(one.from);
  for (const Named& named : named_) {
    for (const CalendarVersion& one : named.versions) declared.insert(one.from);
  }
  Telling telling{*this, metric, now};
  auto next = declared.begin();
  const auto declare_until = [&](int t) {
    for (; next != declared.end() && *next <= std::min(t, now); ++next) telling.declare(*next);
  };
  for (const Event& event : events) {
    declare_until(stage_.step_of(event.timestamp));
    telling.hear(event);
  }
  declare_until(now);
  return std::move(telling).conclude();
}

}  // namespace weir::sla
