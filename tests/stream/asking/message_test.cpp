// Only who has the cluster's key can ask or answer, and nobody can change what was said.
#include "stream/asking/message.hpp"

#include <gtest/gtest.h>

#include "stream/asking/freshness.hpp"
#include "tests/stream/asking/in_process.hpp"

namespace weir::asking {
namespace {

Question some_question() {
  Question question;
  question.to = "10.0.0.1:8080";
  question.asked = from_micros(1'767'225'600'000'000);
  question.nonce = {3, 4};
  question.workspace = "acme";
  question.shard = 11;
  question.pin = Hash128{5, 6};
  question.includes = 1'000;
  question.let_go = {{7, 8}, {9, 10}};
  question.wanted = Range{std::string{"a\0b", 3}, "c", true};
  question.bytes_max = 4'096;
  return question;
}

Answer some_answer() {
  Answer answer;
  answer.nonce = {3, 4};
  answer.pin = {5, 6};
  answer.lag = 12;
  answer.values = {"one", std::nullopt, ""};
  answer.rows = {{"k", "v"}, {"", std::string{"\0", 1}}};
  answer.more = true;
  return answer;
}

TEST(Locks, QuestionsAreReadAsTheyWereAsked) {
  const Locks locks{some_key(1)};
  const Question asked = some_question();
  const auto heard = locks.unlock_question(locks.lock_up(asked));
  ASSERT_TRUE(heard.ok());
  EXPECT_EQ(heard->to, asked.to);
  EXPECT_EQ(heard->asked, asked.asked);
  EXPECT_EQ(heard->nonce, asked.nonce);
  EXPECT_EQ(heard->workspace, asked.workspace);
  EXPECT_EQ(heard->shard, asked.shard);
  EXPECT_EQ(heard->pin, asked.pin);
  EXPECT_EQ(heard->includes, asked.includes);
  EXPECT_EQ(heard->let_go, asked.let_go);
  EXPECT_EQ(heard->bytes_max, asked.bytes_max);
  EXPECT_EQ(std::get<Range>(heard->wanted).from, std::get<Range>(asked.wanted).from);
  EXPECT_EQ(std::get<Range>(heard->wanted).to, "c");
  EXPECT_TRUE(std::get<Range>(heard->wanted).backwards);
  Question keys = some_question();
  keys.pin.reset();
  keys.wanted = Keys{{"a", "", std::string(300, 'x')}};
  const auto heard_keys = locks.unlock_question(locks.lock_up(keys));
  EXPECT_EQ(std::get<Keys>(heard_keys->wanted).keys, std::get<Keys>(keys.wanted).keys);
  EXPECT_FALSE(heard_keys->pin);
}

TEST(Locks, AnswersAreReadAsTheyWereGiven) {
  const Locks locks{some_key(1)};
  const auto heard = locks.unlock_answer(locks.lock_up(some_answer()));
  ASSERT_TRUE(heard.ok());
  EXPECT_EQ(heard->nonce, some_answer().nonce);
  EXPECT_FALSE(heard->refused);
  EXPECT_EQ(heard->pin, some_answer().pin);
  EXPECT_EQ(heard->lag, 12u);
  EXPECT_EQ(heard->values, some_answer().values);
  EXPECT_EQ(heard->rows, some_answer().rows);
  EXPECT_TRUE(heard->more);
  Answer refused;
  refused.refused = Error{Code::not_caught_up, "not yet"};
  EXPECT_EQ(locks.unlock_answer(locks.lock_up(refused))->refused, refused.refused);
}

TEST(Locks, NothingIsTakenThatWasChangedCutOrMadeByOthers) {
  const Locks locks{some_key(1)}, others{some_key(2)};
  const std::string question = locks.lock_up(some_question()), answer = locks.lock_up(some_answer());
  for (std::size_t at = 0; at < question.size(); ++at) {
    std::string changed = question;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(locks.unlock_question(changed).error().code, Code::invalid_token);
    EXPECT_EQ(locks.unlock_question(question.substr(0, at)).error().code, Code::invalid_token);
  }
  for (std::size_t at = 0; at < answer.size(); ++at) {
    std::string changed = answer;
    changed[at] = static_cast<char>(changed[at] ^ 0x80);
    EXPECT_EQ(locks.unlock_answer(changed).error().code, Code::invalid_token);
  }
  EXPECT_EQ(others.unlock_question(question).error().code, Code::invalid_token);
  EXPECT_EQ(others.unlock_answer(answer).error().code, Code::invalid_token);
  EXPECT_EQ(locks.unlock_answer(question).error().code, Code::invalid_token) << "a question is no answer";
  EXPECT_EQ(locks.unlock_question(answer).error().code, Code::invalid_token) << "an answer is no question";
}

TEST(Freshness, AQuestionCountsOnce) {
  ManualClock clock;
  Freshness freshness{clock};
  const Time asked = clock.now();
  EXPECT_TRUE(freshness.take(asked, {1, 1}).ok());
  for (int seconds = 0; seconds < 200; ++seconds) {
    EXPECT_EQ(freshness.take(asked, {1, 1}).error().code, Code::invalid_token) << seconds;
    clock.advance(std::chrono::seconds{1});
  }
  EXPECT_TRUE(freshness.take(clock.now(), {1, 2}).ok());
}

TEST(Freshness, AQuestionOfAClockAheadIsRememberedAsLongAsItWouldCount) {
  for (int before = 0; before < 130; ++before) {  // whenever in the life of a generation it comes
    ManualClock clock;
    Freshness freshness{clock};
    EXPECT_TRUE(freshness.take(clock.now(), {9, 9}).ok());
    clock.advance(std::chrono::seconds{before});
    const Time ahead = clock.now() + Freshness::skew_max;
    ASSERT_TRUE(freshness.take(ahead, {2, 2}).ok());
    for (int seconds = 0; seconds < 65; ++seconds) {
      clock.advance(std::chrono::seconds{1});
      ASSERT_EQ(freshness.take(ahead, {2, 2}).error().code, Code::invalid_token) << before << " + " << seconds;
      EXPECT_TRUE(freshness.take(clock.now(), {3, static_cast<std::uint64_t>(seconds)}).ok());
    }
  }
}

TEST(Freshness, ClocksThatAreApartAreTold) {
  ManualClock clock;
  Freshness freshness{clock};
  const auto over = Freshness::skew_max + std::chrono::seconds{1};
  EXPECT_EQ(freshness.take(clock.now() - over, {1, 1}).error().code, Code::invalid_token);
  EXPECT_EQ(freshness.take(clock.now() + over, {1, 2}).error().code, Code::invalid_token);
  EXPECT_TRUE(freshness.take(clock.now() + Freshness::skew_max, {1, 3}).ok());
}

TEST(Freshness, ItsMemoryIsBounded) {
  ManualClock clock;
  Freshness freshness{clock, 10};
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(freshness.take(clock.now(), {1, i}).ok());
  EXPECT_EQ(freshness.take(clock.now(), {1, 10}).error().code, Code::overloaded);
  clock.advance(3 * Freshness::skew_max);
  EXPECT_TRUE(freshness.take(clock.now(), {1, 11}).ok());
}

}  // namespace
}  // namespace weir::asking
