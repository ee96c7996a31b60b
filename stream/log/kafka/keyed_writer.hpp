// Inside stream/log/kafka only: appends to a keyed topic on their way to the brokers. Unlike the log's sender it sends
// nothing twice: where a producer dies, who waits for an append is told that its fate is not known.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "stream/log/kafka/client.hpp"
#include "stream/log/kafka/keyed_reader.hpp"

namespace weir::log::kafka {

/// Thread-safe. A thread of its own hands reports on.
class KeyedWriter {
 public:
  struct Options {
    std::string topic;
    ClientSettings settings;
    OnLine on_line;
    std::size_t queue_bytes = 0;
  };

  /// `sealers`, by partition, outlive it. Error: bad_log_settings.
  static Result<std::unique_ptr<KeyedWriter>> open(Options options, const std::vector<KeyedSealer>& sealers);
  /// Who still waits is told log_unreachable.
  ~KeyedWriter();

  /// As KeyedTopic::append().
  Result<void> append(std::uint32_t partition, const std::vector<KeyedRecord>& records, KeyedTopic::Appended appended);
  std::size_t queued_bytes() const { return bytes_; }

 private:
  struct UnderWay;

  KeyedWriter(Options options, const std::vector<KeyedSealer>& sealers);
  Result<void> open_producer();
  void close_producer();
  void run(const std::stop_token& stop);
  bool produce(std::uint32_t partition, const KeyedRecord& record, UnderWay& append);
  void report(const rd_kafka_message_t& message);
  void settle_one(UnderWay& append);

  const Options options_;
  const std::vector<KeyedSealer>& sealers_;
  std::atomic<std::size_t> bytes_{0};
  std::shared_mutex producing_;  // unique while the producer is replaced
  Client producer_;              // under producing_, as the next
  TopicHandle topic_;
  std::mutex mutex_;
  std::map<const UnderWay*, std::unique_ptr<UnderWay>> under_way_;  // under mutex_
  std::jthread thread_;
};

}  // namespace weir::log::kafka
