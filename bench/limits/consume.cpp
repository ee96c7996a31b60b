// How fast one thread gets the records of a topic from a broker, without looking at them: librdkafka, in batches, from
// the begin of all partitions. Usage: limit_consume HOST:PORT TOPIC PARTITIONS RECORDS
#include <array>
#include <cstdint>

#include <librdkafka/rdkafka.h>

#include "bench/limits/lines.hpp"

namespace {

void must(bool holds, const char* why) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", why);
  std::exit(1);
}

rd_kafka_t* consumer_of(const char* address) {
  std::array<char, 512> why{};
  rd_kafka_conf_t* const settings = rd_kafka_conf_new();
  const auto set = [&](const char* name, const char* value) {
    must(rd_kafka_conf_set(settings, name, value, why.data(), why.size()) == RD_KAFKA_CONF_OK, why.data());
  };
  set("bootstrap.servers", address);
  set("queued.max.messages.kbytes", "65536");
  set("fetch.message.max.bytes", "4194304");
  rd_kafka_t* const consumer = rd_kafka_new(RD_KAFKA_CONSUMER, settings, why.data(), why.size());
  must(consumer != nullptr, why.data());
  return consumer;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 2;
  const int partitions = std::atoi(arguments[3]);
  const auto wanted = std::strtoull(arguments[4], nullptr, 10);
  rd_kafka_t* const consumer = consumer_of(arguments[1]);
  rd_kafka_topic_t* const topic = rd_kafka_topic_new(consumer, arguments[2], nullptr);
  rd_kafka_queue_t* const queue = rd_kafka_queue_new(consumer);
  for (int partition = 0; partition < partitions; ++partition) {
    must(rd_kafka_consume_start_queue(topic, partition, RD_KAFKA_OFFSET_BEGINNING, queue) == 0, "cannot consume");
  }
  std::array<rd_kafka_message_t*, 10'000> batch{};
  std::uint64_t records = 0, bytes = 0;
  double first_s = 0;
  const weir::limits::Stopwatch watch;
  while (records < wanted) {
    const auto taken = rd_kafka_consume_batch_queue(queue, 1'000, batch.data(), batch.size());
    must(taken >= 0 && watch.seconds() < 600, "nothing came");
    if (records == 0) first_s = watch.seconds();  // until then it connects
    for (ssize_t i = 0; i < taken; ++i) {
      records += batch[static_cast<std::size_t>(i)]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
      bytes += batch[static_cast<std::size_t>(i)]->len;
      rd_kafka_message_destroy(batch[static_cast<std::size_t>(i)]);
    }
  }
  weir::limits::print({{"events", static_cast<double>(records)},
                       {"bytes", static_cast<double>(bytes)},
                       {"seconds", watch.seconds() - first_s}});
  std::fflush(stdout);
  std::_Exit(0);  // closing takes seconds, and nothing is left to be lost
}
