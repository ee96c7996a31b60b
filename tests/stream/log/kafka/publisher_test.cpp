// Records for topics of others, on librdkafka's mock cluster.
#include <future>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "stream/log/kafka/kafka_publisher.hpp"

namespace weir::log {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

struct Read {
  std::string key, value, id;
};

BrokerAccess access_to(std::string brokers) {
  BrokerAccess access;
  access.brokers = std::move(brokers);
  access.tls = false;
  return access;
}

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() : host_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)) {
    mock_ = rd_kafka_mock_cluster_new(host_, 2);
    rd_kafka_mock_topic_create(mock_, "alerts", 4, 2);
    access_ = access_to(rd_kafka_mock_cluster_bootstraps(mock_));
    options_.reach = http::Reach{{*http::parse_network("127.0.0.0/8")}};
    options_.attempt_max = 2s;
  }
  ~PublisherTest() override {
    publisher_.reset();
    rd_kafka_mock_cluster_destroy(mock_);
    rd_kafka_destroy(host_);
  }

  std::future<Result<void>> publish(const TopicRecord& record) { return publish(access_, record); }
  std::future<Result<void>> publish(const BrokerAccess& access, const TopicRecord& record) {
    if (!publisher_) publisher_ = open_publisher(options_, clock_);
    auto done = std::make_shared<std::promise<Result<void>>>();
    publisher_->publish(access, record, [done](Result<void> result) { done->set_value(std::move(result)); });
    return done->get_future();
  }
  static Code code_of(std::future<Result<void>> done) {
    const auto result = done.get();
    return result ? Code::internal : result.error().code;
  }

  /// All that lies in the topic, by partition.
  std::map<int, std::vector<Read>> read_all(std::size_t count) const {
    std::map<int, std::vector<Read>> found;
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", access_.brokers.c_str(), nullptr, 0);
    rd_kafka_conf_set(conf, "group.id", "readers", nullptr, 0);
    rd_kafka_t* const reader = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
    rd_kafka_topic_partition_list_t* const all = rd_kafka_topic_partition_list_new(4);
    for (int i = 0; i < 4; ++i) rd_kafka_topic_partition_list_add(all, "alerts", i)->offset = 0;
    rd_kafka_assign(reader, all);
    for (std::size_t read = 0, looks = 0; read < count && looks < 200; ++looks) {
      rd_kafka_message_t* const one = rd_kafka_consumer_poll(reader, 100);
      if (one != nullptr && one->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_headers_t* headers = nullptr;
        const void* id = nullptr;
        std::size_t size = 0;
        rd_kafka_message_headers(one, &headers);
        rd_kafka_header_get_last(headers, "id", &id, &size);
        found[one->partition].push_back({{static_cast<const char*>(one->key), one->key_len},
                                         {static_cast<const char*>(one->payload), one->len},
                                         {static_cast<const char*>(id), size}});
        ++read;
      }
      if (one != nullptr) rd_kafka_message_destroy(one);
    }
    rd_kafka_topic_partition_list_destroy(all);
    rd_kafka_consumer_close(reader);
    rd_kafka_destroy(reader);
    return found;
  }

  SystemClock clock_;
  PublisherOptions options_;
  BrokerAccess access_;
  rd_kafka_t* const host_;
  rd_kafka_mock_cluster_t* mock_ = nullptr;
  std::unique_ptr<RecordPublisher> publisher_;
};

TEST_F(PublisherTest, ToldRecordsLieInTheTopicUnderTheirKeysInOrder) {
  std::vector<std::future<Result<void>>> told;
  for (int i = 0; i < 60; ++i) {
    const std::string number = std::to_string(i);
    told.push_back(publish({"alerts", "k" + std::to_string(i % 6), "v" + number, {{"id", "e" + number}}}));
  }
  for (auto& one : told) EXPECT_TRUE(one.get().ok());
  std::map<std::string, std::vector<std::string>> by_key;
  std::map<std::string, int> partitions;
  for (const auto& [partition, records] : read_all(60)) {
    for (const Read& one : records) {
      EXPECT_EQ(one.id.substr(1), one.value.substr(1));
      EXPECT_EQ(partitions.try_emplace(one.key, partition).first->second, partition);
      by_key[one.key].push_back(one.value);
    }
  }
  ASSERT_THAT(by_key, SizeIs(6));
  EXPECT_THAT(by_key["k1"], ElementsAre("v1", "v7", "v13", "v19", "v25", "v31", "v37", "v43", "v49", "v55"));
}

TEST_F(PublisherTest, SaysThatBrokersDoNotTakeIt) {
  EXPECT_EQ(code_of(publish({"alerts", "k", std::string(2'000'000, 'x'), {}})), Code::body_too_large);
  EXPECT_EQ(code_of(publish(access_to("127.0.0.1:1"), {"alerts", "k", "v", {}})), Code::log_unreachable);
  rd_kafka_mock_topic_set_error(mock_, "denied", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  EXPECT_EQ(code_of(publish({"denied", "k", "v", {}})), Code::log_unreachable);
  EXPECT_TRUE(publish({"alerts", "k", "v", {}}).get().ok());
}

/// Also those that brokers tell of themselves: judged is where a socket is opened.
TEST_F(PublisherTest, ConnectsToPermittedAddressesAlone) {
  options_.reach = http::Reach{};
  EXPECT_EQ(code_of(publish({"alerts", "k", "v", {}})), Code::log_unreachable);
}

TEST_F(PublisherTest, KeepsNoMoreProducersThanItMay) {
  options_.producers_max = 1;
  EXPECT_TRUE(publish({"alerts", "k", "v", {}}).get().ok());
  auto stuck = publish(access_to("127.0.0.1:1"), {"alerts", "k", "v", {}});  // the first is idle and goes
  EXPECT_EQ(code_of(publish({"alerts", "k", "v", {}})), Code::overloaded);
  EXPECT_EQ(code_of(std::move(stuck)), Code::log_unreachable);
  EXPECT_TRUE(publish({"alerts", "k", "v", {}}).get().ok());
}

TEST_F(PublisherTest, TellsWhoWaitsWhenItEnds) {
  options_.attempt_max = 60s;
  auto stuck = publish(access_to("127.0.0.1:1"), {"alerts", "k", "v", {}});
  EXPECT_EQ(stuck.wait_for(200ms), std::future_status::timeout);
  publisher_.reset();
  EXPECT_EQ(code_of(std::move(stuck)), Code::log_unreachable);
}

}  // namespace
}  // namespace weir::log
