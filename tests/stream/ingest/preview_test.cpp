#include "stream/ingest/preview.hpp"

#include <gmock/gmock.h>

#include "tests/stream/ingest/reading.hpp"
#include "tests/support/making_xlsx.hpp"

namespace weir::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

FilePreview look(std::string_view bytes, bool whole = true, FileOptions options = {}) {
  MemoryBytes head(bytes);
  return preview_file(head, whole, std::move(options));
}

constexpr std::string_view plain =
    "case,activity,time,who\n1,a,2026-01-05T09:00:00Z,ann\n1,b,2026-01-05T10:00:00Z,bob\n";

TEST(Preview, TellsRowsMappingAndHowTheyAreRead) {
  const auto seen = look(plain);
  EXPECT_FALSE(seen.failure);
  EXPECT_THAT(seen.facts.columns, ElementsAre("case", "activity", "time", "who"));
  EXPECT_THAT(seen.facts.first_rows, ElementsAre(ElementsAre("1", "a", "2026-01-05T09:00:00Z", "ann"), SizeIs(4)));
  ASSERT_THAT(seen.events, SizeIs(2));
  EXPECT_EQ(seen.events[1].activity, "b");
  EXPECT_FALSE(seen.asks_zone || seen.asks_date_order);
}

TEST(Preview, ShowsTheColumnsAndWhatIsKnownWhereAFieldHasNone) {
  const auto seen = look("case,what,time\n1,a,2026-01-05T09:00:00Z\n");
  ASSERT_TRUE(seen.failure);
  EXPECT_EQ(seen.failure->code, Code::missing_column);
  EXPECT_THAT(seen.facts.columns, ElementsAre("case", "what", "time"));
  EXPECT_THAT(seen.facts.mapping, SizeIs(2));
  EXPECT_THAT(seen.facts.first_rows, SizeIs(1));
  EXPECT_THAT(seen.errors, IsEmpty());
}

TEST(Preview, AFieldCanBeDeclaredToHaveNoColumn) {
  FileOptions options;
  options.map = {{"resource", ""}};
  const auto seen = look("case,activity,time,user\n1,a,2026-01-05T09:00:00Z,ann\n", true, options);
  ASSERT_THAT(seen.events, SizeIs(1));
  EXPECT_EQ(seen.events[0].resource, "");
  EXPECT_THAT(seen.events[0].attributes, SizeIs(1));
}

TEST(Preview, AsksForTheZoneOnlyWhereTimesHaveNone) {
  const std::string_view local = "case,activity,time\n1,a,2026-01-05 09:00\n";
  EXPECT_TRUE(look(local).asks_zone);
  EXPECT_FALSE(look(local, true, in_utc()).asks_zone);
}

TEST(Preview, AsksForTheOrderOfDatesOnlyWhereAllOfTheFileDoesNotTell) {
  const std::string_view open = "case,activity,time\n1,a,03/04/2026 09:00\n1,b,05/04/2026 09:00\n";
  EXPECT_TRUE(look(open, true, in_utc()).asks_date_order);
  EXPECT_FALSE(look(open, false, in_utc()).asks_date_order);
  FileOptions told = in_utc();
  told.date_order = DateOrder::day_first;
  EXPECT_FALSE(look(open, true, told).asks_date_order);
  EXPECT_FALSE(
      look("case,activity,time\n1,a,13/04/2026 09:00\n1,b,05/04/2026 09:00\n", true, in_utc()).asks_date_order);
}

TEST(Preview, ACutIsNoFaultOfTheFile) {
  for (std::size_t size = plain.find('\n') + 2; size < plain.size(); ++size) {
    const auto seen = look(plain.substr(0, size), false);
    EXPECT_FALSE(seen.failure && seen.failure->code != Code::empty_file) << size;
    EXPECT_THAT(seen.errors, IsEmpty()) << size;
  }
  EXPECT_TRUE(look("<log><trace><event>", true).failure);
  EXPECT_FALSE(look("<log xmlns=\"http://www.xes-standard.org/\"><trace>", false).failure);
}

TEST(Preview, AWorkbookIsLookedAtAsAWhole) {
  std::vector<std::vector<std::string>> table{{"case", "activity", "time"}};
  for (int i = 0; i < 20'000; ++i) table.push_back({std::to_string(i), "a", "2026-01-05 09:00:00"});
  const auto bytes = xlsx_of({.rows = inline_rows(table)});
  const auto seen = look(bytes);
  EXPECT_FALSE(seen.failure);
  EXPECT_EQ(seen.facts.sheet, "Log");
  EXPECT_THAT(seen.facts.first_rows, SizeIs(8));
  EXPECT_TRUE(seen.asks_zone);
  EXPECT_LT(seen.facts.rows, 15'000U) << "some thousand rows tell enough";
  ASSERT_TRUE(look(std::string_view(bytes).substr(0, bytes.size() / 2), false).failure);
}

TEST(Preview, TellsRowsThatWouldBeRefused) {
  const auto seen = look("case,activity,time\n1,a,2026-01-05T09:00:00Z\n1,b,nonsense\n");
  ASSERT_THAT(seen.errors, SizeIs(1));
  EXPECT_EQ(seen.errors[0].code, Code::bad_timestamp);
  EXPECT_EQ(seen.errors[0].line, 3U);
}

}  // namespace
}  // namespace weir::ingest
