// The rules of a process over time: all their versions, and where to find those that an event concerns.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "stream/rules/index.hpp"
#include "stream/rules/rule.hpp"

namespace weir::rules {

/// Holds until the next of the same name. Which of them counts is told by the time of what fires (design 2.7); windows
/// and sequences look back also at what was before it.
struct RuleVersion {
  std::string name;
  Time from = Time::min();
  std::optional<Rule> rule;  // none: there is none from here on
};

/// The calendar of the name as it holds at the time; null: there is none. What it points to outlives the book.
using CalendarAt = std::function<const BusinessCalendar*(std::string_view name, Time at)>;

/// Immutable once made; any thread.
class RuleBook {
 public:
  struct Entry {
    std::string name;
    Time from;
    Time to;  // it holds before it
    Rule rule;
    std::uint32_t first_temporal = 0;  // the number, in the book, of the first of `rule.temporals`
    bool waits = false;                // it may be decided later than the event that it judges
  };

  /// Versions of one name ascend by time; of one instant the last counts. What is disabled, or holds for no time, is
  /// left out. O(all conditions).
  explicit RuleBook(std::vector<RuleVersion> versions, CalendarAt calendar = {});
  RuleBook(const RuleBook&) = delete;
  RuleBook& operator=(const RuleBook&) = delete;

  /// In the order in which they are judged: salience falling, then by name, then by time.
  const std::vector<Entry>& entries() const { return entries_; }
  std::uint32_t entry_of(std::uint32_t temporal) const { return owners_[temporal]; }
  const Temporal& temporal(std::uint32_t number) const;
  const BusinessCalendar* calendar(std::string_view name, Time at) const;
  /// Entries that the event can make hold, ascending, each once; but for those that hold only in a case that has events
  /// in one of their windows, or with what completes one of their temporals.
  void concerned(const Event& event, const Facts& facts, std::vector<std::uint32_t>& entries) const;
  /// Windows that may take the event, and sequences that may begin with it, ascending, each once.
  void fed(const Event& event, const Facts& facts, std::vector<std::uint32_t>& temporals) const;
  /// Of EventFacts.
  const std::set<std::string, std::less<>>& lists() const { return lists_; }

 private:
  void add(std::uint32_t entry);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> owners_;  // entries, by temporal
  CalendarAt calendar_;
  Index concerned_;
  Index fed_;
  std::set<std::string, std::less<>> lists_;
};

}  // namespace weir::rules
