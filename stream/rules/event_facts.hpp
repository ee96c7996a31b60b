// What conditions may ask for of the events of one case, as they come.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "schemas/base/event.hpp"
#include "stream/rules/condition.hpp"

namespace weir::rules {

/// Of the event: `activity`, `resource`, `lifecycle`, `source`, `id`, `attr.NAME`. Of its case: `case.id`,
/// `case.events`, `case.activity` and `case.resource` (the last one named), `case.attr.NAME` (what was said last).
/// Attributes that are null are null, and not missing. Not thread-safe.
class EventFacts final : public Facts {
 public:
  static const Paths paths;

  /// Of a case without events.
  EventFacts() = default;
  /// The next event of the case. It outlives the questions about it.
  void take(const Event& event);

  Value after(std::string_view path) const override;
  Value before(std::string_view path) const override;

 private:
  struct Said {
    Value now;
    Value former;  // before the event that said `now`
    std::int64_t said_by = 0;
  };
  Value of_case(std::string_view path, bool now) const;
  void say(std::string_view what, Value value);

  const Event* event_ = nullptr;
  std::int64_t events_ = 0;
  std::map<std::string, Said, std::less<>> said_;  // by what follows `case.`
};

}  // namespace weir::rules
