#include "stream/rules/event_facts.hpp"

#include <gtest/gtest.h>

namespace weir::rules {
namespace {

Event event(std::string activity, std::vector<Attribute> attributes = {}) {
  Event made;
  made.case_id = "c1";
  made.activity = std::move(activity);
  made.attributes = std::move(attributes);
  return made;
}

Value text(std::string content) { return Value{std::move(content)}; }

TEST(EventFacts, OfTheEventAreItsAlone) {
  Event open = event("open", {{"by", R"("web")"}, {"n", "1.5"}, {"none", "null"}});
  open.resource = "ann";
  const Event close = event("close");
  EventFacts facts;
  facts.take(open);
  EXPECT_EQ(facts.after("activity"), text("open"));
  EXPECT_EQ(facts.after("resource"), text("ann"));
  EXPECT_EQ(facts.after("attr.by"), text("web"));
  EXPECT_EQ(facts.after("attr.n"), Value{1.5});
  EXPECT_EQ(facts.after("attr.none"), Value{nullptr});
  EXPECT_TRUE(facts.before("attr.by").is_missing());
  facts.take(close);
  EXPECT_TRUE(facts.after("attr.by").is_missing());
  EXPECT_TRUE(facts.after("resource").is_missing());
  EXPECT_TRUE(facts.before("activity").is_missing());
}

TEST(EventFacts, OfTheCaseAreWhatWasSaidLast) {
  const Event first = event("open", {{"status", R"("new")"}, {"tier", R"("gold")"}}), silent = event("look"),
              second = event("change", {{"status", R"("open")"}});
  EventFacts facts;
  facts.take(first);
  EXPECT_EQ(facts.after("case.attr.status"), text("new"));
  EXPECT_TRUE(facts.before("case.attr.status").is_missing());
  facts.take(silent);
  EXPECT_EQ(facts.before("case.attr.status"), text("new"));
  EXPECT_EQ(facts.after("case.attr.status"), text("new"));
  facts.take(second);
  EXPECT_EQ(facts.before("case.attr.status"), text("new"));
  EXPECT_EQ(facts.after("case.attr.status"), text("open"));
  EXPECT_EQ(facts.after("case.attr.tier"), text("gold"));
  EXPECT_EQ(facts.before("case.activity"), text("look"));
  EXPECT_EQ(facts.after("case.events"), Value{std::int64_t{3}});
  EXPECT_EQ(facts.before("case.events"), Value{std::int64_t{2}});
  EXPECT_EQ(facts.after("case.id"), text("c1"));
}

TEST(EventFacts, ListsWhatIsWanted) {
  const std::set<std::string, std::less<>> wanted{"case.activities", "case.values.n"};
  EventFacts facts{&wanted};
  EXPECT_TRUE(facts.after("case.activities").is_missing());
  const Event first = event("open", {{"n", "1"}}), second = event("look", {{"n", "1.0"}}),
              third = event("open", {{"n", "2"}});
  for (const Event* one : {&first, &second, &third}) facts.take(*one);
  EXPECT_EQ(facts.after("case.activities"), (Value{Value::List{text("open"), text("look")}}));
  EXPECT_EQ(facts.after("case.values.n"), (Value{Value::List{Value{std::int64_t{1}}, Value{std::int64_t{2}}}}));
  EXPECT_TRUE(facts.after("case.resources").is_missing());
}

TEST(EventFacts, ALookHasNoEvent) {
  const Event open = event("open", {{"n", "1"}});
  EventFacts facts;
  facts.take(open);
  facts.look(Time{std::chrono::hours{1}});
  EXPECT_TRUE(facts.after("activity").is_missing());
  EXPECT_TRUE(facts.after("attr.n").is_missing());
  EXPECT_EQ(facts.after("case.attr.n"), Value{std::int64_t{1}});
  EXPECT_EQ(facts.before("case.attr.n"), Value{std::int64_t{1}});  // nothing changes
  EXPECT_EQ(facts.before("case.events"), facts.after("case.events"));
  EXPECT_EQ(facts.after("timestamp"), Value{Time{std::chrono::hours{1}}});
  EXPECT_EQ(facts.after("case.id"), text("c1"));
  EXPECT_EQ(facts.after("case.began"), Value{Time{}});
}

TEST(EventFacts, HasNoOtherPaths) {
  EXPECT_FALSE(EventFacts::paths.known("case.activities"));
  EXPECT_TRUE(EventFacts::paths_with_lists.known("case.activities"));
  EXPECT_TRUE(EventFacts::paths_with_lists.known("case.values.n"));
  EXPECT_FALSE(EventFacts::paths_with_lists.known("case.values."));
  EXPECT_FALSE(EventFacts::paths_with_lists.known("activities"));
  for (const char* path : {"activity", "attr.a", "case.attr.a.b", "case.events", "resource"}) {
    EXPECT_TRUE(EventFacts::paths.known(path)) << path;
  }
  for (const char* path : {"", "activty", "attr.", "case.", "case.attr.", "case.lifecycle", "attr", "case"}) {
    EXPECT_FALSE(EventFacts::paths.known(path)) << path;
  }
}

}  // namespace
}  // namespace weir::rules
