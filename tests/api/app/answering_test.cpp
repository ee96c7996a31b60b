#include "api/app/answering.hpp"

#include <future>

#include <gtest/gtest.h>

#include "api/net/problem.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::app {
namespace {

class Kept final : public net::Respond::Receiver {
 public:
  void receive(net::Response response) override { answer.set_value(std::move(response)); }
  std::promise<net::Response> answer;
};

TEST(Answering, MembersJoinAProblem) {
  const net::Response response = with_members(net::problem({Code::schema, "x"}, "trace", 422), [](JsonWriter& json) {
    json.member("accepted", 3).key("rejected").begin_array().end_array();
  });
  JsonParser parser;
  const auto document = parser.parse(response.body);
  ASSERT_TRUE(document) << response.body;
  EXPECT_EQ(document->find("accepted")->as_int64(), 3);
  EXPECT_TRUE(document->find("code"));
  EXPECT_TRUE(document->find("rejected")->is(JsonKind::array));
}

TEST(Answering, WorkComesBeforeTheAnswer) {
  Workers workers(1, 8);
  const auto kept = std::make_shared<Kept>();
  after_work(net::Respond(kept, "t"), "t", workers,
             [](net::Response& response) { response.status = 201; })(json_answer("{}"));
  EXPECT_EQ(kept->answer.get_future().get().status, 201u);
}

TEST(Answering, WhoForgetsToAnswerIsAnsweredForAndTheWorkIsDone) {
  Workers workers(1, 8);
  const auto kept = std::make_shared<Kept>();
  std::atomic<unsigned> seen = 0;
  {
    const auto respond =
        after_work(net::Respond(kept, "t"), "t", workers, [&](net::Response& response) { seen = response.status; });
  }
  EXPECT_EQ(kept->answer.get_future().get().status, 500u);
  EXPECT_EQ(seen, 500u);
}

}  // namespace
}  // namespace weir::app
