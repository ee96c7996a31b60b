// The claim: a client that applies only what it was sent holds what a fresh query answers: over random loads, cuts,
// resumes, slow readers and restarts.
#include <random>

#include <gtest/gtest.h>

#include "stream/runtime/control_records.hpp"
#include "tests/api/live/live_client.hpp"
#include "tests/api/live/live_node.hpp"
#include "tests/support/random_records.hpp"

namespace weir::live {
namespace {

struct Asked {
  Channel channel;
  std::string rest;
};

const std::vector<Asked>& asked() {
  static const std::vector<Asked> all{
      {Channel::map, R"(,"process":"p0")"},
      {Channel::map, R"(,"process":"p0","filter":{"activity":"b"})"},
      {Channel::map, R"(,"process":"p0","filter":{"lifecycle":"complete"})"},
      {Channel::map, R"(,"process":"nothing")"},
      {Channel::kpis, R"(,"process":"p0")"},
      {Channel::kpis, R"(,"process":"p0","filter":{"resource":["r0"]})"},
      {Channel::variants, R"(,"process":"p0")"},
      {Channel::variants, R"(,"process":"p0","filter":{"limit":2})"},
      {Channel::variants, R"(,"process":"p0","filter":{"activity":["a","c"],"limit":3})"},
      {Channel::cases, R"(,"process":"p0")"},
      {Channel::cases, R"(,"process":"p0","filter":{"limit":2})"},
      {Channel::cases, R"(,"process":"p0","filter":{"activity":"b","limit":3})"},
      {Channel::uploads, ""},
  };
  return all;
}

Question question_of(const Asked& one) {
  const auto request = read_request(R"({"op":"subscribe","ref":0,"channel":")" + std::string{name_of(one.channel)} +
                                    '"' + one.rest + "}");
  return *live::question_of("w", std::get<Subscribe>(std::get<Request>(request)));
}

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), node_(1 + static_cast<std::uint32_t>(seed % 3), limits()) {
    for (int i = 0; i < 3; ++i) clients_.push_back(std::make_unique<LiveClient>(node_.hub()));
  }

  void step() {
    switch (pick(12)) {
      case 0:
      case 1:
      case 2:
        return load();
      case 3:
        return control();
      case 4:
        return node_.commit(pick_shard());
      case 5:
        return node_.sweep(pick_shard());
      case 6:
        return subscribe();
      case 7:
        client().read(1 + pick(4'000));
        return;
      case 8:
        return run_hub();
      case 9:
        return pick(4) == 0 ? client().reconnect(node_.hub()) : run_hub();
      case 10:
        return pick(10) == 0 ? restart() : run_hub();
      default:
        node_.uploads = R"({"uploads":[{"upload":"u","rows":)" + std::to_string(pick(3)) + "}],\"next\":null}";
    }
  }

  /// Everybody reads all there is, and holds what a query answers now.
  void expect_equal() {
    node_.settle();
    node_.come_to_rest();
    for (auto& one : clients_) {
      one->read_all(1 + pick(10'000));
      for (auto& [ref, held] : one->held()) {
        if (held.ended) one->subscribe(ref, held.channel, held.rest);
      }
      node_.come_to_rest();
      one->read_all();
      for (auto& [ref, held] : one->held()) {
        HeldAnswer fresh{held.channel};
        fresh.take_whole(node_.answer(question_of(Asked{held.channel, held.rest})));
        ASSERT_TRUE(held.begun) << name_of(held.channel) << held.rest;
        ASSERT_EQ(held.answer.text(), fresh.text()) << name_of(held.channel) << held.rest;
      }
      recovered += std::exchange(one->recovered, 0);
      conflated += std::exchange(one->conflated, 0);
      deltas += std::exchange(one->deltas, 0);
    }
  }

  int recovered = 0, conflated = 0, deltas = 0;

 private:
  static HubLimits limits() {
    HubLimits limits;
    limits.topic.recent_bytes_max = 8'000;
    limits.topic.apart_max = 3;
    limits.linger = std::chrono::seconds{20};
    return limits;
  }

  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::uint32_t pick_shard() { return static_cast<std::uint32_t>(pick(node_.shards())); }
  LiveClient& client() { return *clients_[pick(clients_.size())]; }

  void load() {
    for (std::uint64_t left = 1 + pick(10); left > 0; --left) {
      node_.append(records_.event(random_, from_micros(1'700'000'000'000'000)));
    }
  }
  void control() {
    const auto control = records_.control(random_, from_micros(1'700'000'000'000'000));
    std::optional<std::uint32_t> shard;
    if (control.case_id) shard = node_.shard_of(control.process, *control.case_id);
    node_.append(shard, control.record);
  }
  void subscribe() {
    LiveClient& one = client();
    const Ref ref = static_cast<Ref>(pick(asked().size()));
    if (one.held().contains(ref)) return;
    one.subscribe(ref, asked()[ref].channel, asked()[ref].rest);
  }
  void run_hub() {
    node_.hub().run_due(Hub::Lane::quick);
    node_.hub().run_due(Hub::Lane::slow);
    node_.clock().advance(std::chrono::milliseconds{pick(2) == 0 ? 30 : pick(3'000)});
  }
  void restart() {
    for (auto& one : clients_) one->disconnect();
    node_.restart();
    for (auto& one : clients_) one->reconnect(node_.hub());
  }

  std::mt19937_64 random_;
  LiveNode node_;
  support::RandomRecords records_{"w", {}};
  std::vector<std::unique_ptr<LiveClient>> clients_;
};

TEST(EqualSnapshot, HoldsForAnyClient) {
  int recovered = 0, conflated = 0, deltas = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    World world{seed};
    for (int round = 0; round < 8; ++round) {
      for (int i = 0; i < 40; ++i) world.step();
      world.expect_equal();
      ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
    recovered += world.recovered;
    conflated += world.conflated;
    deltas += world.deltas;
  }
  // What was to be tried was tried.
  EXPECT_GT(recovered, 20);
  EXPECT_GT(conflated, 20);
  EXPECT_GT(deltas, 1'000);
}

}  // namespace
}  // namespace weir::live
