#include "stream/rules/book.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace weir::rules {
namespace {

void sort_unique(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

/// It holds only in a case that has something of it: events in the window, or what completes it at the instant at hand.
bool needs_state(const Temporal& temporal) {
  const auto* window = std::get_if<Window>(&temporal);
  if (window == nullptr) return std::holds_alternative<Sequence>(temporal);
  if (window->kind != Window::Kind::sliding) return true;
  const bool counts = counts_alone(window->aggregate) || window->aggregate == Aggregate::distinct;
  return !counts ||
         (window->right_path.empty() && compared(window->op, Value{std::int64_t{0}}, window->right) != Truth::yes);
}

const BusinessCalendar& always() {
  static const BusinessCalendar calendar{OpeningHours::always(), Zone::utc()};
  return calendar;
}

/// Without those that hold for no time.
std::vector<RuleBook::Entry> entries_of(std::vector<RuleVersion> versions) {
  std::map<std::string, Time> next;  // when the version behind the one at hand begins
  std::vector<RuleBook::Entry> entries;
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    const auto [known, is_last] = next.try_emplace(version->name, Time::max());
    const Time to = std::exchange(known->second, std::min(version->from, known->second));
    if (!version->rule || !version->rule->enabled || version->from >= to) continue;
    entries.push_back({version->name, version->from, to, *std::move(version->rule)});
  }
  std::sort(entries.begin(), entries.end(), [](const RuleBook::Entry& a, const RuleBook::Entry& b) {
    return std::tie(b.rule.salience, a.name, a.from) < std::tie(a.rule.salience, b.name, b.from);
  });
  return entries;
}

}  // namespace

RuleBook::RuleBook(std::vector<RuleVersion> versions, CalendarAt calendar)
    : entries_(entries_of(std::move(versions))), calendar_(std::move(calendar)) {
  for (std::uint32_t i = 0; i < entries_.size(); ++i) add(i);
  concerned_.build();
  fed_.build();
}

void RuleBook::add(std::uint32_t number) {
  Entry& entry = entries_[number];
  const Rule& rule = entry.rule;
  entry.first_temporal = static_cast<std::uint32_t>(owners_.size());
  for (const Temporal& temporal : rule.temporals) {
    const auto own = static_cast<std::uint32_t>(owners_.size());
    owners_.push_back(number);
    if (const auto* window = std::get_if<Window>(&temporal)) fed_.add(own, window->filter.needs());
    if (const auto* sequence = std::get_if<Sequence>(&temporal)) fed_.add(own, sequence->steps.front().event.needs());
    entry.waits = entry.waits || std::holds_alternative<Absence>(temporal);
  }
  std::vector<Needs> alternatives = rule.when ? rule.when->needs() : std::vector<Needs>{};
  std::erase_if(alternatives, [&](const Needs& needs) {
    return std::any_of(needs.begin(), needs.end(),
                       [&](const Need& need) { return need.temporal && !needs_state(rule.temporals[*need.temporal]); });
  });
  Needs named;
  for (const std::string& activity : rule.on) named.push_back({"activity", Value{activity}, {}});
  if (!named.empty()) alternatives.push_back(std::move(named));
  concerned_.add(number, std::move(alternatives));
  rule.each_list([&](std::string_view path) { lists_.emplace(path); });
}

const Temporal& RuleBook::temporal(std::uint32_t number) const {
  const Entry& entry = entries_[owners_[number]];
  return entry.rule.temporals[number - entry.first_temporal];
}

const BusinessCalendar* RuleBook::calendar(std::string_view name, Time at) const {
  if (name == always_open) return &always();
  return calendar_ ? calendar_(name, at) : nullptr;
}

void RuleBook::concerned(const Event& event, const Facts& facts, std::vector<std::uint32_t>& entries) const {
  entries.clear();
  concerned_.find(event, facts, entries);
  sort_unique(entries);
}

void RuleBook::fed(const Event& event, const Facts& facts, std::vector<std::uint32_t>& temporals) const {
  temporals.clear();
  fed_.find(event, facts, temporals);
  sort_unique(temporals);
}

}  // namespace weir::rules
