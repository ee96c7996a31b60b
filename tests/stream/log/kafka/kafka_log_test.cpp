// What is Kafka's alone: other producers, topics that change under the log, brokers that fail.
#include "stream/log/kafka/kafka_log.hpp"

#include <future>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "tests/stream/log/kafka/homes.hpp"
#include "tests/stream/log/kafka/stranger.hpp"
#include "tests/stream/log/kafka/test_broker.hpp"

namespace weir::log {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Witness witness_of(std::uint64_t next, std::uint64_t offset, std::string_view value) {
  return {next, offset, hash128(value)};
}

// ---- on a broker ----------------------------------------------------------------------------------------------------

class OnABroker : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TestBroker::get().fault().empty()) GTEST_SKIP() << "skipped: " << TestBroker::get().fault();
    reopen();
    ASSERT_TRUE(log_->ensure_workspace("acme"));
  }

  void reopen() {
    log_.reset();
    auto opened = KafkaLog::open(options(), clock_);
    ASSERT_TRUE(opened) << opened.error().detail;
    log_ = *std::move(opened);
  }
  KafkaOptions options() const { return kafka_options(TestBroker::get().address(), prefix_, 2); }
  std::string topic() const { return prefix_ + ".acme.events"; }

  void append(std::vector<std::string> values) {
    std::vector<Addressed> records;
    for (std::string& value : values) records.push_back({0, {Kind::event, std::move(value)}});
    ASSERT_TRUE(append_to(*log_, "acme", std::move(records)));
  }
  std::vector<std::string> texts(std::uint64_t from, std::uint64_t end) const {
    return texts_of(*log_, "acme", 0, from, end, 1 << 20);
  }
  /// What end_offset() comes to say, once it says something else than `from`.
  Result<std::uint64_t> outcome(std::uint64_t from) const {
    for (int i = 0; i < 2'000; ++i) {
      auto end = log_->end_offset("acme", 0);
      if (!end || *end != from) return end;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return from;
  }
  void expect_refused(std::uint64_t from, Code code, const std::string& why) const {
    const auto end = outcome(from);
    ASSERT_FALSE(end) << *end;
    EXPECT_EQ(name_of(end.error().code), name_of(code));
    EXPECT_THAT(end.error().detail, HasSubstr(why));
  }

  SystemClock clock_;
  const std::string prefix_ = fresh_prefix();
  std::unique_ptr<KafkaLog> log_;
};

TEST_F(OnABroker, WhatOthersWriteIsTheirsAndNoForgeryIsOurs) {
  append({"ours"});
  Stranger stranger(TestBroker::get().address());
  stranger.produce(topic(), 0, "theirs");
  stranger.produce(topic(), 0, "forged", std::string(17, '\x02'));
  stranger.produce(topic(), 0, "short", "x");
  EXPECT_THAT(texts(0, 4), ElementsAre("0:1:ours", "1:254:theirs", "2:255:forged", "3:255:short"));
}

TEST_F(OnABroker, RecordsSealedWithAnotherKeyAreNotOurs) {
  append({"ours"});
  KafkaOptions foreign = options();
  foreign.seal.fill('o');
  const auto other = KafkaLog::open(foreign, clock_).value();
  EXPECT_THAT(texts_of(*other, "acme", 0, 0, 1), ElementsAre("0:255:ours"));
}

