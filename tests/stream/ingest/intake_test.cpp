#include "stream/ingest/intake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/codec/timestamp.hpp"
#include "stream/log/partitioner.hpp"

namespace weir::ingest {
namespace {

constexpr std::uint32_t partitions = 8;

std::string line(std::string_view case_id, std::string_view activity, std::string_view more = "") {
  return R"({"case_id":")" + std::string{case_id} + R"(","activity":")" + std::string{activity} +
         R"(","timestamp":"2026-01-01T00:00:00Z")" + std::string{more} + "}\n";
}

Intake taken(const std::string& lines) {
  auto decoded = decode_events(BodyFormat::ndjson, lines, {.now = *parse_rfc3339("2026-01-02T00:00:00Z")});
  return take_in(std::move(*decoded), partitions);
}

TEST(Intake, EachCaseGoesToItsPartition) {
  const Intake intake = taken(line("1", "a") + line("2", "a") + line("1", "b"));
  ASSERT_EQ(intake.records.size(), 3u);
  EXPECT_EQ(intake.accepted, 3u);
  EXPECT_EQ(intake.records[0].partition, log::partition_of("default", "1", partitions));
  EXPECT_EQ(intake.records[1].partition, log::partition_of("default", "2", partitions));
  EXPECT_EQ(intake.records[2].partition, intake.records[0].partition);
}

TEST(Intake, RecordsHoldTheIdentifiedEvent) {
  const Intake intake = taken(line("1", "a"));
  const auto event = decode_stored_event(intake.records[0].record.value, *parse_rfc3339("2026-01-02T00:00:00Z"));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->id.size(), 32u);
  EXPECT_FALSE(event->source.empty());
}

TEST(Intake, RepeatsCountOnce) {
  const Intake intake = taken(line("1", "a", R"(,"id":"x")") + line("1", "a", R"(,"id":"x")") + line("1", "a"));
  EXPECT_EQ(intake.accepted, 2u);
  EXPECT_EQ(intake.duplicates, 1u);
  EXPECT_EQ(intake.records.size(), 2u);
}

TEST(Intake, OneIdentityWithTwoContentsIsAConflictOfTheLater) {
  const Intake intake = taken(line("1", "a", R"(,"id":"x")") + line("1", "b", R"(,"id":"x")") +
                              line("2", "b", R"(,"id":"x")") + line("1", "b", R"(,"id":"x","source":"s")"));
  EXPECT_EQ(intake.accepted, 3u);
  ASSERT_EQ(intake.rejected.size(), 1u);
  EXPECT_EQ(intake.rejected[0].index, 1u);
  EXPECT_EQ(intake.rejected[0].why.code, Code::id_conflict);
}

TEST(Intake, AllRejectedMeansThatNothingElseHappened) {
  EXPECT_TRUE(taken("{}\n{\n").all_rejected());
  EXPECT_FALSE(taken("{}\n" + line("1", "a")).all_rejected());
  EXPECT_FALSE(take_in({}, partitions).all_rejected());
}

}  // namespace
}  // namespace weir::ingest
