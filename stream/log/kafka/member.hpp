// Inside stream/log/kafka only: this node's place in the consumer group that shares out the partition numbers. The
// group subscribes to one topic without records, `PREFIX.shards`, with as many partitions as there are shards; what is
// read, and from where, is no business of the group's (reliability R7). Static membership: a node that comes back in
// time finds its shards untouched.
#pragma once

#include <mutex>
#include <thread>

#include "schemas/base/clock.hpp"
#include "stream/log/kafka/client.hpp"
#include "stream/log/ownership.hpp"

namespace weir::log::kafka {

struct MemberOptions {
  ClientSettings settings;  // of every client
  std::string group;
  std::string node;  // its id in the group
  std::string topic;
  std::uint32_t partitions = 0;
  std::chrono::milliseconds session_timeout{10'000};
  OnLine on_line;
};

/// Thread-safe.
class Member {
 public:
  /// Starts the thread on which `owner` is told; it and the clock outlive the member. Error: bad_log_settings.
  static Result<std::unique_ptr<Member>> open(MemberOptions options, const Clock& clock, Ownership& owner);
  /// The owner is told revoked(), and nothing after that. The group waits for the node to come back.
  ~Member();
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  /// Notes in the group, for tools that show lag, how far partitions were read. Does not wait.
  void commit(const rd_kafka_topic_partition_list_t& positions);

 private:
  Member(MemberOptions options, const Clock& clock, Ownership& owner)
      : options_(std::move(options)), clock_(clock), owner_(owner) {}
  Result<void> join();
  void run(const std::stop_token& stop);
  void rebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions);
  void assign(const rd_kafka_topic_partition_list_t& partitions);
  /// True: the member is in the group again, or tries to be.
  bool rejoin();

  const MemberOptions options_;
  const Clock& clock_;
  Ownership& owner_;
  std::mutex mutex_;  // of the client's being replaced
  Client client_;
  int fenced_ = 0;  // times in a row; the thread's own, as below
  Clock::Steady fenced_at_{};
  std::jthread thread_;
};

}  // namespace weir::log::kafka
