#include "api/app/demo_source.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

using namespace std::chrono_literals;

const Time now = from_micros(1'790'000'000'000'000);

std::size_t count_due(DemoSource& source, DemoMoment moment) {
  std::size_t count = 0;
  for (;;) {
    const auto event = source.next(moment);
    EXPECT_TRUE(event);
    if (!event || !*event) return count;
    EXPECT_LE((*event)->timestamp, moment.now);
    ++count;
  }
}

TEST(CompanySource, HasAHistoryAndIsLiveFromThenOn) {
  const DemoRecord record = new_company(1, 100, now);
  auto source = company_source(record);
  ASSERT_TRUE(source);
  EXPECT_GT(count_due(**source, {now, {}}), 500'000u);
  const std::size_t an_hour = count_due(**source, {now + 1h, {}});
  EXPECT_GT(an_hour, 3'600u);
  EXPECT_LT(an_hour, 5 * 3'600u);
  (*source)->change_speed({now + 1h, 10});
  (void)count_due(**source, {now + 3h, {}});
  EXPECT_LT(count_due(**source, {now + 4h, {}}), an_hour / 2) << "a tenth of the customers";
}

TEST(CompanySource, TellsTheSameAgainFromItsRecord) {
  DemoRecord record = new_company(7, 100, now);
  auto live = company_source(record);
  std::vector<Event> told;
  const auto collect = [&](DemoSource& source, Time until, std::vector<Event>& into) {
    while (auto event = *source.next({until, {}})) {
      if (event->timestamp > now - 1h) into.push_back(std::move(*event));
    }
  };
  collect(**live, now, told);
  record.speeds.push_back({now, 300});
  (*live)->change_speed(record.speeds.back());
  collect(**live, now + 1h, told);
  auto again = company_source(record);
  std::vector<Event> retold;
  collect(**again, now + 1h, retold);
  EXPECT_EQ(retold, told);
}

TEST(CompanySource, DeclaresWhenItsCasesAreComplete) {
  const auto source = company_source(new_company(1, 100, now));
  const auto settings = (*source)->settings();
  ASSERT_EQ(settings.size(), 3u);
  for (const auto& change : settings) EXPECT_TRUE(change.settings.declares_completion()) << change.process;
}

TEST(ReplaySource, TellsATenthAtOnceAndTheRestEvenly) {
  const tests::TempFolder folder;
  const std::string path = folder.path() / "log.csv";
  std::ofstream file(path);
  file << "case_id,activity,timestamp\n";
  for (int i = 0; i < 1'000; ++i) file << i << ",a,2020-01-01T00:00:00Z\n";
  file.close();
  ingest::FileOptions options;
  auto replay = ingest::Replay::open(path, options, "p", folder.path());
  ASSERT_TRUE(replay);
  DemoRecord record;
  record.origin = now;
  const auto source = replay_source(std::move(*replay), record);
  EXPECT_EQ(source->total(), 1'000u);
  EXPECT_EQ(count_due(*source, {now, 0s}), 100u);
  EXPECT_EQ(count_due(*source, {now, 0s}), 0u);
  EXPECT_EQ(count_due(*source, {now, 1min}), 90u);
  EXPECT_EQ(count_due(*source, {now, 10min}), 810u);
  EXPECT_EQ(count_due(*source, {now, 100min}), 0u);
}

}  // namespace
}  // namespace weir::app
