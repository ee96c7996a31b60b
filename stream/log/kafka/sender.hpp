// Inside stream/log/kafka only: appends on their way to the brokers. One thread owns the producer: idempotent,
// acks=all, without a time limit of librdkafka's own, since a time-out says nothing of what became of a record. A
// producer that librdkafka declares dead is replaced, and all that was not confirmed is sent again (reliability R10).
#pragma once

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "schemas/base/clock.hpp"
#include "stream/log/append_queue.hpp"
#include "stream/log/kafka/client.hpp"
#include "stream/log/kafka/sealing.hpp"

namespace weir::log::kafka {

/// Of a producer whose records are durable once it tells so, in their order and each once, as long as it lives.
const ClientSettings& lasting_settings();

/// Where records go; stays where it is until the sender is gone.
struct Target {
  std::string workspace;
  std::string topic;
  std::vector<const Sealer*> sealers;  // by partition
};

struct SenderOptions {
  ClientSettings settings;
  OnLine on_line;
  std::size_t queue_bytes = std::size_t{64} << 20;   // that wait
  std::size_t flight_bytes = std::size_t{32} << 20;  // that were handed to librdkafka and are not confirmed
};

/// Thread-safe.
class Sender {
 public:
  /// Starts the thread. Error: bad_log_settings.
  static Result<std::unique_ptr<Sender>> open(SenderOptions options, const Clock& clock);
  /// As stop(0).
  ~Sender();

  /// As Log::append(). `target` outlives the sender.
  Result<void> append(const Target& target, std::vector<Addressed> records, Appended appended);
  /// Refuses what comes from now on (draining), waits up to `wait` for what is under way; who waits for the rest is
  /// told log_unreachable. Idempotent.
  void stop(Clock::Steady wait);

  /// Bytes that wait or are under way.
  std::size_t queued_bytes() const { return queue_.bytes() + flight_bytes_; }
  /// Appends that were refused because their workspace held its share of the queue.
  std::uint64_t refused() const { return queue_.refused(); }
  /// Time that has passed while this process ran: what it stood still or slept is left out, since brokers owe no answer
  /// to a process that does not ask. Never runs backwards; a tenth of a second coarse.
  Clock::Steady awake() const { return Clock::Steady{awake_}; }
  /// How much of that the oldest append has waited for its confirmation.
  Clock::Steady waiting_for() const;
  /// How often a producer was replaced.
  std::uint64_t replaced() const { return replaced_; }

 private:
  struct Append {
    const Target* target = nullptr;
    std::vector<Addressed> records;
    Appended appended;
    std::size_t bytes = 0;

    const std::string& workspace() const { return target->workspace; }
  };
  struct UnderWay;
  struct Slot;

  Sender(SenderOptions options, const Clock& clock);
  Result<void> open_producer();
  void close_producer();
  rd_kafka_topic_t* topic_of(const Target& target);
  void run();
  void pass_time();
  void take();
  void produce(Slot& slot);
  void report(const rd_kafka_message_t& message);
  void settle(UnderWay& append);
  std::uint64_t end_of(const rd_kafka_message_t& message);
  void replace_if_dead();
  void give_up();

  const SenderOptions options_;
  const Clock& clock_;
  AppendQueue<Append> queue_;
  std::atomic<std::size_t> flight_bytes_{0};
  std::atomic<std::int64_t> awake_{1};   // ns
  std::atomic<std::int64_t> oldest_{0};  // when the oldest append under way was taken, by awake(); 0: there is none
  std::atomic<std::uint64_t> replaced_{0};
  std::atomic<std::int64_t> stop_at_{0};  // steady ns; 0: not stopping
  // Of the thread alone:
  Clock::Steady looked_at_clock_{};
  Client producer_;
  std::map<const Target*, TopicHandle> topics_;  // of the producer
  std::list<UnderWay> under_way_;                // in the order given
  std::mutex stopping_;                          // one stop() at a time
  std::thread thread_;
};

}  // namespace weir::log::kafka
