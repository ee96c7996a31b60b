#include "api/query/cursor.hpp"

#include <gtest/gtest.h>

namespace weir::query {
namespace {

net::RequestHead asking(std::vector<std::string> segments, std::vector<net::Parameter> query) {
  net::RequestHead head;
  head.segments = std::move(segments);
  head.query = std::move(query);
  return head;
}

TEST(Cursor, OpensToTheSamePlace) {
  const crypto::Key key = crypto::random_key();
  const std::string question = question_of("w", asking({"v1", "cases"}, {}));
  for (const std::string& place : {std::string{}, std::string{"42"}, std::string{"a\0\xff", 3}}) {
    const auto opened = open_cursor(key, question, seal_cursor(key, question, place));
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, place);
  }
}

TEST(Cursor, AnyChangedCharacterIsRefused) {
  const crypto::Key key = crypto::random_key();
  const std::string cursor = seal_cursor(key, "q", "case-17");
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(open_cursor(key, "q", changed)) << i;
    EXPECT_FALSE(open_cursor(key, "q", cursor.substr(0, i))) << i;
  }
}

TEST(Cursor, BelongsToOneQuestionAndOneKey) {
  const crypto::Key key = crypto::random_key();
  const auto head = asking({"v1", "cases"}, {{"activity", "a"}, {"limit", "5"}});
  const std::string cursor = seal_cursor(key, question_of("w", head), "1");
  EXPECT_TRUE(open_cursor(key, question_of("w", asking({"v1", "cases"}, {{"limit", "9"}, {"activity", "a"}})), cursor));
  for (const std::string& other : {question_of("x", head), question_of("w", asking({"v1", "cases"}, {})),
                                   question_of("w", asking({"v1", "cases"}, {{"activity", "b"}})),
                                   question_of("w", asking({"v1"}, {{"cases", ""}, {"activity", "a"}})),
                                   question_of("w", asking({"v1", "variants"}, {{"activity", "a"}}))}) {
    const auto opened = open_cursor(key, other, cursor);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::bad_cursor);
  }
  EXPECT_FALSE(open_cursor(crypto::random_key(), question_of("w", head), cursor));
}

}  // namespace
}  // namespace weir::query
