#include "stream/rules/judge.hpp"

#include <gmock/gmock.h>

#include "schemas/codec/timestamp.hpp"
#include "tests/stream/rules/making.hpp"

namespace weir::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<int> fires(const std::string& members, const std::vector<Event>& events, int now) {
  const RuleBook book{versions(since_ever("r", rule(members)))};
  return minutes_of(judge(book, events, at(now)).firings);
}

std::vector<Event> steps(const std::string& activities) {
  std::vector<Event> events;
  for (int i = 0; i < static_cast<int>(activities.size()); ++i) {
    if (activities[i] != '.') events.push_back(event(i, std::string(1, activities[i])));
  }
  return events;
}

TEST(Judge, FiresWithEachEventThatItHoldsFor) {
  EXPECT_THAT(fires(R"("on": "a")", steps("abca"), 9), ElementsAre(0, 3));
  EXPECT_THAT(fires(R"("when": {"path": "case.activity", "op": "eq", "value": "b"})", steps("abb"), 9),
              ElementsAre(1, 2));
  EXPECT_THAT(
      fires(R"("when": {"path": "case.activities", "op": "contains_all", "value": ["a", "c"]})", steps("abcb"), 9),
      ElementsAre(2, 3));
}

TEST(Judge, SlidingWindowsLookBack) {
  const std::string three = R"("when": {"window": {"event": "a", "kind": "sliding", "for": "3m", "agg": "count",
                                                   "op": "gte", "value": 3}})";
  EXPECT_THAT(fires(three, steps("aaa"), 9), ElementsAre(2));
  EXPECT_THAT(fires(three, steps("aa.a"), 9), IsEmpty());  // from < t <= to
  EXPECT_THAT(fires(three, steps("aaab.b"), 9), ElementsAre(2));
  const std::string rate = R"("when": {"window": {"kind": "tumbling", "for": "4m", "agg": "rate", "per": "1m",
                                                  "op": "eq", "value": 0.5}})";
  EXPECT_THAT(fires(rate, steps("a..b.a"), 9), ElementsAre(4));
}

TEST(Judge, TumblingWindowsAreToldWhenTheyEnd) {
  const std::string two =
      R"("when": {"window": {"kind": "tumbling", "for": "5m", "agg": "count", "op": "gte", "value": 2}})";
  EXPECT_THAT(fires(two, steps("a...aa"), 9), ElementsAre(5));
  EXPECT_THAT(fires(two, steps("a...aa..a"), 9), ElementsAre(5));
  EXPECT_THAT(fires(two, steps("a...aa..a"), 10), ElementsAre(5, 10));
}

TEST(Judge, SessionsEndBySilence) {
  const std::string busy = R"("when": {"window": {"event": "a", "kind": "session", "gap": "2m", "agg": "count",
                                                  "op": "gte", "value": 3}})";
  EXPECT_THAT(fires(busy, steps("a.a.a"), 5), IsEmpty());
  EXPECT_THAT(fires(busy, steps("a.a.a"), 6), ElementsAre(6));
  EXPECT_THAT(fires(busy, steps("a.a..a"), 9), IsEmpty());
}

TEST(Judge, CountWindowsCloseWhenTheyAreFull) {
  const std::string pairs =
      R"("when": {"window": {"event": "a", "kind": "count", "size": 2, "for": "3m", "of": "attr.n",
                                                   "agg": "sum", "op": "gt", "value": 10}})";
  const auto paid = [](int minute, const char* n) { return event(minute, "a", {{"n", n}}); };
  EXPECT_THAT(
      fires(pairs, {paid(0, "6"), paid(1, "5"), paid(2, "4"), paid(3, "3"), paid(4, "8"), paid(8, "8"), paid(9, "2.5")},
            9),
      ElementsAre(1, 9));
}

std::string sequence(const std::string& members) { return R"("when": {"sequence": {)" + members + "}}"; }

