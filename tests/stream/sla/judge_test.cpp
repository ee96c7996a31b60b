#include "stream/sla/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::sla {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::FieldsAre;

struct ReadPolicy {
  std::optional<Policy> policy;
  DocumentFaults faults;
};

ReadPolicy read(std::string_view text) {
  ReadPolicy found;
  auto faults = read_document(text, [&](const DocumentNode& node) { found.policy = read_policy(node); });
  found.faults = faults ? *faults : DocumentFaults{{"", "unreadable"}};
  return found;
}

constexpr std::string_view support = R"({
  "targets": [
    {"name": "gold", "when": {"path": "case.attr.tier", "op": "eq", "value": "gold"},
     "promises": {"first_reply": "10m", "resolution": "1h"}, "warnings": [{"percent": 50}]},
    {"name": "others", "promises": {"resolution": "4h"}, "warnings": [{"before": "15m"}, {"before_business": "1h"}]}],
  "metrics": {
    "first_reply": {"start": {"path": "activity", "op": "eq", "value": "created"},
                    "stop": {"path": "activity", "op": "eq", "value": "replied"}, "reopening": "once"},
    "resolution": {"start": {"path": "case.attr.status", "op": "in", "value": ["new", "open"]},
                   "stop": {"path": "case.attr.status", "op": "eq", "value": "solved"},
                   "pause": {"path": "case.attr.status", "op": "eq", "value": "pending"}, "reopening": "resume"}},
  "stop_all": {"path": "activity", "op": "eq", "value": "closed"}})";

Time at(int minute) { return Time{hours{24 * 20'000} + minutes{minute}}; }

Event event(int minute, std::string activity, std::string attributes = "") {
  Event made;
  made.case_id = "c";
  made.activity = std::move(activity);
  made.timestamp = at(minute);
  if (!attributes.empty()) {
    const auto equals = attributes.find('=');
    made.attributes = {{attributes.substr(0, equals), '"' + attributes.substr(equals + 1) + '"'}};
  }
  return made;
}

class JudgeTest : public ::testing::Test {
 protected:
  std::vector<Verdict> verdicts(std::vector<Event> events, int now) const { return judge_.verdicts(events, at(now)); }

  const Judge judge_ = Judge{for_all_time(*read(support).policy), {}};
};

TEST_F(JudgeTest, MeasuresByConditionsAndPromisesByTheFirstThatFits) {
  const auto found =
      verdicts({event(0, "created", "tier=gold"), event(1, "triaged", "status=new"), event(12, "replied"),
                event(30, "asked", "status=pending"), event(50, "answered", "status=open")},
               70);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].cycles.at(0).state, State::met_late);
  EXPECT_EQ(found[0].cycles.at(0).breach->at, at(10));
  EXPECT_THAT(found[0].targets, ElementsAre(0));
  EXPECT_EQ(found[1].cycles.at(0).began, at(1));
  EXPECT_EQ(found[1].cycles.at(0).elapsed, minutes{29 + 20});
  EXPECT_EQ(found[1].cycles.at(0).due, at(81));
}

TEST_F(JudgeTest, AFieldThatChangesLaterChangesWhatIsPromised) {
  const auto found = verdicts({event(0, "triaged", "status=new"), event(90, "upgraded", "tier=gold")}, 95);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].cycles.at(0).breach, (Breach{at(60), at(90), Cause::policy, false}));
  EXPECT_THAT(found[0].targets, ElementsAre(0));
}

TEST_F(JudgeTest, ALevelStartsWhereItBeginsToHoldAndAnEventEachTime) {
  // The status stays open; what is written meanwhile starts nothing anew.
  const auto held =
      verdicts({event(0, "triaged", "status=open"), event(5, "done", "status=solved"), event(6, "noted")}, 9);
  EXPECT_EQ(held.at(0).cycles.at(0).state, State::met);
  const auto reopened = verdicts(
      {event(0, "triaged", "status=open"), event(5, "done", "status=solved"), event(8, "back", "status=open")}, 9);
  EXPECT_EQ(reopened.at(0).cycles.at(0).state, State::running);
  EXPECT_EQ(reopened.at(0).cycles.at(0).elapsed, minutes{6});
}

