// What conditions may ask for of the events of one case, as they come.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "schemas/base/event.hpp"
#include "stream/rules/condition.hpp"

namespace weir::rules {

/// Of the event: `activity`, `resource`, `lifecycle`, `source`, `id`, `timestamp`, `start`, `attr.NAME`. Of its case:
/// `case.id`, `case.events`, `case.began` (the timestamp of its first event), `case.activity` and `case.resource` (the
/// last one named), `case.attr.NAME` (what was said last), and the lists `case.activities`, `case.resources` and
/// `case.values.NAME` (what was ever said, each once, the first 1,000). Attributes that are null are null, and not
/// missing. Not thread-safe; copies may be taken between two events.
class EventFacts final : public Facts {
 public:
  static const Paths paths;             // without lists
  static const Paths paths_with_lists;  // of facts that were told which lists are wanted

  /// Of a case without events. `lists`: paths of those that will be asked for; they outlive the facts.
  explicit EventFacts(const std::set<std::string, std::less<>>* lists = nullptr) : wanted_(lists) {}
  /// The next event of the case. It outlives the questions about it.
  void take(const Event& event);
  /// A look at the case at a time without an event: what is the event's own is missing, but for `timestamp`, and
  /// nothing changes.
  void look(Time at);

  Value after(std::string_view path) const override;
  Value before(std::string_view path) const override;

 private:
  struct Said {
    Value now;
    Value former;  // before the event that said `now`
    std::int64_t said_by = 0;
  };
  Value of_event(std::string_view path) const;
  Value of_case(std::string_view path, bool now) const;
  void say(std::string_view what, Value value);
  void list(std::string_view path, const Value& value);

  const std::set<std::string, std::less<>>* wanted_;
  const Event* event_ = nullptr;  // null: a look
  Time at_;
  Time began_;
  std::string case_id_;
  std::int64_t events_ = 0;
  std::map<std::string, Said, std::less<>> said_;          // by what follows `case.`
  std::map<std::string, Value::List, std::less<>> lists_;  // by path
};

}  // namespace weir::rules