TEST(Judge, SequencesFollowTheirContiguity) {
  const std::string abc =
      R"("steps": [{"event": "a"}, {"event": "b"}, {"event": "c"}], "within": "9m", "contiguity": )";
  EXPECT_THAT(fires(sequence(abc + R"("strict")"), steps("abcabxc"), 9), ElementsAre(2));
  EXPECT_THAT(fires(sequence(abc + R"("relaxed")"), steps("axbxcc"), 9), ElementsAre(4));
  const std::string lacking = R"("within": "9m", "steps": [{"event": "a"}, {"event": "b"}, {"not": {"event": "x"}},
                                                          {"event": "c"}], "contiguity": )";
  EXPECT_THAT(fires(sequence(lacking + R"("relaxed")"), steps("abxbc"), 9), IsEmpty());
  EXPECT_THAT(fires(sequence(lacking + R"("any")"), steps("abxbc"), 9), ElementsAre(4));
}

TEST(Judge, SequencesLastAsLongAsTheyMay) {
  const std::string ab = R"("steps": [{"event": "a"}, {"event": "b"}], "within": "3m")";
  EXPECT_THAT(fires(sequence(ab), steps("a..b"), 9), ElementsAre(3));
  EXPECT_THAT(fires(sequence(ab), steps("a...b"), 9), IsEmpty());
  EXPECT_THAT(fires(sequence(ab), steps("a.a.bb"), 9), ElementsAre(4));
  EXPECT_THAT(fires(sequence(ab + R"(, "after_match": "no_skip", "contiguity": "any")"), steps("a.a.bb"), 9),
              ElementsAre(4, 5));
}

/// apache/flink 6234, 7543: without another event it would neither be told nor let go.
TEST(Judge, AnAbsenceAtTheEndIsToldByTimeAlone) {
  const std::string unpaid =
      sequence(R"("steps": [{"event": "o"}, {"event": "s"}, {"not": {"event": "p"}}], "within": "5m")");
  EXPECT_THAT(fires(unpaid, steps("os"), 4), IsEmpty());
  EXPECT_THAT(fires(unpaid, steps("os"), 5), ElementsAre(5));
  EXPECT_THAT(fires(unpaid, steps("os...p"), 9), IsEmpty());  // at the very end it is in time
  EXPECT_THAT(fires(unpaid, steps("os....p"), 9), ElementsAre(5));
  const RuleBook book{versions(since_ever("r", rule(unpaid)))};
  Hearing hearing{book};
  std::vector<Firing> fired;
  for (const Event& one : steps("os")) hearing.take(one, fired);
  EXPECT_EQ(hearing.next(), at(5));
  EXPECT_GT(hearing.held(), 0u);
  hearing.pass(at(6), fired);
  EXPECT_EQ(fired.size(), 1u);
  EXPECT_EQ(hearing.held(), 0u);
  EXPECT_FALSE(hearing.next());
}

TEST(Judge, AnAbsenceIsOfTheEventThatItFollows) {
  const std::string waits = R"("on": "ask", "when": {"all": [{"path": "attr.tier", "op": "eq", "value": "gold"},
                               {"absent": {"event": "reply", "for": "5m"}}]})";
  const auto ask = [](int minute, const char* tier) { return event(minute, "ask", {{"tier", tier}}); };
  const std::vector<Event> events{ask(0, "\"gold\""), ask(1, "\"basic\""), ask(3, "\"gold\""),
                                  event(6, "reply"),  ask(7, "\"gold\""),  event(12, "reply")};
  const RuleBook book{versions(since_ever("r", rule(waits)))};
  const auto firings = judge(book, events, at(20)).firings;
  ASSERT_EQ(minutes_of(firings), std::vector{5});
  EXPECT_EQ(firings[0].trigger.event->second, "ask0");
  EXPECT_EQ(firings[0].trigger.due, at(5));
  const std::string answered = R"("on": "ask", "when": {"not": {"absent": {"event": "reply", "for": "5m"}}})";
  EXPECT_THAT(fires(answered, events, 20), ElementsAre(6, 6, 12));
}