TEST_F(JudgeTest, WhatStopsAllStopsEveryMetric) {
  const auto found =
      verdicts({event(0, "created", "tier=gold"), event(1, "triaged", "status=new"), event(5, "closed")}, 900);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].cycles.at(0).state, State::met);
  EXPECT_EQ(found[1].cycles.at(0).state, State::met);
}

TEST_F(JudgeTest, DoesNotMindTheOrderInWhichEventsAreGiven) {
  const std::vector<Event> events{event(0, "created", "tier=gold"), event(1, "triaged", "status=new"),
                                  event(12, "replied"), event(30, "asked", "status=pending")};
  std::vector<Event> turned{events.rbegin(), events.rend()};
  EXPECT_EQ(verdicts(events, 70).at(1).cycles, verdicts(turned, 70).at(1).cycles);
}

TEST(SlaPolicy, NeedsCalendarsThatThereAre) {
  auto policy = *read(support).policy;
  policy.targets[1].calendar = "office";
  const auto faults = unknown_calendars(policy, [](const std::string&) { return false; });
  EXPECT_THAT(faults, ElementsAre(FieldsAre("/targets/1/calendar", "there is no calendar \"office\"")));
  EXPECT_THAT(unknown_calendars(policy, [](const std::string& name) { return name == "office"; }), testing::IsEmpty());
}

// ---- versions -------------------------------------------------------------------------------------------------------

