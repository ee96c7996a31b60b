// What a keyed topic holds to, on librdkafka's mock cluster and on a real broker.
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "stream/log/kafka/kafka_keyed_topic.hpp"
#include "tests/stream/log/kafka/homes.hpp"
#include "tests/stream/log/kafka/stranger.hpp"
#include "tests/stream/log/kafka/test_broker.hpp"

namespace weir::log {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::chrono::seconds patience{20};

KeyedTopicOptions keyed_options(const std::string& brokers, const std::string& topic) {
  KeyedTopicOptions options;
  options.brokers = brokers;
  options.topic = topic;
  options.partitions = 3;
  options.seal.fill('s');
  return options;
}

/// Appends and waits for the answer.
Result<std::uint64_t> append_to(KeyedTopic& topic, std::uint32_t partition, std::vector<KeyedRecord> records) {
  const auto answer = std::make_shared<std::promise<Result<std::uint64_t>>>();
  const auto queued = topic.append(partition, std::move(records),
                                   [answer](Result<std::uint64_t> last) { answer->set_value(std::move(last)); });
  if (!queued) return queued.error();
  auto told = answer->get_future();
  if (told.wait_for(patience) != std::future_status::ready) return Error{Code::internal, "no answer"};
  return told.get();
}

std::string text_of(const KeyedEntry& entry) {
  return std::to_string(entry.offset) + ' ' + entry.record.key + '=' + entry.record.value.value_or("(none)");
}

/// What a reader finds up to the end, "offset key=value" each.
std::vector<std::string> read_to_end(KeyedReader& reader, std::size_t bytes = 1 << 20) {
  std::vector<std::string> found;
  for (auto waited = std::chrono::milliseconds{0}; waited < patience; waited += std::chrono::milliseconds{2}) {
    const auto piece = reader.take(bytes);
    if (!piece) return {std::string{name_of(piece.error().code)} + ' ' + piece.error().detail};
    for (const KeyedEntry& entry : piece->entries) found.push_back(text_of(entry));
    if (piece->at_end) return found;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  found.emplace_back("never at the end");
  return found;
}

std::unique_ptr<KeyedReader> reader_of(KeyedTopic& topic, std::uint32_t partition) {
  auto reader = topic.read(partition, [] {});
  EXPECT_TRUE(reader.ok());
  return *std::move(reader);
}

/// Where the topic is.
class Place {
 public:
  virtual ~Place() = default;
  virtual std::string fault() const { return {}; }
  virtual Result<std::unique_ptr<KafkaKeyedTopic>> open(const std::string& topic) = 0;
};

class MockPlace final : public Place {
 public:
  MockPlace() : host_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)) {
    cluster_ = rd_kafka_mock_cluster_new(host_, 3);
  }
  ~MockPlace() override {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(host_);
  }
  Result<std::unique_ptr<KafkaKeyedTopic>> open(const std::string& topic) override {
    return KafkaKeyedTopic::open(keyed_options(rd_kafka_mock_cluster_bootstraps(cluster_), topic),
                                 mock_cluster(cluster_));
  }

 private:
  rd_kafka_t* const host_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

class BrokerPlace final : public Place {
 public:
  std::string fault() const override { return TestBroker::get().fault(); }
  Result<std::unique_ptr<KafkaKeyedTopic>> open(const std::string& topic) override {
    return KafkaKeyedTopic::open(keyed_options(TestBroker::get().address(), topic));
  }
};

struct NamedPlace {
  const char* name;
  std::unique_ptr<Place> (*make)();
};
void PrintTo(const NamedPlace& named, std::ostream* out) { *out << named.name; }

class KeyedContract : public ::testing::TestWithParam<NamedPlace> {
 protected:
  void SetUp() override {
    place_ = GetParam().make();
    if (const std::string fault = place_->fault(); !fault.empty()) GTEST_SKIP() << "skipped: " << fault;
    auto opened = place_->open(name_);
    ASSERT_TRUE(opened) << opened.error().detail;
    topic_ = *std::move(opened);
  }