/// The night in which clocks go forward in Berlin has 23 hours; 9 to 5 on the Monday behind it is as long as ever.
TEST(Judge, BusinessTimePassesByTheCalendar) {
  OpeningHours hours;
  for (int day = 0; day < 5; ++day) hours.week[day] = {{9 * 3600, 17 * 3600}};
  const BusinessCalendar office{hours, *Zone::find("Europe/Berlin")};
  const CalendarAt calendars = [&](std::string_view name, Time) { return name == "office" ? &office : nullptr; };
  const auto judged = [&](const std::string& members, const char* when) {
    const RuleBook book{versions(since_ever("r", rule(members))), calendars};
    Event ask = event(0, "ask");
    ask.timestamp = *parse_rfc3339(when);
    const auto judgement = judge(book, std::vector{ask}, ask.timestamp + std::chrono::hours{24 * 9});
    return judgement.firings.empty() ? std::string{"never"} : to_rfc3339(judgement.firings[0].at);
  };
  const std::string waits = R"("on": "ask", "when": {"absent": {"event": "reply", "for": "2h", "calendar": "office"}})";
  // 2026-03-27 is a Friday, the clocks go forward on Sunday the 29th: 16:00 at +01:00, then 10:00 at +02:00.
  EXPECT_EQ(judged(waits, "2026-03-27T15:00:00Z"), "2026-03-30T08:00:00Z");
  EXPECT_EQ(judged(waits, "2026-10-23T14:00:00Z"), "2026-10-26T09:00:00Z");
  const std::string off = R"("when": {"not": {"path": "timestamp", "op": "is_business_time", "value": "office"}})";
  EXPECT_EQ(judged(off, "2026-03-30T06:59:59Z"), "2026-03-30T06:59:59Z");
  EXPECT_EQ(judged(off, "2026-03-30T07:00:00Z"), "never");
  EXPECT_EQ(judged(off, "2026-03-29T10:00:00Z"), "2026-03-29T10:00:00Z");
  const std::string unknown = R"("when": {"not": {"path": "timestamp", "op": "is_business_time", "value": "moon"}})";
  EXPECT_EQ(judged(unknown, "2026-03-29T10:00:00Z"), "never");
  const std::string unknown_wait = R"("when": {"absent": {"event": "b", "for": "2h", "calendar": "moon"}})";
  EXPECT_EQ(judged(unknown_wait, "2026-03-29T10:00:00Z"), "never");
}

TEST(Judge, SalienceOrdersAndGroupsExclude) {
  const auto of = [](int salience, const char* more) {
    return rule(R"("on": "a", "salience": )" + std::to_string(salience) + more);
  };
  const RuleBook book{versions(since_ever("c", of(1, R"(, "xor_group": "g")")),
                               since_ever("b", of(1, R"(, "xor_group": "g")")), since_ever("z", of(2, "")),
                               since_ever("a", of(0, "")),
                               since_ever("first", of(9, R"(, "xor_group": "g", "mode": "dry_run")")))};
  std::vector<std::string> names;
  for (const Firing& one : judge(book, steps("a"), at(1)).firings) names.push_back(one.rule + (one.dry_run ? "?" : ""));
  EXPECT_THAT(names, ElementsAre("first?", "z", "b", "a"));
}

TEST(Judge, OnceAndCooldown) {
  EXPECT_THAT(fires(R"("on": "a", "once_per": "case")", steps("aaa"), 9), ElementsAre(0));
  EXPECT_THAT(fires(R"("on": ["a", "b"], "once_per": "activity")", steps("aabab"), 9), ElementsAre(0, 2));
  EXPECT_THAT(fires(R"("on": "a", "cooldown": "2m")", steps("aaaaa"), 9), ElementsAre(0, 2, 4));
}

