#include "stream/thresholds/threshold.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::thresholds {
namespace {

using testing::FieldsAre;
using testing::StartsWith;
using testing::UnorderedElementsAre;

struct ReadThreshold {
  std::optional<Threshold> threshold;
  DocumentFaults faults;
};

ReadThreshold read(std::string_view text) {
  ReadThreshold found;
  const auto faults = read_document(text, [&](const DocumentNode& node) { found.threshold = read_threshold(node); });
  EXPECT_TRUE(faults.ok()) << text;
  if (faults) found.faults = *faults;
  return found;
}

/// The same file that tests/e2e holds the schema to.
TEST(ThresholdDocument, IsReadOrRefused) {
  std::ifstream file{WEIR_SOURCE_DIR "/tests/data/thresholds/documents.json"};
  std::stringstream bytes;
  bytes << file.rdbuf();
  JsonParser parser;
  const auto all = parser.parse(bytes.str());
  ASSERT_TRUE(all);
  for (const char* list : {"good", "bad", "refused"}) {
    for (auto items = all->find(list)->items(); !items.done();) {
      const std::string text{items.take().raw()};
      const ReadThreshold found = read(text);
      EXPECT_EQ(found.threshold.has_value(), std::string_view{list} == "good") << text;
      EXPECT_EQ(found.faults.empty(), found.threshold.has_value()) << text;
    }
  }
}

TEST(ThresholdDocument, TellsEveryFaultAtOnce) {
  EXPECT_THAT(
      read(R"({"process": "orders", "measure": "running", "statistic": "p95", "last": "1s", "activity": "a", "op": "is",
               "value": "2h", "for": 3, "severity": "bad", "notify": ["A"]})")
          .faults,
      UnorderedElementsAre(
          FieldsAre("/statistic", "belongs to times"), FieldsAre("/last", "must be 1m to 366d"),
          FieldsAre("/op", "must be one of gt, gte, lt, lte"), FieldsAre("/for", StartsWith("must be ")),
          FieldsAre("/severity", StartsWith("must be one of")),
          FieldsAre("/notify/0", "must be 1 to 64 of a-z, 0-9, _ and -"),
          FieldsAre("/measure", "is measured of a process as a whole"),
          FieldsAre("/last", "does not go with this measure"), FieldsAre("/value", "must be a number, not negative")));
}

TEST(ThresholdDocument, ComparesInTheUnitOfItsMeasure) {
  const auto late =
      *read(R"({"process": "p", "measure": "cycle_time", "statistic": "p95", "op": "gt", "value": "1h30m"})").threshold;
  EXPECT_EQ(late.value, 5'400);
  EXPECT_TRUE(late.holds(5'400.5));
  EXPECT_FALSE(late.holds(5'400));
  EXPECT_FALSE(late.holds(std::nullopt));
  EXPECT_EQ(late.condition(), "p95 of cycle_time in p is over 1h30m");
  const auto with_op = [](const std::string& op) {
    return *read(R"({"measure": "lag", "value": 3, "op": ")" + op + "\"}").threshold;
  };
  for (const auto& [op, holds] :
       std::vector<std::pair<std::string, std::array<bool, 3>>>{{"gt", {false, false, true}},
                                                                {"gte", {false, true, true}},
                                                                {"lt", {true, false, false}},
                                                                {"lte", {true, true, false}}}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(with_op(op).holds(2 + i), holds[static_cast<std::size_t>(i)]) << op << i;
  }
}

/// What only pends begins anew where the condition is another one.
TEST(ThresholdDocument, HasOneConditionForOneMeaning) {
  const std::string plain =
      R"("process": "p", "measure": "waiting_time", "statistic": "p95", "op": "gt", "value": "2h")";
  const auto condition = [](const std::string& members) { return read('{' + members + '}').threshold->condition(); };
  const std::vector<std::string> different{
      plain,
      plain + R"(, "activity": "a")",
      plain + R"(, "from": "a", "to": "b")",
      plain + R"(, "from": "b", "to": "a")",
      plain + R"(, "last": "1h")",
      R"("process": "p", "measure": "busy_time", "statistic": "p95", "op": "gt", "value": "2h")",
      R"("process": "p", "measure": "waiting_time", "statistic": "p99", "op": "gt", "value": "2h")",
      R"("process": "p", "measure": "waiting_time", "statistic": "p95", "op": "gte", "value": "2h")",
      R"("process": "p", "measure": "waiting_time", "statistic": "p95", "op": "gt", "value": "3h")"};
  for (const std::string& one : different) {
    EXPECT_EQ(std::count_if(different.begin(), different.end(),
                            [&](const auto& other) { return condition(other) == condition(one); }),
              1)
        << one;
  }
  EXPECT_EQ(condition(plain),
            condition(plain + R"(, "for": "5m", "severity": "error", "title": "t", "notify": ["a"])"));
}

TEST(ThresholdDocument, NamesWhatItNeeds) {
  const auto threshold =
      *read(
           R"({"process": "p", "measure": "sla_breached", "policy": "q", "op": "gt", "value": 0, "notify": ["a", "b"]})")
           .threshold;
  const auto is = [](const std::string& known) { return [known](const std::string& name) { return name == known; }; };
  EXPECT_THAT(unknown_names(threshold, is("r"), is("a"), is("")),
              UnorderedElementsAre(FieldsAre("/policy", "there is no policy \"q\""),
                                   FieldsAre("/notify/1", "there is no target \"b\"")));
  const auto any = [](const std::string&) { return true; };
  EXPECT_TRUE(unknown_names(threshold, is("q"), any, is("")).empty());
  const auto escalated = *read(R"({"measure": "lag", "op": "gt", "value": 0, "escalate": "night"})").threshold;
  EXPECT_THAT(unknown_names(escalated, any, any, is("day")),
              UnorderedElementsAre(FieldsAre("/escalate", "there is no escalation \"night\"")));
}

}  // namespace
}  // namespace weir::thresholds
