// What a rule may ask for while a case is heard; for the files that hear it.
#pragma once

#include "stream/rules/hearing.hpp"

namespace weir::rules {

/// Of the case as it stands, at an event or, without one, at a time.
class Hearing::RuleFacts final : public Facts {
 public:
  RuleFacts(Hearing& hearing, const RuleBook::Entry& entry, Time at, bool is_event)
      : hearing_(hearing), entry_(entry), at_(at), is_event_(is_event) {}

  Value after(std::string_view path) const override { return hearing_.facts_.after(path); }
  Value before(std::string_view path) const override { return hearing_.facts_.before(path); }
  const BusinessCalendar* calendar(std::string_view name) const override { return hearing_.book_->calendar(name, at_); }

  Seen temporal(std::size_t number) const override {
    const Temporal& temporal = entry_.rule.temporals[number];
    const auto id = static_cast<std::uint32_t>(entry_.first_temporal + number);
    if (const auto* absence = std::get_if<Absence>(&temporal)) {
      if (is_event_ && due_of(*absence)) return {std::nullopt, {}};
      return {};
    }
    const auto* window = std::get_if<Window>(&temporal);
    if (window == nullptr || window->kind != Window::Kind::sliding) {
      const auto completed = hearing_.completed_.find(id);
      return completed == hearing_.completed_.end() ? Seen{} : completed->second;
    }
    const auto state = hearing_.states_.find(id);
    const Value result = state == hearing_.states_.end() ? WindowState{*window}.result(at_)
                                                         : std::get<WindowState>(state->second).result(at_);
    return {window->judge(result, *this), result};
  }

  std::optional<Time> due_of(const Absence& absence) const {
    if (absence.calendar.empty()) return at_ + absence.length;
    const BusinessCalendar* const open = calendar(absence.calendar);
    return open == nullptr ? std::nullopt : open->after(at_, absence.length);
  }

 private:
  Hearing& hearing_;
  const RuleBook::Entry& entry_;
  Time at_;
  bool is_event_;
};

}  // namespace weir::rules