TEST_F(OnABroker, ATopicMadeElsewhereIsTakenUpWhileRunning) {
  const auto other = KafkaLog::open(options(), clock_).value();
  ASSERT_TRUE(other->ensure_workspace("beta"));
  for (int i = 0; i < 1'000 && log_->workspaces().size() < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  EXPECT_THAT(log_->workspaces(), ElementsAre("acme", "beta"));
}

TEST_F(OnABroker, GoesOnBehindTheRecordThatItWitnessed) {
  append({"a", "b", "c"});
  reopen();
  log_->resume("acme", 0, witness_of(2, 1, "b"));
  ASSERT_GE(log_->end_offset("acme", 0).value(), 2u);
  ASSERT_TRUE(arrives(*log_, "acme", 0, 3));
  EXPECT_THAT(texts(2, 3), ElementsAre("2:1:c"));
}

TEST_F(OnABroker, RefusesALogWithAnotherRecordInThePlaceOfTheLast) {
  append({"a", "b", "c"});
  reopen();
  log_->resume("acme", 0, witness_of(2, 1, "B"));
  expect_refused(2, Code::log_recreated, "workspace acme, partition 0: the record at offset 1");
}

TEST_F(OnABroker, RefusesALogThatEndsBeforeWhatWasRead) {
  append({"a", "b"});
  reopen();
  log_->resume("acme", 0, witness_of(3, 2, "c"));
  expect_refused(3, Code::log_truncated, "ends at offset 2");
  reopen();
  log_->resume("acme", 0, witness_of(10, 9, "c"));
  expect_refused(10, Code::log_truncated, "ends at offset 2");
}

TEST_F(OnABroker, RefusesATopicThatWasMadeAnew) {
  append({"a", "b"});
  Stranger stranger(TestBroker::get().address());
  stranger.remove_topic(topic());
  reopen();
  ASSERT_TRUE(log_->ensure_workspace("acme"));
  append({"other", "records", "more"});
  reopen();
  log_->resume("acme", 0, witness_of(2, 1, "b"));
  expect_refused(2, Code::log_recreated, "offset 1");
}

TEST_F(OnABroker, RefusesWhatRetentionRemovedBeforeItWasRead) {
  append({"a", "b", "c", "d"});
  Stranger(TestBroker::get().address()).remove_records(topic(), 0, 3);
  reopen();
  log_->resume("acme", 0, witness_of(1, 0, "a"));
  expect_refused(1, Code::log_truncated, "its retention removed what comes next, from 1");
}

TEST_F(OnABroker, GoesOnWhereRetentionRemovedOnlyWhatWasRead) {
  append({"a", "b", "c", "d"});
  Stranger(TestBroker::get().address()).remove_records(topic(), 0, 3);
  reopen();
  log_->resume("acme", 0, witness_of(3, 2, "c"));
  ASSERT_TRUE(arrives(*log_, "acme", 0, 4));
  EXPECT_THAT(texts(3, 4), ElementsAre("3:1:d"));
}

TEST_F(OnABroker, WhoHasReadNothingBeginsWhereTheLogDoes) {
  append({"a", "b", "c", "d"});
  Stranger(TestBroker::get().address()).remove_records(topic(), 0, 2);
  reopen();
  EXPECT_EQ(log_->begin_offset("acme", 0).value(), 2u);
  ASSERT_TRUE(arrives(*log_, "acme", 0, 4));
  EXPECT_THAT(texts(0, 4), ElementsAre("2:1:c", "3:1:d"));
}

TEST_F(OnABroker, RefusesPartitionsThatWereAdded) {
  append({"a"});
  ASSERT_EQ(texts(0, 1).size(), 1u);
  Stranger(TestBroker::get().address()).add_partitions(topic(), 3);
  expect_refused(1, Code::log_repartitioned, "has 3 partitions and there are 2 shards");
}

TEST_F(OnABroker, RefusesATopicThatIsGone) {
  append({"a"});
  ASSERT_EQ(texts(0, 1).size(), 1u);
  Stranger(TestBroker::get().address()).remove_topic(topic());
  expect_refused(1, Code::log_recreated, "is gone");
}

// ---- on the mock cluster --------------------------------------------------------------------------------------------

/// The machine's, and what a process sees of it that stood still.
class InterruptedClock final : public Clock {
 public:
  Time now() const override { return real_.now(); }
  Steady steady() const override { return real_.steady() + stood_still_.load(); }
  bool wall_is_confirmed() const override { return true; }

  void stand_still(Steady by) { stood_still_ = stood_still_.load() + by; }

 private:
  SystemClock real_;
  std::atomic<Steady> stood_still_{};
};

class OnAMock : public ::testing::Test {
 protected:
  static constexpr std::chrono::seconds away_max{4};  // a busy machine keeps threads waiting for a second

  OnAMock() : host_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)) {
    cluster_ = rd_kafka_mock_cluster_new(host_, 3);
  }
  ~OnAMock() override {
    log_.reset();
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(host_);
  }
  void SetUp() override {
    KafkaOptions options = kafka_options(rd_kafka_mock_cluster_bootstraps(cluster_), "mock", 2);
    options.away_max = away_max;
    auto opened = KafkaLog::open(options, clock_, mock_cluster(cluster_));
    ASSERT_TRUE(opened) << opened.error().detail;
    log_ = *std::move(opened);
    ASSERT_TRUE(log_->ensure_workspace("acme"));
    ASSERT_TRUE(append(0));
  }

  Result<Position> append(int number) { return append_to(*log_, "acme", {{0, {Kind::event, std::to_string(number)}}}); }
  /// The numbers that the log holds, which may repeat after a fatal error but never be missing or out of order.
  std::vector<int> numbers(std::uint64_t end) {
    std::vector<int> found;
    for (const std::string& text : texts_of(*log_, "acme", 0, 0, end, 1 << 20)) {
      found.push_back(std::stoi(text.substr(text.rfind(':') + 1)));
    }
    return found;
  }

  InterruptedClock clock_;
  rd_kafka_t* const host_;
  rd_kafka_mock_cluster_t* cluster_;
  std::unique_ptr<KafkaLog> log_;
};

