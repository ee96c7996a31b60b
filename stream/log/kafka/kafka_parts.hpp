// Inside stream/log/kafka only: what a KafkaLog is made of.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <thread>

#include "stream/log/kafka/brokers.hpp"
#include "stream/log/kafka/feed.hpp"
#include "stream/log/kafka/kafka_keyed_topic.hpp"
#include "stream/log/kafka/kafka_log.hpp"
#include "stream/log/kafka/member.hpp"
#include "stream/log/kafka/sender.hpp"
#include "stream/log/subscribers.hpp"

namespace weir::log {

/// Of every client.
kafka::ClientSettings common_settings(const KafkaOptions& options);
/// Of the topic PREFIX + suffix.
KeyedTopicOptions keyed_options(const KafkaOptions& options, const char* suffix, std::uint32_t partitions);

struct KafkaLog::Parts {
  /// A workspace's topic. Feeds end before their handle.
  struct Topic {
    std::string workspace;
    kafka::TopicHandle handle;
    std::vector<std::unique_ptr<kafka::Feed>> feeds;  // by partition
    kafka::Target target;
    int looks_missed = 0;  // of the watcher
  };

  Parts(KafkaOptions its_options, const Clock& its_clock) : options(std::move(its_options)), clock(its_clock) {}

  std::string topic_of(const std::string& workspace) const { return options.prefix + '.' + workspace + ".events"; }
  /// Empty: not a topic of events with our prefix.
  std::string workspace_of(const std::string& topic) const;
  /// Null if there is none.
  Topic* find(const std::string& workspace) const;
  /// Error: not_found.
  Result<Topic*> topic(const std::string& workspace) const;
  Result<kafka::Feed*> feed(const std::string& workspace, std::uint32_t partition) const;

  Clock::Steady away_for() const;
  /// Error: log_unreachable, when the brokers have been away for too long.
  Result<void> check_reachable() const;
  /// Takes up a topic that there is, after checking it. Under `adopting`.
  Result<void> adopt(const std::string& workspace, const kafka::TopicFacts& facts);
  /// Takes up new topics; fails the feeds of those that are no longer what they were.
  Result<void> look();
  /// Makes the topic if there is none, else checks it. Errors: log_unreachable, bad_log_settings, log_repartitioned.
  Result<void> ensure_shared(const kafka::TopicFacts& wanted, kafka::Use use);
  /// Tells the group how far partitions were read. Nothing here ever asks for it (reliability R7).
  void commit_positions();
  void watch(const std::stop_token& stop);
  void miss(Topic& topic, const kafka::TopicFacts* facts);
  Error repartitioned(const kafka::TopicFacts& facts) const;

  const KafkaOptions options;
  const Clock& clock;
  Subscribers subscribers;
  kafka::Client reader;
  std::unique_ptr<kafka::Cluster> cluster;
  std::string cluster_id;
  std::mutex adopting;
  mutable std::shared_mutex mutex;                       // of the map and of `member`; topics stay where they are
  std::map<std::string, std::unique_ptr<Topic>> topics;  // by workspace
  std::unique_ptr<kafka::Sender> sender;
  std::unique_ptr<kafka::Member> member;  // null: in no group
  std::atomic<std::int64_t> seen_at{0};   // when the brokers answered last, by Sender::awake()
  std::jthread watcher;
};

}  // namespace weir::log
