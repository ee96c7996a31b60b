#include "api/app/demo_record.hpp"

#include <gtest/gtest.h>

namespace weir::app {
namespace {

DemoRecord record() {
  DemoRecord one;
  one.file = "log.xes";
  one.file_bytes = 70'000;
  one.seed = 3;
  one.origin = from_micros(-1);
  one.speeds = {{from_micros(5), 100}, {from_micros(1'700'000'000'000'000), 2'000}};
  one.posted = 1'000'000;
  one.played = std::chrono::minutes{3};
  return one;
}

TEST(DemoRecord, IsReadAsItWasWritten) { EXPECT_EQ(*decode_demo_record(encode(record())), record()); }

TEST(DemoRecord, IsRefusedWhenCutOrLonger) {
  const std::string bytes = encode(record());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode_demo_record(bytes.substr(0, size)).error().code, Code::state_format) << size;
  }
  EXPECT_EQ(decode_demo_record(bytes + 'x').error().code, Code::state_format);
}

TEST(DemoRecord, TellsOneStoryFromAnother) {
  DemoRecord other = record();
  other.posted = 0;
  other.origin += std::chrono::hours{1};
  EXPECT_TRUE(record().same_story(other));
  other.seed = 4;
  EXPECT_FALSE(record().same_story(other));
}

}  // namespace
}  // namespace weir::app
