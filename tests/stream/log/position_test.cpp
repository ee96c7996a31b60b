#include "stream/log/position.hpp"

#include <gtest/gtest.h>

namespace weir::log {
namespace {

TEST(Position, TokenIsReadBack) {
  for (const Position& position : {Position{}, Position{{{0, 1}}}, Position{{{3, 17}, {5, 9}}},
                                   Position{{{0, 18446744073709551615u}, {4294967295u, 1}}}}) {
    const auto parsed = parse_token(to_token(position));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, position);
  }
  EXPECT_EQ(to_token(Position{{{3, 17}, {5, 9}}}), "3-17.5-9");
}

TEST(Position, RefusesWhatWasNotGivenOut) {
  for (const char* token : {"", "x", "3", "3-", "-17", "3-17.", ".3-17", "3-17.3-18", "5-9.3-17", "03-17", "3-017",
                            "+3-17", "3-17 ", "3-17,5-9", "4294967296-1", "3-18446744073709551616", "0.0", "3--1"}) {
    const auto parsed = parse_token(token);
    ASSERT_FALSE(parsed) << token;
    EXPECT_EQ(parsed.error().code, Code::bad_query);
  }
}

TEST(Position, IncludesTheGreaterOfEachPartition) {
  Position position{{{3, 17}, {5, 9}}};
  position.include(Position{{{1, 2}, {3, 16}, {5, 10}, {7, 1}}});
  EXPECT_EQ(position, (Position{{{1, 2}, {3, 17}, {5, 10}, {7, 1}}}));
}

}  // namespace
}  // namespace weir::log
