#include "stream/rules/event_facts.hpp"

#include <algorithm>
#include <array>

namespace weir::rules {
namespace {

constexpr std::string_view of_a_case = "case.", attribute = "attr.";
constexpr std::array<std::string_view, 5> fields{"activity", "resource", "lifecycle", "source", "id"};
constexpr std::array<std::string_view, 4> case_fields{"id", "events", "activity", "resource"};

bool is_path(std::string_view path) {
  const bool is_of_case = path.starts_with(of_a_case);
  if (is_of_case) path.remove_prefix(of_a_case.size());
  if (path.starts_with(attribute)) return path.size() > attribute.size();
  if (is_of_case) return std::find(case_fields.begin(), case_fields.end(), path) != case_fields.end();
  return std::find(fields.begin(), fields.end(), path) != fields.end();
}

/// An empty field was not given.
Value text_or_missing(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

Value value_of(const Attribute& one) {
  JsonParser parser;
  const auto json = parser.parse(one.json);
  if (!json) return {};
  return rules::value_of(*json).value_or(Value{one.json});  // a number that no 64 bits hold is a text
}

}  // namespace

const Paths EventFacts::paths{is_path,
                              "activity, resource, lifecycle, source, id, attr.NAME, case.id, case.events, "
                              "case.activity, case.resource, case.attr.NAME"};

void EventFacts::say(std::string_view what, Value value) {
  auto at = said_.find(what);
  if (at == said_.end()) at = said_.emplace(what, Said{}).first;
  Said& said = at->second;
  said = {std::move(value), std::move(said.now), events_};
}

void EventFacts::take(const Event& event) {
  event_ = &event;
  ++events_;
  say("activity", Value{event.activity});
  if (!event.resource.empty()) say("resource", Value{event.resource});
  for (const Attribute& one : event.attributes) say(std::string{attribute} + one.name, value_of(one));
}

Value EventFacts::after(std::string_view path) const {
  if (path.starts_with(of_a_case)) return of_case(path.substr(of_a_case.size()), true);
  if (path.starts_with(attribute)) {
    const std::string_view name = path.substr(attribute.size());
    const auto at = std::find_if(event_->attributes.begin(), event_->attributes.end(),
                                 [&](const Attribute& one) { return one.name == name; });
    return at == event_->attributes.end() ? Value{} : of_case(path, true);
  }
  if (path == "activity") return text_or_missing(event_->activity);
  if (path == "resource") return text_or_missing(event_->resource);
  if (path == "lifecycle") return text_or_missing(event_->lifecycle);
  if (path == "source") return text_or_missing(event_->source);
  return path == "id" ? text_or_missing(event_->id) : Value{};
}

Value EventFacts::before(std::string_view path) const {
  return path.starts_with(of_a_case) ? of_case(path.substr(of_a_case.size()), false) : Value{};
}

Value EventFacts::of_case(std::string_view path, bool now) const {
  if (path == "id") return text_or_missing(event_->case_id);
  if (path == "events") return Value{now ? events_ : events_ - 1};
  const auto at = said_.find(path);
  if (at == said_.end()) return {};
  return now || at->second.said_by < events_ ? at->second.now : at->second.former;
}

}  // namespace weir::rules
