#include "api/app/sla_file.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace weir::app {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class SlaFileTest : public testing::Test {
 protected:
  ~SlaFileTest() override { std::filesystem::remove(path_); }
  Result<SlaFile> read(std::string_view text) const {
    std::ofstream(path_, std::ios::binary) << text;
    return read_sla_file(path_);
  }

  const std::string path_ = testing::TempDir() + "weir-sla-" + std::to_string(::getpid()) + ".yaml";
};

constexpr std::string_view policy = R"(
    metrics:
      work:
        start: {path: activity, op: eq, value: open}
        stop: {path: activity, op: eq, value: close}
    targets:
      - {name: all, calendar: office, promises: {work: 8h}}
)";

TEST_F(SlaFileTest, ReadsCalendarsAndPoliciesInAnyOrder) {
  const auto file =
      read("policies:\n  support:" + std::string{policy} + "calendars:\n  office: {zone: Europe/Berlin}\n");
  ASSERT_TRUE(file) << file.error().detail;
  EXPECT_TRUE(file->faults.empty());
  ASSERT_EQ(file->judges.size(), 1u);
  EXPECT_EQ(file->judges[0].name, "support");
  EXPECT_EQ(file->judges[0].judge.timeline().newest()->targets[0].calendar, "office");
}

TEST_F(SlaFileTest, TellsEveryFaultWithItsPlace) {
  const auto file = read("calendars:\n  Office: {}\n  o: {zone: Nowhere}\npolicies:\n  support:" + std::string{policy});
  ASSERT_TRUE(file);
  EXPECT_THAT(file->faults,
              ElementsAre(EndsWith("/calendars/Office must be under a name of 1 to 64 of a-z, 0-9, _ and -"),
                          EndsWith("/calendars/o/zone must be the name of an IANA zone"),
                          EndsWith("/policies/support/targets/0/calendar there is no calendar \"office\"")));
  EXPECT_THAT(read("calendars: {}\n")->faults, ElementsAre(EndsWith("holds no policy")));
}

TEST_F(SlaFileTest, IsRefusedWhereItIsNoDocument) {
  EXPECT_THAT(read("a: [\n").error().detail, HasSubstr("line 2"));
  EXPECT_THAT(read_sla_file("/nowhere/sla.yaml").error().detail, EndsWith("cannot be read"));
}

}  // namespace
}  // namespace weir::app