TEST_F(OnAMock, ErrorsOfTheBrokersCostTime) {
  rd_kafka_mock_push_request_errors(cluster_, 0 /* Produce */, 4, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                                    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
  for (int i = 1; i < 20; ++i) ASSERT_TRUE(append(i));
  const auto found = numbers(20);
  ASSERT_EQ(found.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(found[i], i);
}

TEST_F(OnAMock, ADeadProducerIsReplacedAndNothingIsLost) {
  // A time-out and then a sequence out of order is what librdkafka 2.0.2 gives up on (reliability M8).
  rd_kafka_mock_push_request_errors(cluster_, 0, 2, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                                    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  std::vector<std::future<Result<Position>>> answers;
  for (int i = 1; i <= 100; ++i) {
    const auto answer = std::make_shared<std::promise<Result<Position>>>();
    answers.push_back(answer->get_future());
    ASSERT_TRUE(log_->append("acme", {{0, {Kind::event, std::to_string(i)}}},
                             [answer](Result<Position> position) { answer->set_value(std::move(position)); }));
  }
  std::uint64_t end = 0;
  for (auto& answer : answers) end = std::max(end, answer.get().value().parts.front().next);
  EXPECT_GE(log_->producers_replaced(), 1u);
  const auto found = numbers(end);
  std::vector<int> first_times;
  for (const int number : found) {
    if (std::find(first_times.begin(), first_times.end(), number) == first_times.end()) first_times.push_back(number);
  }
  std::vector<int> expected(101);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(first_times, expected);
}

TEST_F(OnAMock, LeadersMayMove) {
  for (int i = 1; i < 30; ++i) {
    rd_kafka_mock_partition_set_leader(cluster_, "mock.acme.events", 0, i % 3 + 1);
    ASSERT_TRUE(append(i));
  }
  const auto found = numbers(30);
  ASSERT_EQ(found.size(), 30u);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(found[i], i);
}

TEST_F(OnAMock, WhileTheBrokersAreAwayAppendsAreRefusedAndThenGoOn) {
  for (int broker = 1; broker <= 3; ++broker) rd_kafka_mock_broker_set_down(cluster_, broker);
  auto kept = std::make_shared<std::promise<Result<Position>>>();
  ASSERT_TRUE(log_->append("acme", {{0, {Kind::event, "1"}}}, [kept](Result<Position> p) { kept->set_value(p); }));
  Result<void> refused;
  for (int i = 0; i < 1'000 && refused; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    if (log_->away_for() > away_max) refused = log_->append("acme", {}, [](const auto&) {});
  }
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::log_unreachable);
  for (int broker = 1; broker <= 3; ++broker) rd_kafka_mock_broker_set_up(cluster_, broker);
  EXPECT_EQ(kept->get_future().get().value(), (Position{{{0, 2}}}));  // what was under way arrives
  Result<Position> again = Error{};
  for (int i = 0; i < 1'000 && !again; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    again = append(2);
  }
  EXPECT_TRUE(again);
  EXPECT_EQ(numbers(3), (std::vector<int>{0, 1, 2}));
}

TEST_F(OnAMock, BrokersDoNotAnswerForTimeInWhichThisProcessStoodStill) {
  for (int i = 1; i < 4; ++i) {  // of each a second may count
    clock_.stand_still(2 * away_max);
    EXPECT_LE(log_->away_for(), away_max);
    ASSERT_TRUE(append(i));
  }
}

TEST_F(OnAMock, AStopAnswersWhatIsUnderWay) {
  for (int broker = 1; broker <= 3; ++broker) rd_kafka_mock_broker_set_down(cluster_, broker);
  auto answer = std::make_shared<std::promise<Result<Position>>>();
  ASSERT_TRUE(log_->append("acme", {{0, {Kind::event, "1"}}}, [answer](Result<Position> p) { answer->set_value(p); }));
  log_->stop(std::chrono::milliseconds{50});
  EXPECT_EQ(answer->get_future().get().error().code, Code::log_unreachable);
  EXPECT_FALSE(log_->append("acme", {}, [](const auto&) {}));
}

TEST(KafkaLogTest, NamesASettingThatLibrdkafkaRefusesAndNotItsValue) {
  SystemClock clock;
  KafkaOptions options = kafka_options("127.0.0.1:1", "x", 1);
  options.settings = {{"sasl.passwort", "secret"}};
  const auto unknown = KafkaLog::open(options, clock);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::bad_log_settings);
  EXPECT_EQ(unknown.error().detail, "librdkafka does not know sasl.passwort");
}

}  // namespace
}  // namespace weir::log
