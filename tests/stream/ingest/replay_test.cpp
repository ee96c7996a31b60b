#include "stream/ingest/replay.hpp"

#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "schemas/codec/timestamp.hpp"
#include "tests/stream/ingest/reading.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::ingest {
namespace {

class ReplayOf : public testing::Test {
 protected:
  std::string csv(std::string_view rows) const {
    std::string path = folder_.path() / "log.csv";
    std::ofstream(path) << "case_id,activity,start,timestamp\n" << rows;
    return path;
  }
  Result<std::unique_ptr<Replay>> open(const std::string& path,
                                       std::size_t run_bytes = Replay::run_bytes_default) const {
    return Replay::open(path, in_utc(), "p", folder_.path(), run_bytes);
  }
  static std::vector<Event> all_of(Replay& replay) {
    std::vector<Event> events;
    for (;;) {
      auto event = replay.next();
      EXPECT_TRUE(event);
      if (!event || !*event) return events;
      events.push_back(std::move(**event));
    }
  }

  tests::TempFolder folder_;
};

TEST_F(ReplayOf, AFileIsMovedByOneDurationToEndNow) {
  auto replay =
      open(csv("1,b,2020-01-02T08:00:00Z,2020-01-02T10:00:00Z\n"
               "1,a,2020-01-01T09:59:59Z,2020-01-01T10:00:00Z\n"
               "2,a,,1999-12-31T23:59:59.5Z\n"));
  ASSERT_TRUE(replay);
  const Time end = *parse_rfc3339("2026-11-21T12:00:00.25Z");
  (*replay)->shift_by((*replay)->shift_to(end));
  const auto events = all_of(**replay);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2].timestamp, end);
  EXPECT_EQ(events[2].timestamp - *events[2].start, std::chrono::hours{2});
  EXPECT_EQ(events[2].timestamp - events[1].timestamp, std::chrono::hours{24});
  EXPECT_EQ(events[1].timestamp - events[0].timestamp,
            *parse_rfc3339("2020-01-01T10:00:00Z") - *parse_rfc3339("1999-12-31T23:59:59.5Z"));
  EXPECT_EQ(events[0].case_id, "2");
  EXPECT_EQ(events[0].process, "p");
}

TEST_F(ReplayOf, AFileIsIdentifiedAsAnUploadIs) {
  const std::string path = csv("1,a,,2020-01-01T10:00:00Z\n1,a,,2020-01-01T10:00:00Z\n");
  const auto events = all_of(**open(path));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_NE(events[0].id, events[1].id);
  EXPECT_EQ(events[0].source, default_source);
  EXPECT_EQ(all_of(**open(path)), events) << "every replay tells the same";
}

TEST_F(ReplayOf, AFileOfManyRunsComesInTheOrderOfTimeAndOfItsRows) {
  std::mt19937_64 random{1};
  std::string rows;
  std::vector<std::pair<Time, std::uint64_t>> expected;
  for (std::uint64_t row = 1; row <= 5'000; ++row) {
    const Time time = at(static_cast<std::int64_t>(1'600'000'000 + random() % 500));
    rows.append("c,a,,").append(to_rfc3339(time)).append("\n");
    expected.emplace_back(time, row);
  }
  std::sort(expected.begin(), expected.end());
  for (const std::size_t run_bytes : {std::size_t{20'000}, Replay::run_bytes_default}) {
    const auto replay = open(csv(rows), run_bytes);
    ASSERT_TRUE(replay);
    std::vector<std::pair<Time, std::uint64_t>> found;
    for (const Event& event : all_of(**replay)) found.emplace_back(event.timestamp, event.sequence);
    EXPECT_EQ(found, expected) << run_bytes;
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.path()}, {}), 1) << "runs have no name";
}

TEST_F(ReplayOf, WrongRowsAreLeftOutAndCounted) {
  const auto replay = open(csv("1,a,,2020-01-01T10:00:00Z\n1,,,2020-01-01T10:00:00Z\n"));
  ASSERT_TRUE(replay);
  EXPECT_EQ((*replay)->rows_left_out(), 1u);
  EXPECT_EQ((*replay)->events(), 1u);
}

TEST_F(ReplayOf, WhatHoldsNoEventIsRefused) {
  EXPECT_EQ(open(csv("1,,,2020-01-01T10:00:00Z\n")).error().code, Code::empty_file);
  EXPECT_EQ(open((folder_.path() / "nothing").string()).error().code, Code::not_found);
  const std::string path = csv("1,a,,2020-01-01T10:00:00Z\n");
  EXPECT_EQ(Replay::open(path, in_utc(), "p", folder_.path() / "nothing", 1).error().code, Code::storage_failed);
}

}  // namespace
}  // namespace weir::ingest
