#include "api/query/parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/query/filter.hpp"

namespace weir::query {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

using Given = std::vector<net::Parameter>;

std::string detail_of(const Parameters& parameters) {
  const auto finished = parameters.finish();
  if (finished) return "";
  EXPECT_EQ(finished.error().code, Code::bad_query);
  return finished.error().detail;
}

TEST(Parameters, TakesWhatIsKnown) {
  Parameters parameters(Given{{"limit", "7"}, {"activity", "a"}, {"activity", "b"}, {"attr.kind", "x"}, {"q", ""}});
  EXPECT_EQ(parameters.number("limit", 1, 10), 7u);
  EXPECT_THAT(parameters.all("activity"), ElementsAre("a", "b"));
  EXPECT_THAT(parameters.with_prefix("attr."), ElementsAre(Pair("kind", "x")));
  EXPECT_EQ(parameters.one("q"), "");
  EXPECT_EQ(parameters.one("absent"), std::nullopt);
  EXPECT_EQ(detail_of(parameters), "");
}

TEST(Parameters, RefusesWhatNobodyTookWithoutRepeatingIt) {
  EXPECT_THAT(detail_of(Parameters(Given{{"secret", "x"}})), Not(HasSubstr("secret")));
  EXPECT_NE(detail_of(Parameters(Given{{"secret", "x"}})), "");
}

TEST(Parameters, TellsAllFaultsAtOnce) {
  Parameters parameters(Given{{"limit", "-1"}, {"format", "a"}, {"format", "b"}, {"other", ""}});
  EXPECT_EQ(parameters.number("limit", 1, 10), std::nullopt);
  parameters.one("format");
  EXPECT_EQ(detail_of(parameters),
            "`limit` must be a whole number from 1 to 10; `format` may stand once; a parameter is unknown here");
}

TEST(Parameters, NumbersAreWholeAndInRange) {
  for (const char* wrong : {"", "0", "11", "1.0", " 1", "1 ", "+1", "0x1", "99999999999999999999"}) {
    Parameters parameters(Given{{"limit", wrong}});
    EXPECT_EQ(parameters.number("limit", 1, 10), std::nullopt) << wrong;
    EXPECT_NE(detail_of(parameters), "") << wrong;
  }
}

TEST(Filter, ReadsTimesInBothForms) {
  Parameters parameters(Given{{"from", "2026-01-01T00:00:00Z"}, {"to", "1767225600001"}, {"window", "started"}});
  const feed::Filter filter = take_filter(parameters);
  EXPECT_EQ(detail_of(parameters), "");
  EXPECT_EQ(filter.from, 1'767'225'600'000'000);
  EXPECT_EQ(filter.to, 1'767'225'600'001'000);
  EXPECT_EQ(filter.window, feed::Window::started);
}

TEST(Filter, RefusesWhatCannotBe) {
  const std::vector<net::Parameter> wrong{{"from", "yesterday"},
                                          {"to", "2026-01-01T00:00:00"},
                                          {"window", "all"},
                                          {"variant", "xyz"},
                                          {"lifecycle", "start"}};
  for (const net::Parameter& parameter : wrong) {
    Parameters parameters(Given{parameter});
    take_filter(parameters);
    EXPECT_THAT(detail_of(parameters), HasSubstr('`' + parameter.name + '`'));
  }
}

}  // namespace
}  // namespace weir::query
