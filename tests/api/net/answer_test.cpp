#include <gtest/gtest.h>

#include "api/net/body_budget.hpp"
#include "api/net/connection_census.hpp"
#include "api/net/deadline.hpp"
#include "api/net/problem.hpp"
#include "api/net/response_head.hpp"

namespace weir::net {
namespace {

using namespace std::chrono_literals;

const AnswerContext plain{false, false, true, "0af7651916cd43dd8448eb211c80319c"};

TEST(Problem, SaysWhatWasWrongAndNothingElse) {
  const Response response = problem({Code::bad_query, "The limit is not a \"number\"."}, "abc");
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(
      response.body,
      "{\"type\":\"urn:weir:problem:bad_query\",\"title\":\"A query parameter is unknown or has a wrong value.\","
      "\"status\":400,\"code\":\"bad_query\",\"detail\":\"The limit is not a \\\"number\\\".\",\"trace_id\":\"abc\"}");
}

TEST(Problem, TellsWhenToComeBack) {
  EXPECT_EQ(problem({Code::overloaded, ""}, "").headers, (std::vector<Header>{{"Retry-After", "1"}}));
  EXPECT_EQ(problem({Code::quota_exceeded, ""}, "").headers, (std::vector<Header>{{"Retry-After", "1"}}));
  EXPECT_EQ(problem({Code::invalid_token, ""}, "").headers, (std::vector<Header>{{"WWW-Authenticate", "Bearer"}}));
  EXPECT_TRUE(problem({Code::not_found, ""}, "").headers.empty());
}

TEST(Problem, EveryStatusHasAReason) {
#define WEIR_ERROR(code, status, sentence) EXPECT_NE(reason_of(status), "") << #code;
#include "schemas/base/errors.def"
#undef WEIR_ERROR
}

TEST(ResponseHead, IsWhatGoesOnTheWire) {
  Response response;
  response.status = 202;
  response.content_type = "application/json";
  response.headers = {{"ETag", "\"1\""}};
  response.body = "{}";
  const std::string head = response_head(response, plain, "now");
  const std::string begin =
      "HTTP/1.1 202 Accepted\r\nDate: now\r\nServer: weir\r\nContent-Length: 2\r\nContent-Type: application/json\r\n"
      "traceparent: 00-0af7651916cd43dd8448eb211c80319c-";
  EXPECT_EQ(head.substr(0, begin.size()), begin);
  EXPECT_EQ(head.substr(begin.size() + 16), "-01\r\nETag: \"1\"\r\n\r\n");
}

TEST(ResponseHead, HasNoLengthWhereThereIsNoBody) {
  Response response;
  response.status = 204;
  EXPECT_EQ(body_form_of(response, plain), BodyForm::none);
  EXPECT_EQ(response_head(response, plain, "now").find("Content-Length"), std::string::npos);
}

TEST(HttpDate, FollowsTheClock) {
  HttpDate date;
  EXPECT_EQ(date.at(from_micros(784'111'777'900'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date.at(from_micros(784'111'778'000'000)), "Sun, 06 Nov 1994 08:49:38 GMT");
  EXPECT_EQ(date.at(from_micros(1'709'251'199'000'000)), "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(Deadline, ExpiresWhenItsTimeIsOver) {
  Deadline deadline;
  EXPECT_FALSE(deadline.expired(1h)) << "nothing is expected";
  deadline.begin(Deadline::Doing::reading_head, 10s, 5s);
  deadline.moved(1'000'000, 12s);
  EXPECT_FALSE(deadline.expired(15s - 1ns));
  EXPECT_TRUE(deadline.expired(15s)) << "bytes do not extend it";
}

TEST(Deadline, ATransferLivesOnItsBytes) {
  Deadline deadline;
  deadline.begin_transfer(Deadline::Doing::reading_body, 0s, 5s, 1024);
  deadline.moved(1024, 4s);
  EXPECT_FALSE(deadline.expired(6s - 1ns));
  EXPECT_TRUE(deadline.expired(6s));
  deadline.moved(1 << 30, 6s);
  EXPECT_TRUE(deadline.expired(11s)) << "a burst buys no long silence";
}

TEST(Deadline, OurOwnTimeIsNotTheClients) {
  Deadline deadline;
  deadline.begin_transfer(Deadline::Doing::reading_body, 0s, 5s, 1024);
  deadline.suspend(4s);
  EXPECT_FALSE(deadline.expired(100s));
  deadline.resume(100s);
  EXPECT_FALSE(deadline.expired(101s - 1ns));
  EXPECT_TRUE(deadline.expired(101s));
}

TEST(ConnectionCensus, BoundsAllAndEachAddress) {
  Limits limits;
  limits.connections = 3;
  limits.connections_per_address = 2;
  ConnectionCensus census(limits);
  EXPECT_TRUE(census.enter("a"));
  EXPECT_TRUE(census.enter("a"));
  EXPECT_FALSE(census.enter("a"));
  EXPECT_TRUE(census.enter("b"));
  EXPECT_FALSE(census.enter("c"));
  census.leave("a");
  EXPECT_TRUE(census.enter("c"));
  EXPECT_EQ(census.open(), 3U);
}

TEST(BodyBudget, GivesBackWhatItsSharesHeld) {
  BodyBudget budget(100);
  {
    BodyBudget::Share first(budget, "a");
    BodyBudget::Share second(budget, "b");
    EXPECT_TRUE(first.take(60));
    EXPECT_FALSE(second.take(41));
    EXPECT_TRUE(second.take(40));
    EXPECT_EQ(budget.used(), 100U);
    EXPECT_EQ(budget.refused(), 1U);
  }
  EXPECT_EQ(budget.used(), 0U);
}

TEST(BodyBudget, ManyRequestsOfOneSharerLeaveRoomForAnother) {
  BodyBudget budget(100);
  std::deque<BodyBudget::Share> flood;
  while (flood.emplace_back(budget, "a").take(10)) {
  }
  EXPECT_EQ(budget.used(), 50U);
  BodyBudget::Share other(budget, "b");
  EXPECT_TRUE(other.take(20));
  EXPECT_FALSE(flood.emplace_back(budget, "a").take(10));
  flood.clear();
  EXPECT_EQ(budget.used(), 20U);
  EXPECT_TRUE(other.take(30));
}

}  // namespace
}  // namespace weir::net
