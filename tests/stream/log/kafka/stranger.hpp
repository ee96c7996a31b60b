// A client of the brokers in tests that knows nothing of Weir.
#pragma once

#include <string>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

namespace weir::log {

class Stranger {
 public:
  explicit Stranger(const std::string& brokers) {
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), nullptr, 0);
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  }
  ~Stranger() {
    rd_kafka_flush(client_, 10'000);
    rd_kafka_destroy(client_);
  }

  void produce(const std::string& topic, std::int32_t partition, const std::string& value,
               const std::string& header = {}) {
    rd_kafka_producev(
        client_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
        RD_KAFKA_V_HEADER(header.empty() ? "other" : "weir", header.data(), static_cast<ssize_t>(header.size())),
        RD_KAFKA_V_END);
    rd_kafka_flush(client_, 10'000);
  }
  void remove_topic(const std::string& topic) {
    rd_kafka_DeleteTopic_t* one = rd_kafka_DeleteTopic_new(topic.c_str());
    ask([&](rd_kafka_queue_t* queue) { rd_kafka_DeleteTopics(client_, &one, 1, nullptr, queue); });
    rd_kafka_DeleteTopic_destroy(one);
  }
  void add_partitions(const std::string& topic, std::size_t total) {
    rd_kafka_NewPartitions_t* more = rd_kafka_NewPartitions_new(topic.c_str(), total, nullptr, 0);
    ask([&](rd_kafka_queue_t* queue) { rd_kafka_CreatePartitions(client_, &more, 1, nullptr, queue); });
    rd_kafka_NewPartitions_destroy(more);
  }
  void remove_records(const std::string& topic, std::int32_t partition, std::int64_t before) {
    rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = before;
    rd_kafka_DeleteRecords_t* records = rd_kafka_DeleteRecords_new(list);
    ask([&](rd_kafka_queue_t* queue) { rd_kafka_DeleteRecords(client_, &records, 1, nullptr, queue); });
    rd_kafka_DeleteRecords_destroy(records);
    rd_kafka_topic_partition_list_destroy(list);
  }

 private:
  template <class Ask>
  void ask(Ask ask_for) {
    rd_kafka_queue_t* const queue = rd_kafka_queue_new(client_);
    ask_for(queue);
    rd_kafka_event_t* const answer = rd_kafka_queue_poll(queue, 20'000);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(rd_kafka_event_error(answer), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_event_destroy(answer);
    rd_kafka_queue_destroy(queue);
  }

  rd_kafka_t* client_;
};

}  // namespace weir::log
