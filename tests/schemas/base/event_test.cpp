#include "schemas/base/event.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(PlainName, IsShortAndOfSmallLettersDigitsDashAndUnderscore) {
  for (const char* name : {"a", "default", "orders-2_x", "0", "-"}) EXPECT_TRUE(is_plain_name(name)) << name;
  EXPECT_TRUE(is_plain_name(std::string(64, 'z')));
  for (const char* name : {"", "A", "a b", "a/b", "..", "\xC3\xA9", "a\n"}) EXPECT_FALSE(is_plain_name(name)) << name;
  EXPECT_FALSE(is_plain_name(std::string(65, 'z')));
  EXPECT_FALSE(is_plain_name(std::string_view("a\0", 2)));
}

TEST(Event, BeganAtItsStartOrItsOnlyTime) {
  Event event;
  event.timestamp = from_micros(5);
  EXPECT_EQ(event.began(), from_micros(5));
  event.start = from_micros(3);
  EXPECT_EQ(event.began(), from_micros(3));
}

}  // namespace
}  // namespace weir
