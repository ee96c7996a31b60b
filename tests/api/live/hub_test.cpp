#include "api/live/hub.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "tests/api/live/live_client.hpp"
#include "tests/api/live/live_node.hpp"

namespace weir::live {
namespace {

using std::chrono::milliseconds;

const std::vector<std::pair<Channel, std::string>> asked{{Channel::map, R"(,"process":"p")"},
                                                         {Channel::map, R"(,"process":"p","filter":{"activity":"a"})"},
                                                         {Channel::kpis, R"(,"process":"p")"},
                                                         {Channel::variants, R"(,"process":"p")"},
                                                         {Channel::cases, R"(,"process":"p")"}};

void subscribe_to_all(LiveClient& client) {
  for (Ref ref = 0; ref < asked.size(); ++ref) client.subscribe(ref, asked[ref].first, asked[ref].second);
}

bool holds_the_answers(LiveClient& client, const LiveNode& node) {
  client.read_all();
  for (auto& [ref, held] : client.held()) {
    HeldAnswer fresh{held.channel};
    Question question;
    question.workspace = "w";
    question.process = "p";
    question.channel = held.channel;
    if (ref == 1) question.filter.activities = {"a"};
    fresh.take_whole(node.answer(question));
    if (held.answer.text() != fresh.text()) return false;
  }
  return true;
}

TEST(Hub, ServesWhileShardsCommitAndClientsComeAndGo) {
  LiveNode node{2};
  node.hub().start();
  LiveClient steady{node.hub()};
  subscribe_to_all(steady);
  std::atomic<bool> done{false};
  std::thread visitors{[&] {
    while (!done) {
      LiveClient visitor{node.hub()};
      subscribe_to_all(visitor);
      for (int i = 0; i < 5; ++i) visitor.read(500);
    }
  }};
  // The hub's threads take what they can; on a quiet machine the commits are far ahead of them.
  for (int i = 0; i < 300 || (steady.deltas <= 10 && i < 20'000); ++i) {
    if (i >= 300) std::this_thread::sleep_for(milliseconds{1});
    Event event;
    event.process = "p";
    event.case_id = "c" + std::to_string(i % 17);
    event.activity = std::string(1, static_cast<char>('a' + i % 5));
    event.timestamp = from_micros(1'700'000'000'000'000 + i);
    event.id = std::to_string(i);
    event.source = "s";
    node.append(event);
    node.commit(static_cast<std::uint32_t>(i % 2));
    node.clock().advance(milliseconds{30});
    steady.read(2'000);
  }
  done = true;
  visitors.join();
  node.settle();
  bool equal = false;
  for (int i = 0; i < 500 && !equal; ++i) {
    node.clock().advance(milliseconds{300});
    std::this_thread::sleep_for(milliseconds{10});
    equal = holds_the_answers(steady, node);
  }
  EXPECT_TRUE(equal);
  EXPECT_GT(steady.deltas, 10);
}

/// Notes who was told of something, in the order of it.
class Told final : public net::WebSocket {
 public:
  Told(std::vector<std::string>& order, std::string name) : order_(order), name_(std::move(name)) {}
  void wake() override { order_.push_back(name_); }
  void close(net::WebSocketClose) override {}

 private:
  std::vector<std::string>& order_;
  const std::string name_;
};

TEST(Hub, AWorkspaceThatFollowsManyViewsHoldsAnotherUpByOneOfThem) {
  LiveNode node{1};
  std::vector<std::string> order;
  std::vector<Hub::Subscription> subscriptions;
  const auto follow = [&](const std::string& workspace, const std::string& process) {
    Question question;
    question.workspace = workspace;
    question.process = process;
    auto subscribed = node.hub().subscribe(question, std::make_shared<Told>(order, workspace));
    ASSERT_TRUE(subscribed);
    subscriptions.push_back(std::move(*subscribed));
  };
  for (int i = 0; i < 40; ++i) follow("flood", "p" + std::to_string(i));
  node.clock().advance(milliseconds{1});
  follow("calm", "p");
  follow("quiet", "p");
  node.clock().advance(milliseconds{1});
  node.hub().run_due(Hub::Lane::slow);
  ASSERT_EQ(order.size(), 42U);
  EXPECT_LT(std::find(order.begin(), order.end(), "calm") - order.begin(), 3);
  EXPECT_LT(std::find(order.begin(), order.end(), "quiet") - order.begin(), 3);
}

}  // namespace
}  // namespace weir::live