/// One metric from `asked` to `answered`, promised in so many minutes.
Policy answer_within(std::string_view target, std::string_view more = "") {
  std::string text = R"({"metrics": {"answer": {"start": {"path": "activity", "op": "eq", "value": "asked"},
                                       "stop": {"path": "activity", "op": "eq", "value": "answered"}}},
                   "targets": [{"name": "all", "promises": {"answer": ")";
  text.append(target).append("m\"}");
  return *read(text.append(more).append("}]}")).policy;
}

Policy with(Change change, Policy policy) {
  policy.on_change = change;
  return policy;
}

Cycle only(const Judge& judge, const std::vector<Event>& events, int now) {
  const auto found = judge.verdicts(events, at(now));
  return found.empty() || found[0].cycles.size() != 1 ? Cycle{} : found[0].cycles[0];
}

TEST(PolicyVersions, TheVersionInForceCountsByEventTime) {
  const Judge judge{{{at(0), answer_within("10")}, {at(100), answer_within("50")}}, {}};
  EXPECT_EQ(only(judge, {event(5, "asked"), event(20, "answered")}, 200).state, State::met_late);
  EXPECT_EQ(only(judge, {event(105, "asked"), event(125, "answered")}, 200).state, State::met);
}

TEST(PolicyVersions, AnOpenCycleFollowsTheNewVersionAsThatSays) {
  const std::vector<Event> asked{event(95, "asked")};
  const auto judged = [&](Change change) {
    return Judge{{{at(0), answer_within("10")}, {at(100), with(change, answer_within("50"))}}, {}};
  };
  EXPECT_EQ(only(judged(Change::retarget), asked, 101).due, at(145));
  EXPECT_EQ(only(judged(Change::freeze), asked, 101).due, at(105));
  const auto restarted = judged(Change::restart).verdicts(asked, at(101));
  ASSERT_EQ(restarted.at(0).cycles.size(), 2u);
  EXPECT_EQ(restarted[0].cycles[0].state, State::cancelled);
  EXPECT_EQ(restarted[0].cycles[1].due, at(150));
}

TEST(PolicyVersions, ATargetThatIsPassedAlreadyIsBreachedWhenItComes) {
  const Judge judge{{{at(0), answer_within("50")}, {at(100), answer_within("10")}}, {}};
  EXPECT_EQ(only(judge, {event(60, "asked")}, 101).breach, (Breach{at(70), at(100), Cause::policy, false}));
}

TEST(PolicyVersions, WhatWaitsWhenAPolicyFirstComesIsCountedFromItsBeginAndNotToldBefore) {
  const Judge judge{{{at(100), answer_within("30")}}, {}};
  const std::vector<Event> asked{event(80, "asked")};
  EXPECT_TRUE(judge.verdicts(asked, at(99)).empty());
  EXPECT_EQ(only(judge, asked, 100).began, at(80));
  EXPECT_EQ(only(judge, asked, 100).due, at(110));
  EXPECT_TRUE(judge.verdicts(std::vector{event(10, "asked"), event(20, "answered")}, at(200)).empty());
}

TEST(PolicyVersions, AWithdrawnPolicyCancelsWhatIsOpenAndLeavesWhatIsJudged) {
  const Judge judge{{{at(0), answer_within("10")}, {at(100), std::nullopt}}, {}};
  EXPECT_EQ(only(judge, {event(95, "asked"), event(99, "noted")}, 200).state, State::cancelled);
  EXPECT_EQ(only(judge, {event(95, "asked"), event(97, "answered")}, 200).state, State::met);
  EXPECT_TRUE(judge.verdicts(std::vector{event(101, "asked")}, at(200)).empty());
}

TEST(PolicyVersions, TheSameAgainChangesNothing) {
  const Judge judge{{{at(0), answer_within("10")}, {at(100), with(Change::restart, answer_within("10"))}}, {}};
  EXPECT_EQ(only(judge, {event(95, "asked")}, 101).due, at(105));
}

TEST(PolicyVersions, AnotherCalendarMovesWhatIsOpen) {
  const auto closed_on = [](std::set<OpeningHours::Date> holidays) {
    OpeningHours opening = OpeningHours::always();
    opening.holidays = std::move(holidays);
    return std::make_shared<const BusinessCalendar>(opening, Zone::utc());
  };
  const auto next_day = OpeningHours::Date{std::chrono::days{20'001}};
  const Calendars calendars{{"office", {{at(-1000), closed_on({})}, {at(100), closed_on({next_day})}}}};
  const Judge judge{for_all_time(answer_within("1500", R"(, "calendar": "office")")), calendars};
  const std::vector<Event> asked{event(0, "asked")};
  EXPECT_EQ(only(judge, asked, 99).due, at(1500));
  EXPECT_EQ(only(judge, asked, 100).due, at(2 * 24 * 60 + 60));
  const Judge gone{for_all_time(answer_within("1500", R"(, "calendar": "office")")),
                   {{"office", {{at(-1000), closed_on({})}, {at(100), nullptr}}}}};
  EXPECT_EQ(only(gone, asked, 101).state, State::cancelled);
}

TEST(PolicyVersions, AMetricKeepsItsNumbersThroughVersions) {
  Policy more = answer_within("10");
  more.metrics.insert(more.metrics.begin(), more.metrics[0]);
  more.metrics[0].name = "first";
  more.targets[0].promises.emplace_back("first", minutes{5});
  const Judge judge{{{at(0), answer_within("10")}, {at(100), more}}, {}};
  EXPECT_THAT(judge.timeline().metrics(), ElementsAre("answer", "first"));
  const auto found = judge.verdicts(std::vector{event(99, "asked")}, at(101));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].cycles[0].due, at(109));
  EXPECT_EQ(found[1].cycles[0].due, at(104)) << "measured before it was promised";
}

TEST(SlaPolicy, TellsEveryFault) {
  EXPECT_THAT(read("{}").faults, ElementsAre(FieldsAre("", "must have metrics and targets")));
  const auto found = read(R"({"metrics": {"A b": {}, "m": {"start": {"path": "activty", "op": "exists"}}, "n": {}},
    "targets": [{"name": "t", "promises": {"gone": "1h"}, "grace": "61s", "warnings": [{"percent": 0}, {}]},
                {"promises": {}}], "more": 1})");
  EXPECT_FALSE(found.policy);
  std::vector<std::string> pointers;
  for (const DocumentFault& fault : found.faults) pointers.push_back(fault.pointer);
  EXPECT_THAT(pointers,
              ElementsAre("/metrics/A b", "/metrics/m/start/path", "/metrics/n", "", "/targets/0/promises/gone",
                          "/targets/0/grace", "/targets/0/warnings/0/percent", "/targets/0/warnings/1", "/targets/1"));
}

}  // namespace
}  // namespace weir::sla