TEST(Judge, VersionsHoldByTheTimeOfTheFiring) {
  const auto on = [](const char* activity) { return rule(std::string{R"("on": ")"} + activity + '"'); };
  std::vector<RuleVersion> all = versions(RuleVersion{"r", at(1), on("a")}, RuleVersion{"r", at(3), on("b")},
                                          RuleVersion{"r", at(5), std::nullopt});
  const RuleBook book{std::move(all)};
  std::vector<Event> events = steps("aaaaaa");
  for (const Event& one : steps("bbbbbb")) events.push_back(one);
  EXPECT_THAT(minutes_of(judge(book, events, at(9)).firings), ElementsAre(1, 2, 3, 4));
  // What waits is judged by the version of the time at which it is decided, and windows look back beyond a version.
  const Rule waits = rule(R"("on": "a", "when": {"absent": {"event": "b", "for": "5m"}})");
  EXPECT_THAT(minutes_of(judge(RuleBook{versions(RuleVersion{"r", at(5), waits})}, steps("aa"), at(9)).firings),
              ElementsAre(5, 6));
  EXPECT_THAT(minutes_of(judge(RuleBook{versions(RuleVersion{"r", Time::min(), waits}, RuleVersion{"r", at(6), {}})},
                               steps("aa"), at(9))
                             .firings),
              ElementsAre(5));
}

/// What time decides ahead of the last tick is not told yet, whatever events lie ahead of it.
TEST(Judge, TimeIsToldByTicksAlone) {
  const std::string waits = R"("on": "a", "when": {"absent": {"event": "b", "for": "2m"}})";
  const RuleBook book{versions(since_ever("r", rule(waits)))};
  const auto early = judge(book, steps("a........c"), at(1));
  EXPECT_THAT(early.firings, IsEmpty());
  EXPECT_EQ(early.next, at(2));
  EXPECT_THAT(minutes_of(judge(book, steps("a........c"), at(2)).firings), ElementsAre(2));
}

TEST(Judge, TablesChooseWhatIsDone) {
  const auto titles = [](const char* hit) {
    const std::string text =
        std::string{R"({"on": "a", "table": {"hit": ")"} + hit + R"(", "inputs": ["attr.n", "attr.s"],
      "rows": [{"if": [{"op": "gte", "value": 5}, null], "then": [{"type": "alert", "title": "large {attr.n}"}]},
               {"if": [null, "x"], "then": [{"type": "notify", "title": "{{x}} of {case.id}", "targets": ["ops"]}]},
               {"if": [9, "x"], "then": [{"type": "alert", "severity": "critical", "title": "nine"}]}]}})";
    const ReadRule found = read(text);
    EXPECT_TRUE(found.rule);
    const RuleBook book{versions(since_ever("r", *found.rule))};
    std::vector<std::string> all;
    const std::vector<Event> events{event(0, "a", {{"n", "9"}, {"s", "\"x\""}}), event(1, "a", {{"s", "\"x\""}}),
                                    event(2, "a", {{"n", "1"}})};
    for (const Firing& one : judge(book, events, at(9)).firings) {
      for (const Deed& deed : one.deeds) all.push_back(std::to_string(deed.number) + ' ' + deed.title);
    }
    return all;
  };
  EXPECT_THAT(titles("first"), ElementsAre("0 large 9", "1 {x} of c"));
  EXPECT_THAT(titles("collect"), ElementsAre("0 large 9", "1 {x} of c", "2 nine", "1 {x} of c"));
}

TEST(Judge, ColumnsOfATableThatAreCollectedAreTakenOfEveryRowThatFits) {
  const auto told = [](const std::string& collect) {
    const ReadRule found = read(R"({"on": "a", "table": {"inputs": ["attr.n", "attr.s"])" + collect + R"(,
      "rows": [{"if": [{"op": "gte", "value": 5}, null], "then": [{"type": "alert", "title": "large", "notify": ["ops"]}]},
               {"if": [null, "x"], "then": [{"type": "alert", "title": "x", "text": "{attr.n} of x", "notify": ["lead", "ops"]}]},
               {"if": [1, null], "then": [{"type": "notify", "title": "one", "text": "one", "targets": ["nobody"]}]},
               {"if": [null, null], "then": [{"type": "notify", "title": "any", "text": "any", "targets": ["desk"]}]}]}})");
    EXPECT_TRUE(found.rule);
    const RuleBook book{versions(since_ever("r", *found.rule))};
    std::string all;
    const std::vector<Event> events{event(0, "a", {{"n", "9"}, {"s", "\"x\""}})};
    for (const Firing& one : judge(book, events, at(9)).firings) {
      for (const Deed& deed : one.deeds) {
        all += deed.title + ':' + deed.text;
        for (const std::string& target : deed.targets) all += ' ' + target;
      }
    }
    return all;
  };
  EXPECT_EQ(told(""), "large: ops");
  EXPECT_EQ(told(R"(, "collect": ["notify"])"), "large: ops lead desk");
  EXPECT_EQ(told(R"(, "collect": ["text"])"), "large:9 of x\nany ops");
  EXPECT_EQ(told(R"(, "hit": "first", "collect": ["notify", "text"])"), "large:9 of x\nany ops lead desk");
  EXPECT_FALSE(read(R"({"on": "a", "table": {"hit": "collect", "collect": ["notify"], "rows": [
    {"if": [], "then": [{"type": "alert", "title": "t"}]}]}})")
                   .rule);
  EXPECT_FALSE(read(R"({"on": "a", "table": {"collect": ["title"], "rows": [
    {"if": [], "then": [{"type": "alert", "title": "t"}]}]}})")
                   .rule);
}

