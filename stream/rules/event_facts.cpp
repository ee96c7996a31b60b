#include "stream/rules/event_facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace weir::rules {
namespace {

constexpr std::string_view of_a_case = "case.", attribute = "attr.", values = "values.";
constexpr std::array<std::string_view, 7> fields{"activity", "resource",  "lifecycle", "source",
                                                 "id",       "timestamp", "start"};
constexpr std::array<std::string_view, 5> case_fields{"id", "events", "began", "activity", "resource"};
constexpr std::array<std::string_view, 2> case_lists{"activities", "resources"};
constexpr std::size_t list_items_max = 1'000;

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_path(std::string_view path) {
  const bool is_of_case = path.starts_with(of_a_case);
  if (is_of_case) path.remove_prefix(of_a_case.size());
  if (path.starts_with(attribute)) return path.size() > attribute.size();
  return is_of_case ? is_one_of(case_fields, path) : is_one_of(fields, path);
}

bool is_path_or_list(std::string_view path) {
  if (is_path(path)) return true;
  if (!path.starts_with(of_a_case)) return false;
  path.remove_prefix(of_a_case.size());
  return is_one_of(case_lists, path) || (path.starts_with(values) && path.size() > values.size());
}

/// An empty field was not given.
Value text_or_missing(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

/// Most are texts and integers as they stand; the others are parsed.
Value value_of(const Attribute& one) {
  const std::string_view json = one.json;
  if (json.size() >= 2 && json.front() == '"' && json.find('\\') == std::string_view::npos) {
    return Value{std::string{json.substr(1, json.size() - 2)}};
  }
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), whole);
  if (error == std::errc{} && end == json.data() + json.size()) return Value{whole};
  JsonParser parser;
  const auto parsed = parser.parse(json);
  if (!parsed) return {};
  return rules::value_of(*parsed).value_or(Value{one.json});  // a number that no 64 bits hold is a text
}

}  // namespace

const Paths EventFacts::paths{is_path,
                              "activity, resource, lifecycle, source, id, timestamp, start, attr.NAME, case.id, "
                              "case.events, case.began, case.activity, case.resource, case.attr.NAME"};
const Paths EventFacts::paths_with_lists{
    is_path_or_list,
    "activity, resource, lifecycle, source, id, timestamp, start, attr.NAME, case.id, case.events, case.began, "
    "case.activity, case.resource, case.attr.NAME, case.activities, case.resources, case.values.NAME"};

void EventFacts::say(std::string_view what, Value value) {
  auto at = said_.find(what);
  if (at == said_.end()) at = said_.emplace(what, Said{}).first;
  Said& said = at->second;
  said = {std::move(value), std::move(said.now), events_};
}

void EventFacts::list(std::string_view path, const Value& value) {
  if (wanted_ == nullptr || !wanted_->contains(path)) return;
  auto& list = lists_[std::string{path}];
  if (list.size() < list_items_max && std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

void EventFacts::take(const Event& event) {
  event_ = &event;
  at_ = event.timestamp;
  if (++events_ == 1) {
    began_ = event.timestamp;
    case_id_ = event.case_id;
  }
  const auto tell = [&](std::string_view what, std::string_view list_path, Value value) {
    list(list_path, value);
    say(what, std::move(value));
  };
  tell("activity", "case.activities", Value{event.activity});
  if (!event.resource.empty()) tell("resource", "case.resources", Value{event.resource});
  std::string said{attribute}, listed = std::string{of_a_case} + std::string{values};
  for (const Attribute& one : event.attributes) {
    said.replace(attribute.size(), std::string::npos, one.name);
    listed.replace(of_a_case.size() + values.size(), std::string::npos, one.name);
    tell(said, listed, value_of(one));
  }
}

void EventFacts::look(Time at) {
  event_ = nullptr;
  at_ = at;
}

Value EventFacts::after(std::string_view path) const {
  if (path.starts_with(of_a_case)) return of_case(path.substr(of_a_case.size()), true);
  if (path == "timestamp") return Value{at_};
  return event_ == nullptr ? Value{} : of_event(path);
}

Value EventFacts::of_event(std::string_view path) const {
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
  if (path == "start") return event_->start ? Value{*event_->start} : Value{};
  return path == "id" ? text_or_missing(event_->id) : Value{};
}

Value EventFacts::before(std::string_view path) const {
  return path.starts_with(of_a_case) ? of_case(path.substr(of_a_case.size()), event_ == nullptr) : Value{};
}

Value EventFacts::of_case(std::string_view path, bool now) const {
  if (path == "id") return text_or_missing(case_id_);
  if (path == "events") return Value{now ? events_ : events_ - 1};
  if (path == "began") return events_ == 0 ? Value{} : Value{began_};
  const auto at = said_.find(path);
  if (at != said_.end()) return now || at->second.said_by < events_ ? at->second.now : at->second.former;
  if (lists_.empty()) return {};
  const auto list = lists_.find(std::string{of_a_case} + std::string{path});
  return list == lists_.end() ? Value{} : Value{list->second};
}

}  // namespace weir::rules