  const std::string name_ = fresh_prefix() + ".views";
  std::unique_ptr<Place> place_;
  std::unique_ptr<KafkaKeyedTopic> topic_;
};

TEST_P(KeyedContract, KeepsTheOrderOfAppendsAndTellsTheLastOffset) {
  EXPECT_EQ(append_to(*topic_, 1, {{"a", "1"}, {"b", ""}}).value(), 1u);
  EXPECT_EQ(append_to(*topic_, 1, {{"a", std::nullopt}}).value(), 2u);
  EXPECT_EQ(append_to(*topic_, 2, {{"a", "other"}}).value(), 0u);
  const auto one = reader_of(*topic_, 1);
  EXPECT_THAT(read_to_end(*one), ElementsAre("0 a=1", "1 b=", "2 a=(none)"));
  EXPECT_THAT(read_to_end(*reader_of(*topic_, 2)), ElementsAre("0 a=other"));
  EXPECT_THAT(read_to_end(*reader_of(*topic_, 0)), IsEmpty());
  EXPECT_EQ(append_to(*topic_, 1, {{"c", "3"}}).value(), 3u);
  for (int i = 0; i < 1'000 && one->take(1)->entries.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
    ASSERT_LT(i, 999) << "nothing arrives";
  }
}

TEST_P(KeyedContract, IsReadByManyAtOnceAndByThoseWhoComeLater) {
  std::vector<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(topic_->append(0, {{"key " + std::to_string(i % 50), std::string(100, 'v')}}, [](auto) {}));
    expected.push_back(std::to_string(i) + " key " + std::to_string(i % 50) + '=' + std::string(100, 'v'));
  }
  ASSERT_TRUE(append_to(*topic_, 0, {{"last", std::nullopt}}));
  expected.emplace_back("500 last=(none)");
  const auto first = reader_of(*topic_, 0), second = reader_of(*topic_, 0);
  EXPECT_EQ(read_to_end(*first, 300), expected);
  EXPECT_EQ(read_to_end(*second), expected);
  auto other = place_->open(name_);
  ASSERT_TRUE(other);
  EXPECT_EQ(read_to_end(*reader_of(**other, 0)), expected);
}

TEST_P(KeyedContract, RingsWhenSomethingArrives) {
  std::atomic<int> rung{0};
  const auto reader = *topic_->read(0, [&] { ++rung; });
  read_to_end(*reader);
  const int before = rung;
  ASSERT_TRUE(append_to(*topic_, 0, {{"a", "1"}}));
  for (int i = 0; i < 1'000 && rung == before; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  EXPECT_GT(rung, before);
}

TEST_P(KeyedContract, TellsWhoWaitsWhenItEnds) {
  std::atomic<int> told{0};
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(topic_->append(0, {{"a", "1"}}, [&](auto) { ++told; }));
  topic_.reset();
  EXPECT_EQ(told, 200);
}

INSTANTIATE_TEST_SUITE_P(On, KeyedContract,
                         ::testing::Values(NamedPlace{"mock", [] { return std::unique_ptr<Place>{new MockPlace}; }},
                                           NamedPlace{"broker",
                                                      [] { return std::unique_ptr<Place>{new BrokerPlace}; }}),
                         [](const auto& tested) { return tested.param.name; });

// ---- on a broker alone ----------------------------------------------------------------------------------------------

class KeyedOnABroker : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TestBroker::get().fault().empty()) GTEST_SKIP() << "skipped: " << TestBroker::get().fault();
  }
  KeyedTopicOptions options() const { return keyed_options(TestBroker::get().address(), name_); }
  const std::string name_ = fresh_prefix() + ".views";
};

TEST_F(KeyedOnABroker, LeavesOutWhatItDidNotSeal) {
  const auto topic = KafkaKeyedTopic::open(options()).value();
  ASSERT_TRUE(append_to(*topic, 0, {{"a", "1"}}));
  auto foreign = options();
  foreign.seal.fill('o');
  ASSERT_TRUE(append_to(**KafkaKeyedTopic::open(foreign), 0, {{"a", "other key"}}));
  ASSERT_TRUE(append_to(*topic, 0, {{"a", "2"}}));
  EXPECT_THAT(read_to_end(*reader_of(*topic, 0)), ElementsAre("0 a=1", "2 a=2"));
  EXPECT_EQ(topic->unsealed(), 1u);
}

TEST_F(KeyedOnABroker, RefusesATopicThatDoesNotFit) {
  auto of_events = kafka_options(TestBroker::get().address(), name_, 3);
  SystemClock clock;
  ASSERT_TRUE((*KafkaLog::open(of_events, clock))->ensure_workspace("acme"));
  auto wrong = options();
  wrong.topic = name_ + ".acme.events";
  const auto not_compacted = KafkaKeyedTopic::open(wrong);
  ASSERT_FALSE(not_compacted);
  EXPECT_EQ(not_compacted.error().code, Code::bad_log_settings);
  EXPECT_THAT(not_compacted.error().detail, HasSubstr("cleanup.policy=delete"));
  ASSERT_TRUE(KafkaKeyedTopic::open(options()));
  auto more = options();
  more.partitions = 4;
  const auto repartitioned = KafkaKeyedTopic::open(more);
  ASSERT_FALSE(repartitioned);
  EXPECT_EQ(repartitioned.error().code, Code::log_repartitioned);
}

}  // namespace
}  // namespace weir::log