/// Whatever waits, a hundred thousand events take no more than their number; more values than a window holds have no
/// result.
TEST(Judge, ALongCaseStaysBounded) {
  const auto window = [](const char* agg, const char* of, int least) {
    return rule(R"("when": {"window": {"kind": "sliding", "for": "52w", "agg": ")" + std::string{agg} + '"' + of +
                R"(, "op": "gte", "value": )" + std::to_string(least) + "}}");
  };
  constexpr int count = 100'000;
  const RuleBook book{versions(
      since_ever("count", window("count", "", count)), since_ever("max", window("max", R"(, "of": "attr.n")", 10'001)),
      since_ever("early", window("max", R"(, "of": "attr.n")", 10'000)),
      since_ever("wait", rule(R"("when": {"absent": {"event": "b", "for": "52w"}}, "once_per": "case")")),
      since_ever("follow", rule(R"("when": {"sequence": {"steps": [{"event": "a"}, {"event": "a"}, {"event": "c"}],
                                            "within": "52w", "contiguity": "any", "after_match": "no_skip"}})")))};
  std::vector<Event> events;
  for (int i = 1; i <= count; ++i) events.push_back(event(i, "a", {{"n", std::to_string(i)}}));
  Hearing hearing{book};
  std::vector<Firing> fired;
  for (const Event& one : events) hearing.take(one, fired);
  ASSERT_EQ(minutes_of(fired), (std::vector{10'000, count}));
  EXPECT_EQ(fired[0].rule, "early");
  EXPECT_EQ(fired[1].rule, "count");
  hearing.pass(at(count) + std::chrono::hours{24 * 7 * 53}, fired);
  EXPECT_EQ(fired.size(), 3u);
  EXPECT_EQ(fired[2].rule, "wait");
  EXPECT_EQ(hearing.held(), 0u);
}

TEST(Judge, ExplainsEveryNode) {
  const RuleBook book{versions(since_ever("r", rule(R"("on": "ask", "keep_firing_for": "10m", "when": {"all": [
      {"path": "attr.n", "op": "gt", "value": 3}, {"not": {"path": "attr.gone", "op": "exists"}},
      {"window": {"kind": "sliding", "for": "9m", "agg": "count", "op": "gte", "value": 1}},
      {"any": [{"absent": {"event": "reply", "for": "5m"}}, {"path": "attr.s", "op": "eq", "value": "x"}]}]})")))};
  const auto firings = judge(book, std::vector{event(0, "ask", {{"n", "4"}})}, at(9), Explaining::yes).firings;
  ASSERT_EQ(firings.size(), 1u);
  EXPECT_EQ(firings[0].keeps_until, at(15));
  std::string json;
  JsonWriter writer{json};
  firings[0].explanation->write(writer);
  EXPECT_EQ(
      json,
      R"({"what":"all","result":true,"fact":null,"parts":[)"
      R"({"what":"attr.n gt 3","result":true,"fact":4},)"
      R"({"what":"not","result":true,"fact":null,"parts":[{"what":"attr.gone exists","result":false,"fact":null}]},)"
      R"({"what":"window","result":true,"fact":1},)"
      R"({"what":"any","result":true,"fact":null,"parts":[{"what":"absent","result":true,"fact":null},)"
      R"({"what":"attr.s eq \"x\"","result":null,"fact":null}]}]})");
}

}  // namespace
}  // namespace weir::rules
