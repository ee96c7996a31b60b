// Rules, events and books for tests.
#pragma once

#include <gtest/gtest.h>

#include "stream/rules/judge.hpp"

namespace weir::rules {

struct ReadRule {
  std::optional<Rule> rule;
  DocumentFaults faults;
};

inline ReadRule read(std::string_view text) {
  ReadRule found;
  auto faults = read_document(text, [&](const DocumentNode& node) { found.rule = read_rule(node); });
  found.faults = faults ? *faults : DocumentFaults{{"", faults.error().detail}};
  return found;
}

/// A rule with an alert that is titled "now".
inline Rule rule(const std::string& members) {
  ReadRule found = read("{" + members + R"(, "then": [{"type": "alert", "title": "now"}]})");
  EXPECT_TRUE(found.rule) << members
                          << (found.faults.empty() ? ""
                                                   : found.faults.front().pointer + " " + found.faults.front().detail);
  return found.rule ? *std::move(found.rule) : Rule{};
}

inline RuleVersion since_ever(std::string name, Rule rule) { return {std::move(name), Time::min(), std::move(rule)}; }

template <class... Versions>
std::vector<RuleVersion> versions(Versions... all) {
  std::vector<RuleVersion> list;
  (list.push_back(std::move(all)), ...);
  return list;
}

constexpr Time at(int minute) { return Time{std::chrono::hours{24 * 20'000} + std::chrono::minutes{minute}}; }

inline Event event(int minute, std::string activity, std::vector<Attribute> attributes = {}) {
  Event made;
  made.case_id = "c";
  made.id = activity + std::to_string(minute);
  made.activity = std::move(activity);
  made.timestamp = at(minute);
  made.attributes = std::move(attributes);
  return made;
}

/// When each firing was, in minutes.
inline std::vector<int> minutes_of(const std::vector<Firing>& firings) {
  std::vector<int> found;
  for (const Firing& one : firings) found.push_back(static_cast<int>((one.at - at(0)) / std::chrono::minutes{1}));
  return found;
}

}  // namespace weir::rules
