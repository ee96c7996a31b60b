#include "stream/ingest/upload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/codec/event_json.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::ingest {
namespace {

const Time now = *parse_rfc3339("2026-01-02T00:00:00Z");

Upload sample() {
  Upload upload;
  upload.id = "u1";
  upload.request = {"orders", "Europe/Berlin", DateOrder::day_first, {{"case_id", "x"}}, "c", "March"};
  upload.state = UploadState::failed;
  upload.received = now;
  upload.file_bytes = 10;
  upload.read_bytes = 5;
  upload.accepted = 3;
  upload.rejected = 2;
  upload.facts = {FileFormat::csv, true, 10, 5, 3, {"x", "y"}, {{"case_id", "x"}}, true};
  upload.facts.sheet = "March";
  upload.errors = {{7, 2, Code::bad_timestamp, "no time"}, {9, 0, Code::ragged_row, ""}};
  upload.failure = Error{Code::bad_csv, "a quote"};
  upload.position.include(log::Position::Part{3, 17});
  return upload;
}

TEST(Upload, IsReadAsItWasWritten) {
  const Upload written = sample();
  const auto read = decode_upload(encode(written));
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), encode(written));
  EXPECT_EQ(read->errors, written.errors);
  EXPECT_EQ(read->position, written.position);
  EXPECT_EQ(read->failure, written.failure);
  EXPECT_EQ(read->facts.columns, written.facts.columns);
  EXPECT_EQ(read->request.sheet + read->facts.sheet, "MarchMarch");
}

TEST(Upload, IsStillReadAsTheFirstVersionWroteIt) {
  const std::string sheets = std::string("\x05March\x05March");
  std::string bytes = encode(sample());
  ASSERT_TRUE(bytes.ends_with(sheets));
  bytes.resize(bytes.size() - sheets.size());
  bytes[0] = 1;
  const auto read = decode_upload(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->errors, sample().errors);
  EXPECT_EQ(read->request.sheet, "");
}

TEST(Upload, DamageIsNoticed) {
  const std::string bytes = encode(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_upload(bytes.substr(0, size))) << size;
  EXPECT_FALSE(decode_upload(bytes + "x"));
  EXPECT_FALSE(decode_upload("\x03" + bytes.substr(1)));
}

TEST(Upload, FingerprintsTellHeadersApart) {
  Upload one, other;
  EXPECT_EQ(schema_fingerprint(one.facts.columns), "");
  one.facts.columns = {"a", "bc"};
  other.facts.columns = {"ab", "c"};
  EXPECT_NE(schema_fingerprint(one.facts.columns), schema_fingerprint(other.facts.columns));
  other.facts.columns = {"a", "bc"};
  EXPECT_EQ(schema_fingerprint(one.facts.columns), schema_fingerprint(other.facts.columns));
}

TEST(Upload, AnUnknownZoneIsRefused) {
  const auto options = options_of({"p", "Nowhere/At_All", {}, {}, {}});
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code, Code::unknown_zone);
}

EventView row(Time timestamp, std::uint64_t line) {
  EventView view;
  view.case_id = "1";
  view.activity = "a";
  view.lifecycle = "complete";
  view.timestamp = timestamp;
  view.line = line;
  return view;
}

TEST(RowIntake, HandsOnBatchesAndTheRest) {
  std::vector<std::size_t> batches;
  RowIntake rows("p", "u", 4, now, [&](std::vector<log::Addressed> records) {
    batches.push_back(records.size());
    const auto event = decode_stored_event(records.front().record.value, now);
    EXPECT_TRUE(event && event->upload == "u" && event->process == "p");
    return Result<void>{};
  });
  for (std::uint64_t i = 0; i < RowIntake::batch_rows + 1; ++i) rows.event(row(now, i));
  EXPECT_TRUE(rows.flush());
  EXPECT_THAT(batches, testing::ElementsAre(RowIntake::batch_rows, 1u));
  EXPECT_EQ(rows.accepted(), RowIntake::batch_rows + 1);
}

TEST(RowIntake, EqualRowsAreDifferentEventsOfOneFileAndTheSameOfTwo) {
  const auto ids_of = [](int count) {
    std::vector<std::string> ids;
    RowIntake rows("p", "u", 4, now, [&](std::vector<log::Addressed> records) {
      for (const auto& one : records) ids.push_back(decode_stored_event(one.record.value, now)->id);
      return Result<void>{};
    });
    for (int i = 0; i < count; ++i) rows.event(row(now, 1));
    (void)rows.flush();
    return ids;
  };
  const auto shorter = ids_of(2), longer = ids_of(3);
  EXPECT_NE(shorter[0], shorter[1]);
  EXPECT_THAT(std::vector(longer.begin(), longer.begin() + 2), testing::ElementsAreArray(shorter));
}

TEST(RowIntake, RowsOfTheFutureAreRefused) {
  RowIntake rows("p", "u", 4, now, [](std::vector<log::Addressed>) { return Result<void>{}; });
  rows.event(row(now + std::chrono::hours{24}, 5));
  rows.event(row(now + std::chrono::hours{24} + Duration{1}, 6));
  EXPECT_EQ(rows.accepted(), 1u);
  ASSERT_EQ(rows.errors().kept().size(), 1u);
  EXPECT_EQ(rows.errors().kept()[0].line, 6u);
  EXPECT_EQ(rows.errors().kept()[0].code, Code::timestamp_out_of_range);
}

TEST(RowIntake, StopsAtTheFirstFailedDelivery) {
  int deliveries = 0;
  RowIntake rows("p", "u", 4, now, [&](std::vector<log::Addressed>) -> Result<void> {
    ++deliveries;
    return Error{Code::storage_failed, ""};
  });
  for (std::uint64_t i = 0; i < 3 * RowIntake::batch_rows; ++i) rows.event(row(now, i));
  EXPECT_FALSE(rows.flush());
  EXPECT_EQ(deliveries, 1);
}

}  // namespace
}  // namespace weir::ingest
