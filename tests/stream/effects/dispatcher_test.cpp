#include "stream/effects/dispatcher.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stream/effects/schedule.hpp"
#include "tests/stream/effects/simulated_receivers.hpp"
#include "tests/support/rsa_test_key.hpp"

namespace weir::effects {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DispatcherTest : public ::testing::Test, protected SimulatedDelivery {
 protected:
  std::vector<std::string> ids_received() const {
    std::vector<std::string> ids;
    for (const auto& one : receivers->received) ids.push_back(one.id);
    return ids;
  }
  Clock::Steady received_at(std::size_t i) const { return receivers->received.at(i).at; }
  void answers(unsigned status, std::vector<http::Header> headers = {}) {
    receivers->reply = [=](const http::Call&) { return Reply{answer(status, "", headers), {}}; };
  }
};

TEST_F(DispatcherTest, DeliversEachEffectOnceAndSettlesIt) {
  add_target("a");
  for (int i = 0; i < 20; ++i) put("a", "e" + std::to_string(i));
  run_for(1s);
  EXPECT_THAT(receivers->received, SizeIs(20));
  EXPECT_EQ(outbox.waiting(), 0u);
  const auto settled = outbox.settled();
  ASSERT_THAT(settled, SizeIs(20));
  EXPECT_EQ(settled[0].ending.outcome, Outcome::delivered);
  EXPECT_EQ(settled[0].ending.record.number, 1u);
  EXPECT_EQ(settled[0].ending.record.status, 200u);
  EXPECT_EQ(figures().delivered, 20u);
  EXPECT_EQ(figures().in_hand, 0u);
  EXPECT_EQ(figures().bytes_in_hand, 0u);
}

Target a_topic() {
  KafkaTopic topic;
  topic.access.brokers = "kafka.example:9092";
  topic.topic = "alerts";
  return {std::move(topic), {}};
}

TEST_F(DispatcherTest, PublishesToATopicUnderTheKeyWithItsIdAndTriesAgain) {
  targets.put({"w", "a"}, a_topic());
  int asked = 0;
  topics.answer = [&]() -> Result<void> {
    if (++asked == 1) return Error{Code::log_unreachable, "away"};
    return {};
  };
  put("a", "e");
  run_for(1h);
  ASSERT_THAT(topics.received, SizeIs(2));
  const auto& [brokers, record] = topics.received.back();
  EXPECT_EQ(brokers, "kafka.example:9092");
  EXPECT_EQ(record.topic, "alerts");
  EXPECT_EQ(record.headers.front(), (std::pair<std::string, std::string>{"id", "e"}));
  EXPECT_THAT(record.value, testing::HasSubstr("\"key\":\"" + record.key + '"'));
  EXPECT_THAT(receivers->received, IsEmpty());
  const auto settled = outbox.settled();
  ASSERT_THAT(settled, SizeIs(1));
  EXPECT_EQ(settled[0].ending.outcome, Outcome::delivered);
  EXPECT_EQ(settled[0].ending.record.number, 2u);
  EXPECT_EQ(figures().failed, 1u);
}

TEST_F(DispatcherTest, ARecordThatIsTooLargeIsRefused) {
  targets.put({"w", "a"}, a_topic());
  topics.answer = [] { return Result<void>{Error{Code::body_too_large, "too large"}}; };
  put("a", "e");
  run_for(1h);
  ASSERT_THAT(topics.received, SizeIs(1));
  EXPECT_EQ(outbox.settled().back().ending.outcome, Outcome::refused);
}

TEST_F(DispatcherTest, SendsNothingBeforeItIsDurableThatItWill) {
  add_target("a");
  outbox.hold_answers();
  put("a", "e");
  run_for(1h);
  EXPECT_THAT(receivers->received, IsEmpty());
  outbox.release();
  run_for(1s);
  EXPECT_THAT(ids_received(), ElementsAre("e"));
}

TEST_F(DispatcherTest, SendsNothingThatIsNotThereAnyMore) {
  add_target("a");
  answers(500);
  put("a", "e");
  run_for(1s);
  outbox.remove("e");
  run_for(100h);
  EXPECT_THAT(receivers->received, SizeIs(1));
}

TEST_F(DispatcherTest, SendsNothingThatGoesAwayJustBefore) {
  add_target("a");
  outbox.on_begin = [&] { outbox.remove("e"); };
  put("a", "e");
  run_for(1h);
  EXPECT_THAT(receivers->received, IsEmpty());
  EXPECT_EQ(figures().outbox_errors, 0u);
}

TEST_F(DispatcherTest, LetsNoResolveOvertakeItsTrigger) {
  add_target("a");
  answers(500);
  put("a", "trigger", "k");
  put("a", "resolve", "k");
  put("a", "other", "l");
  run_for(1s);
  EXPECT_THAT(ids_received(), testing::UnorderedElementsAre("trigger", "other"));
  answers(200);
  run_for(10min);
  auto ids = ids_received();
  std::erase(ids, "other");
  EXPECT_THAT(ids, ElementsAre("trigger", "trigger", "resolve"));
  EXPECT_EQ(outbox.waiting(), 0u);
}

TEST_F(DispatcherTest, TriesForThreeDaysThenGivesUp) {
  add_target("a");
  answers(500);
  put("a", "e");
  const auto begin = clock.steady();
  run_for(120h);
  ASSERT_THAT(receivers->received, SizeIs(attempts_max));
  EXPECT_LT(received_at(1) - begin, 6s);
  const auto span = std::chrono::duration<double, std::ratio<3600>>(received_at(9) - begin).count();
  EXPECT_NEAR(span, 75.6, 7.6);
  EXPECT_EQ(outbox.settled().at(0).ending.outcome, Outcome::given_up);
  EXPECT_EQ(outbox.settled().at(0).ending.record.number, attempts_max);
  EXPECT_EQ(figures().failed, attempts_max);
}

TEST_F(DispatcherTest, GoesOnAfterARestartWhereItWas) {
  add_target("a");
  answers(500);
  put("a", "e");
  run_for(10min);
  ASSERT_THAT(receivers->received, SizeIs(3));
  const auto due = outbox.progress("e").due;
  restart();
  answers(500);
  run_for(std::chrono::duration_cast<Clock::Steady>(due - clock.now()) - 1s);
  EXPECT_THAT(receivers->received, IsEmpty());
  run_for(2s);
  EXPECT_THAT(receivers->received, SizeIs(1));
  EXPECT_EQ(outbox.endings().back().ending.record.number, 4u);
}

TEST_F(DispatcherTest, RepeatsUnderTheSameIdWhatWasUnderWayAtACrash) {
  add_target("a");
  receivers->reply = [](const http::Call&) { return hangs(); };
  put("a", "e");
  run_for(1s);
  restart();
  run_for(1s);
  EXPECT_THAT(ids_received(), ElementsAre("e"));
  EXPECT_EQ(outbox.settled().at(0).ending.record.number, 2u);  // the first was counted before it was made
}

TEST_F(DispatcherTest, WaitsAsLongAsItIsAskedTo) {
  add_target("a");
  answers(429, {{"retry-after", "120"}});
  for (int i = 0; i < 30; ++i) put("a", "e" + std::to_string(i));
  run_for(119s);
  EXPECT_LE(receivers->received.size(), options.at_once_per_target);
  EXPECT_EQ(figures().targets_held, 1u);
  answers(200);
  run_for(20s);
  EXPECT_EQ(outbox.waiting(), 0u);
  EXPECT_EQ(figures().targets_held, 0u);
}

TEST_F(DispatcherTest, DisablesATargetThatIsGone) {
  add_target("a");
  answers(410);
  for (int i = 0; i < 100; ++i) put("a", "e" + std::to_string(i));
  run_for(1s);
  EXPECT_LE(receivers->received.size(), options.at_once_per_target);
  EXPECT_EQ(outbox.waiting(), 0u);
  EXPECT_EQ(figures().refused, 100u);
  EXPECT_EQ(outbox.settled().back().ending.record.detail, "the target is disabled");
  add_target("a");  // another version
  answers(200);
  put("a", "later");
  run_for(1s);
  EXPECT_EQ(figures().delivered, 1u);
}

TEST_F(DispatcherTest, RefusesWhatHasNoTarget) {
  put("nobody", "e");
  run_for(1s);
  EXPECT_THAT(receivers->received, IsEmpty());
  EXPECT_EQ(outbox.settled().at(0).ending.outcome, Outcome::refused);
  EXPECT_EQ(outbox.settled().at(0).ending.record.detail, "there is no target of this name");
}

// F24: whoever hangs, others are told in time.
TEST_F(DispatcherTest, LetsTargetsThatHangHoldUpNobody) {
  add_target("good");
  for (int t = 0; t < 60; ++t) {
    const std::string name = "bad" + std::to_string(t);
    add_target(name);
    for (int i = 0; i < 50; ++i) put(name, name + "-" + std::to_string(i));
  }
  receivers->reply = [](const http::Call& call) {
    return call.url == "https://good.example/" ? Reply{answer(200), 50ms} : hangs();
  };
  run_for(11s);  // the first that hang are known by then
  for (int minute = 0; minute < 10; ++minute) {
    for (int i = 0; i < 100; ++i) put("good", "g" + std::to_string(minute) + "-" + std::to_string(i));
    run_for(2s);
    EXPECT_EQ(receivers->count("https://good.example/"), 100u * static_cast<unsigned>(minute + 1));
    run_for(58s);
  }
  EXPECT_EQ(receivers->at_once_max, options.at_once_max);
  EXPECT_LE(receivers->at_once_of_one_max, options.at_once_per_target);
}

TEST_F(DispatcherTest, LeavesADeadTargetAloneAndComesBackToIt) {
  add_target("a");
  receivers->reply = [](const http::Call&) { return Reply{failure(http::Failure::unreachable), {}}; };
  for (int i = 0; i < 1000; ++i) put("a", "e" + std::to_string(i));
  run_for(1h);
  EXPECT_LE(receivers->received.size(), 25u);  // not 3,000
  EXPECT_EQ(figures().targets_held, 1u);
  answers(200);
  run_for(11min);
  EXPECT_GE(figures().delivered, 980u);  // what was tried waits for its own time
  run_for(3h);
  EXPECT_EQ(outbox.waiting(), 0u);
}

TEST_F(DispatcherTest, GivesUpWhatGrewOldBehindADeadTarget) {
  add_target("a");
  receivers->reply = [](const http::Call&) { return Reply{failure(http::Failure::unreachable), {}}; };
  for (int i = 0; i < 2000; ++i) put("a", "e" + std::to_string(i));
  run_for(std::chrono::hours{85});
  EXPECT_EQ(outbox.waiting(), 0u);
  EXPECT_EQ(figures().given_up, 2000u);
  EXPECT_LT(receivers->received.size(), 700u);
}

TEST_F(DispatcherTest, IsNotMovedByJumpsOfTheWallClock) {
  add_target("a");
  answers(500);
  for (int i = 0; i < 4; ++i) put("a", "e" + std::to_string(i));
  run_for(10min);
  const std::size_t before = receivers->received.size();
  for (const auto years : {10, -20}) {
    clock.set_wall(clock.now() + std::chrono::hours{24 * 365 * years});
    run_for(1min);
    EXPECT_EQ(receivers->received.size(), before) << years;
  }
  run_for(40min);
  EXPECT_EQ(receivers->received.size(), before + 4);
  EXPECT_EQ(figures().given_up, 0u);
}

TEST_F(DispatcherTest, SendsAtOnceWhatAWrongWallClockDates) {
  add_target("a");
  for (const auto years : {10, -20}) {
    clock.set_wall(clock.now() + std::chrono::hours{24 * 365 * years});
    put("a", "e" + std::to_string(years + 20));
    run_for(1s);
  }
  EXPECT_THAT(ids_received(), ElementsAre("e30", "e0"));
}

TEST_F(DispatcherTest, WaitsNoLongerThanItWouldHaveWhereTheClockWasSetBackMeanwhile) {
  add_target("a");
  answers(500);
  put("a", "e");
  run_for(1min);
  clock.set_wall(clock.now() - std::chrono::hours{24 * 365});
  restart();
  run_for(6min);
  EXPECT_THAT(receivers->received, SizeIs(1));
  EXPECT_EQ(figures().redated, 1u);
  EXPECT_EQ(outbox.settled().at(0).ending.outcome, Outcome::delivered);
}

TEST_F(DispatcherTest, TriesAgainWhatTheOutboxCouldNotDo) {
  add_target("a");
  outbox.fail(3);  // targets, due, begin
  put("a", "e");
  run_for(10s);
  EXPECT_EQ(figures().outbox_errors, 3u);
  EXPECT_THAT(ids_received(), ElementsAre("e"));
}

TEST_F(DispatcherTest, HoldsNoMoreInHandThanItMay) {
  options.bytes_max = 100'000;
  restart();
  add_target("a");
  receivers->reply = [](const http::Call&) { return Reply{answer(200), 1s}; };
  for (int i = 0; i < 20; ++i) {
    Effect effect = an_effect();
    effect.workspace = "w";
    effect.target = "a";
    effect.id = effect.key = "e" + std::to_string(i);
    effect.summary = std::string(60'000, 's');
    outbox.put(effect, clock.now());
  }
  dispatcher->inbox().wake_all();
  run_for(100ms);
  EXPECT_EQ(figures().in_hand, 2u);
  run_for(20s);
  EXPECT_EQ(figures().delivered, 20u);
}

TEST_F(DispatcherTest, BeginsNothingOnceItIsClosed) {
  add_target("a");
  outbox.hold_answers();
  put("a", "e");
  run_for(1s);
  dispatcher->close();
  outbox.release();
  put("a", "f");
  run_for(1min);
  EXPECT_THAT(receivers->received, IsEmpty());
  EXPECT_TRUE(dispatcher->idle());
}

TEST_F(DispatcherTest, SignsInToSalesforceOnce) {
  targets.put({"w", "crm"}, Target{SalesforceCase{"https://login.example",
                                                  "https://login.example",
                                                  "c",
                                                  "u",
                                                  *crypto::RsaKey::read(rsa_test_key),
                                                  "v62.0",
                                                  "Key__c",
                                                  {}},
                                   {}});
  int sign_ins = 0;
  receivers->reply = [&](const http::Call& call) {
    if (call.method == "PATCH") return Reply{answer(204), {}};
    ++sign_ins;
    return Reply{answer(200, R"({"access_token":"T","instance_url":"https://org.example"})"), {}};
  };
  for (int i = 0; i < 10; ++i) {
    put("crm", "e" + std::to_string(i));
    run_for(1s);
  }
  EXPECT_EQ(figures().delivered, 10u);
  EXPECT_EQ(sign_ins, 1);
}

// Whatever receivers do, every effect is settled exactly once, in the order of its key, and delivered only if the
// receiver said so.
TEST_F(DispatcherTest, SettlesEverythingOnceWhateverReceiversDo) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SimulatedDelivery world;
    std::mt19937 random(seed);
    std::set<std::string> taken;
    std::map<std::string, std::string> keys;
    const auto script = [&](const http::Call& call) {
      const auto drawn = random() % 10;
      const std::string id{header(call, "webhook-id")};
      const Clock::Steady after = std::chrono::milliseconds{random() % 3000};
      if (drawn < 5) return taken.insert(id), Reply{answer(200), after};
      if (drawn == 5) return taken.insert(id), hangs();  // it took it, and its answer is lost
      if (drawn == 6) return Reply{answer(429, "", {{"retry-after", std::to_string(random() % 100)}}), after};
      if (drawn == 7) return Reply{failure(http::Failure::broken), after};
      return Reply{answer(500), after};
    };
    world.receivers->reply = script;
    for (const char* name : {"a", "b", "c"}) world.add_target(name);
    int made = 0;
    for (int round = 0; round < 30; ++round) {
      for (int i = 0; i < 5; ++i, ++made) {
        const std::string target{"abc"[random() % 3]};
        const std::string id = "e" + std::to_string(made);
        keys[id] = target + std::to_string(random() % 10);
        world.put(target, id, keys[id]);
      }
      world.run_for(std::chrono::seconds{random() % 600});
      if (random() % 5 == 0) {
        world.restart();
        world.receivers->reply = script;
      }
    }
    world.run_for(std::chrono::hours{200});
    std::set<std::string> seen;
    std::map<std::string, int> last_of_key;
    for (const auto& [id, ending] : world.outbox.settled()) {
      int& last = last_of_key[keys.at(id)];
      EXPECT_LE(last, std::stoi(id.substr(1))) << id;
      last = std::stoi(id.substr(1));
      EXPECT_TRUE(seen.insert(id).second) << id;
      EXPECT_TRUE(ending.outcome != Outcome::delivered || taken.contains(id)) << id;
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(made)) << seed;
    EXPECT_EQ(world.outbox.waiting(), 0u);
  }
}

}  // namespace
}  // namespace weir::effects
