// The log on Apache Kafka: one topic of events for each workspace, `PREFIX.WORKSPACE.events`, with as many partitions
// as there are shards. The value of a plain record is an event as JSON, so that any producer may write one (by the Java
// client's default partitioner, the key being `process NUL case_id`); records of ours carry a seal (sealing.hpp).
// Membership, ordering and durability are Kafka's.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schemas/base/clock.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/log/control_log.hpp"
#include "stream/log/kafka/cluster.hpp"
#include "stream/log/keyed_topic.hpp"
#include "stream/log/log.hpp"
#include "stream/log/ownership.hpp"

namespace weir::log {

struct KafkaOptions {
  std::string brokers;          // HOST:PORT[,HOST:PORT…]
  std::string prefix = "weir";  // of the topics: a-z, 0-9 and -
  std::string group;            // of the nodes that share the partition numbers; empty: this one has all
  std::string node;             // its id in the group
  std::uint32_t partitions = 16;
  crypto::Key seal{};                                         // the same on every node
  std::vector<std::pair<std::string, std::string>> settings;  // librdkafka's, handed on as they are
  std::function<void(std::string_view line)> on_line;         // what librdkafka says; from its threads, without secrets
  std::size_t queue_bytes = std::size_t{64}
                            << 20;                 // of appends that are not confirmed, half of it handed to librdkafka
  std::size_t fetch_bytes = std::size_t{2} << 20;  // fetched ahead, of each partition of each workspace
  std::chrono::hours retention{24 * 28};           // of a topic that is made here
  std::chrono::milliseconds session_timeout{10'000};      // a node that is not heard of for so long leaves the group
  Clock::Steady away_max = std::chrono::seconds{10};      // a log that confirmed nothing for so long is unreachable
  Clock::Steady look_interval = std::chrono::seconds{2};  // how often topics are looked for
};

class KafkaLog final : public Log {
 public:
  /// Connects, and takes up the topics of the prefix. `clock` must outlive it. `cluster` null: the brokers' own. Blocks
  /// for up to 30 s. Errors: log_unreachable, bad_log_settings, log_repartitioned.
  static Result<std::unique_ptr<KafkaLog>> open(KafkaOptions options, const Clock& clock,
                                                std::unique_ptr<kafka::Cluster> cluster = nullptr);
  ~KafkaLog() override;

  std::uint32_t partitions() const override;
  std::vector<std::string> workspaces() const override;
  /// Errors: log_unreachable, bad_log_settings, log_repartitioned.
  Result<void> ensure_workspace(const std::string& name) override;
  Result<void> append(const std::string& workspace, std::vector<Addressed> records, Appended appended) override;
  Result<Blocks> read(const std::string& workspace, std::uint32_t partition, std::uint64_t from,
                      std::size_t max_bytes) const override;
  Result<std::uint64_t> begin_offset(const std::string& workspace, std::uint32_t partition) const override;
  Result<std::uint64_t> end_offset(const std::string& workspace, std::uint32_t partition) const override;
  Result<std::uint64_t> newest_offset(const std::string& workspace, std::uint32_t partition) const override;
  void resume(const std::string& workspace, std::uint32_t partition, const Witness& last) override;
  void release(std::uint32_t partition) override;
  std::unique_ptr<Subscription> subscribe(std::uint32_t partition, Grown grown) override;

  /// Takes part in the group: `owner`, which outlives the log, is told what is this node's, on a thread of the log.
  /// Errors: log_unreachable, bad_log_settings, log_repartitioned.
  Result<void> join(Ownership& owner);

  /// What the nodes share beside events, on `PREFIX.control`, locked up with `key`. Not to outlive the log. Errors:
  /// log_unreachable, bad_log_settings, bad_key_file, and `apply`'s.
  Result<std::unique_ptr<ControlLog>> open_control(const crypto::Key& key, ControlLog::Apply apply,
                                                   ControlLog::Ended ended);
  /// The topic on which views travel between nodes, a partition for each shard. Errors: log_unreachable,
  /// bad_log_settings, log_repartitioned.
  Result<std::unique_ptr<KeyedTopic>> open_views();

  /// The owner is told that nothing is its any more. Takes no appends any more and waits up to `wait` for those under
  /// way. Idempotent.
  void stop(Clock::Steady wait);

  /// Of the cluster, as its brokers name it.
  const std::string& cluster_id() const;
  /// How long the brokers have not answered, or not confirmed the oldest append; 0 while all is well.
  Clock::Steady away_for() const;
  /// Bytes that wait to be confirmed.
  std::size_t queued_bytes() const;
  /// Appends that were refused because their workspace held its share of the queue.
  std::uint64_t refused_appends() const;
  /// How often librdkafka's producer died and was replaced.
  std::uint64_t producers_replaced() const;
  /// Offsets without a record, in what was read.
  std::uint64_t gaps() const;

 private:
  struct Parts;

  explicit KafkaLog(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace weir::log
