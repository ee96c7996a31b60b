#include "api/live/document.hpp"

#include <gtest/gtest.h>

namespace weir::live {
namespace {

const Shape shape{{{"", "edges", "from", "to"}, {"flow", "hours", "at", ""}}};

std::string edge(const char* from, const char* to, int count) {
  return R"({"from":")" + std::string{from} + R"(","to":")" + to + R"(","count":)" + std::to_string(count) + "}";
}
std::string answer(const std::string& edges, int total, const std::string& hours = "") {
  return R"({"as_of":"t","total":)" + std::to_string(total) + R"(,"edges":[)" + edges + R"(],"flow":{"hours":[)" +
         hours + "]}}";
}

TEST(Document, IsTheAnswerThatItTook) {
  Document document{shape};
  const std::string whole = answer(edge("a", "b", 1) + "," + edge("a", "c", 2), 3, R"({"at":"1","n":1})");
  EXPECT_TRUE(*document.replace(whole, 1));
  EXPECT_EQ(document.whole(), whole);
  EXPECT_FALSE(*document.replace(whole, 2));
  EXPECT_EQ(document.since(1), R"({"as_of":"t"})");
}

TEST(Document, TellsWhatChangedSinceAnyNumber) {
  Document document{shape};
  ASSERT_TRUE(document.replace(answer(edge("a", "b", 1) + "," + edge("a", "c", 2), 3), 1).ok());
  EXPECT_TRUE(*document.replace(answer(edge("a", "b", 5), 5), 2));
  EXPECT_TRUE(*document.update(R"({"as_of":"t","edges":[)" + edge("a", "c", 7) + "]}", {{0, "a", "c"}}, 3));
  EXPECT_EQ(document.since(2), R"({"as_of":"t","edges":{"put":[)" + edge("a", "c", 7) + "]}}");
  EXPECT_EQ(document.since(1),
            R"({"as_of":"t","total":5,"edges":{"put":[)" + edge("a", "b", 5) + "," + edge("a", "c", 7) + "]}}");
  EXPECT_TRUE(*document.update(R"({"as_of":"t","edges":[]})", {{0, "a", "c"}, {0, "x", "y"}}, 4));
  EXPECT_EQ(document.since(3), R"({"as_of":"t","edges":{"remove":[["a","c"]]}})");
}

TEST(Document, TellsOfListsWithinAnObject) {
  Document document{shape};
  ASSERT_TRUE(document.replace(answer("", 0, R"({"at":"1","n":1},{"at":"2","n":1})"), 1).ok());
  EXPECT_TRUE(*document.replace(answer("", 0, R"({"at":"2","n":2})"), 2));
  EXPECT_EQ(document.since(1), R"({"as_of":"t","flow":{"hours":{"put":[{"at":"2","n":2}],"remove":["1"]}}})");
}

TEST(Document, TellsNothingWhereItForgotWhatWent) {
  Document document{shape, 2};
  ASSERT_TRUE(
      document.replace(answer(edge("a", "b", 1) + "," + edge("c", "d", 1) + "," + edge("e", "f", 1), 1), 1).ok());
  ASSERT_TRUE(document.replace(answer(edge("c", "d", 1) + "," + edge("e", "f", 1), 1), 2).ok());
  EXPECT_TRUE(document.since(1));
  ASSERT_TRUE(document.replace(answer("", 1), 3).ok());
  EXPECT_FALSE(document.since(1));
  EXPECT_TRUE(document.since(2));
}

TEST(Document, RefusesAnAnswerOfAnotherShapeAndKeepsWhatItHas) {
  Document document{shape};
  const std::string whole = answer(edge("a", "b", 1), 1);
  ASSERT_TRUE(document.replace(whole, 1).ok());
  for (const char* wrong : {"", "[]", R"({"edges":1})", R"({"edges":[1]})", R"({"edges":[{"from":"a"}]})"}) {
    EXPECT_FALSE(document.replace(wrong, 2).ok()) << wrong;
  }
  EXPECT_EQ(document.whole(), whole);
}

}  // namespace
}  // namespace weir::live
