// Every public log is read to the counts of its table (shared/data/README.md).
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "tests/stream/ingest/reading.hpp"

namespace weir::ingest {
namespace {

struct Log {
  const char* file;
  std::size_t cases;
  std::size_t events;
  std::size_t activities;
};

const Log logs[] = {
    {"running-example.xes", 6, 42, 8},
    {"running-example.csv", 6, 42, 8},
    {"receipt.xes.gz", 1434, 8577, 27},
    {"receipt.csv.gz", 1434, 8577, 27},
    {"receipt_even.csv.gz", 1434, 4443, 17},
    {"receipt_odd.csv.gz", 1318, 4134, 10},
    {"roadtraffic100traces.xes.gz", 100, 390, 10},
    {"roadtraffic100traces.csv", 100, 390, 10},
    {"roadtraffic_1_trace_per_variant.xes.gz", 231, 1891, 11},
    {"reviewing.xes.gz", 100, 3730, 14},
    {"teleclaims.xes.gz", 3512, 46138, 11},
    {"repairExample.xes.gz", 1104, 11855, 8},
    {"helpdesk_utc.xes.gz", 4580, 21348, 14},
    {"helpdesk_local.xes.gz", 4580, 21348, 14},
    {"bpic2013_incidents.xes.gz", 7554, 65533, 4},
    {"bpic2013_open_problems.xes.gz", 819, 2351, 3},
    {"bpic2015_1.xes.gz", 1199, 52217, 398},
    {"bpic2020_RequestForPayment.xes.gz", 6886, 36796, 19},
    {"interval_event_log.csv.gz", 1266, 8109, 8},
    {"interval_event_log.xes.gz", 1266, 8109, 8},
    {"production.csv.gz", 225, 4953, 26},
    {"string_timestamps_orders.xes.gz", 17, 154, 11},
    {"string_timestamps_tickets.xes.gz", 9, 43, 6},
};

std::string path_of(const char* file) { return data_folder() + "eventlogs/" + file; }

Reading read_log(const char* file, std::size_t piece = std::string_view::npos) {
  return read_bytes(bytes_of_file(path_of(file)), in_utc(), piece);
}

bool absent() { return !std::filesystem::exists(data_folder()); }

TEST(EventLogs, AreReadToTheCountsOfTheirTable) {
  if (absent()) GTEST_SKIP() << "no public data here";
  for (const auto& log : logs) {
    const auto read = read_log(log.file);
    std::set<std::string> cases;
    std::set<std::string> activities;
    for (const auto& event : read.events) {
      cases.insert(event.case_id);
      activities.insert(event.activity);
    }
    EXPECT_EQ(read.failure, std::nullopt) << log.file;
    EXPECT_EQ(read.error_count, 0U) << log.file;
    EXPECT_EQ(read.events.size(), log.events) << log.file;
    EXPECT_EQ(cases.size(), log.cases) << log.file;
    EXPECT_EQ(activities.size(), log.activities) << log.file;
  }
}

TEST(EventLogs, WithUnusableTimesAreReportedEventByEvent) {
  if (absent()) GTEST_SKIP() << "no public data here";
  for (const auto& [file, events] : {std::pair{"partial_order_1.xes", 25U}, std::pair{"partial_order_3.xes", 64U}}) {
    const auto read = read_log(file);
    EXPECT_EQ(read.failure, std::nullopt);
    EXPECT_TRUE(read.events.empty());
    EXPECT_EQ(read.error_count, events);
    EXPECT_EQ(read.errors.at(0).code, Code::bad_timestamp);
  }
}

TEST(EventLogs, InTwoFormatsHoldTheSameEvents) {
  if (absent()) GTEST_SKIP() << "no public data here";
  for (const auto& [xes, csv] :
       {std::pair{"running-example.xes", "running-example.csv"}, std::pair{"receipt.xes.gz", "receipt.csv.gz"},
        std::pair{"roadtraffic100traces.xes.gz", "roadtraffic100traces.csv"}}) {
    using Key = std::tuple<std::string, std::string, Time, std::string, std::string>;
    const auto keys = [](const Reading& read) {
      std::multiset<Key> all;
      for (const auto& e : read.events) all.insert({e.case_id, e.activity, e.timestamp, e.resource, e.lifecycle});
      return all;
    };
    EXPECT_EQ(keys(read_log(xes)), keys(read_log(csv))) << xes;
  }
}

TEST(EventLogs, AreTheSameInPiecesOfAnySize) {
  if (absent()) GTEST_SKIP() << "no public data here";
  for (const auto* file : {"running-example.xes", "running-example.csv", "receipt.csv.gz", "reviewing.xes.gz"}) {
    const auto whole = read_log(file);
    for (const std::size_t piece : {1UL, 1000UL, 65'537UL}) {
      EXPECT_EQ(read_log(file, piece).events, whole.events) << file;
    }
  }
}

TEST(EventLogs, GiveStartAndEndOfIntervals) {
  if (absent()) GTEST_SKIP() << "no public data here";
  const auto read = read_log("production.csv.gz");
  ASSERT_GT(read.events.size(), 1U);
  const auto& event = read.events[1];
  EXPECT_EQ(event.case_id, "Case1");
  EXPECT_EQ(event.activity, "Turning & Milling");
  EXPECT_EQ(event.resource, "ID4932");
  EXPECT_EQ(event.start, at(1327897440));
  EXPECT_EQ(event.timestamp, at(1327920180));
  EXPECT_EQ(*attribute_of(event, "Activity"), "\"Turning & Milling\"");
}

TEST(EventLogs, WithoutTheirColumnsAreRefused) {
  if (absent()) GTEST_SKIP() << "no public data here";
  EXPECT_EQ(read_log("receipt_case_relations.csv.gz").failure, Code::missing_column);
  EXPECT_EQ(read_log("ocel/example_log.xmlocel").failure, Code::bad_xes);
  EXPECT_EQ(read_log("ocel/example_log.sqlite").failure, Code::unsupported_format);
  EXPECT_EQ(read_log("ocel/ocel20_example.jsonocel").failure, Code::unsupported_format);
}

}  // namespace
}  // namespace weir::ingest
