// Inside stream/log/kafka only: the records of one partition on their way to their one reader. librdkafka fetches
// ahead, up to so many bytes (`queued.max.messages.kbytes`, of each partition); offsets are given by us alone
// (reliability R7).
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "stream/log/kafka/block.hpp"
#include "stream/log/kafka/client.hpp"
#include "stream/log/kafka/sealing.hpp"

namespace weir::log::kafka {

/// Thread-safe. Nothing waits for the network but begin_offset() and, rarely, a reader who leaves what the log keeps.
class Feed {
 public:
  struct Place {
    std::string workspace;
    std::uint32_t partition = 0;
  };

  /// `client` (a consumer) and `topic` outlive the feed. `arrived` is called from librdkafka's threads.
  Feed(rd_kafka_t* client, rd_kafka_topic_t* topic, Place place, Sealer sealer, std::function<void()> arrived);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // As the log's functions of these names.
  Result<Blocks> read(std::uint64_t from, std::size_t bytes_max);
  Result<std::uint64_t> end_offset();
  std::uint64_t newest_offset() const;
  void resume(const Witness& last);
  void release();
  /// Asks the brokers. Error: log_unreachable.
  Result<std::uint64_t> begin_offset();

  /// Everything after it gets this error.
  void fail(const Error& error);
  const Sealer& sealer() const { return sealer_; }
  /// Where the reader is; none if nobody reads.
  std::optional<std::uint64_t> position() const;
  /// Offsets that no record had. A transaction leaves such; so would a loss.
  std::uint64_t gaps() const;

 private:
  void seek(std::uint64_t from);
  void start();
  void stop();
  void pull(std::uint64_t from, std::size_t bytes_max);
  void take(const rd_kafka_message_t& message, BlockBuilder& builder);
  void take_record(const rd_kafka_message_t& message, BlockBuilder& builder);
  void take_end(std::uint64_t end, BlockBuilder& builder);
  void leave_range();
  void look_again();
  void keep(BlockBuilder& builder);
  Kind kind_of(const rd_kafka_message_t& message, std::string_view value) const;
  Result<void> query_bounds();
  Blocks held_from(std::uint64_t from, std::size_t bytes_max) const;
  void fail_now(Code code, const std::string& what);

  rd_kafka_t* const client_;
  rd_kafka_topic_t* const topic_;
  const Place place_;
  const Sealer sealer_;
  const std::function<void()> arrived_;

  mutable std::mutex mutex_;
  QueueHandle queue_;  // a new one for each start: nothing fetched before it can come after it
  bool started_ = false;
  std::uint64_t begin_ = 0;  // of the partition, as last seen
  std::uint64_t newest_ = 0;
  std::uint64_t asked_ = 0;                          // where the reader read last
  std::uint64_t handed_ = 0;                         // behind what it got
  std::uint64_t end_ = 0;                            // behind blocks_
  std::deque<std::shared_ptr<const Block>> blocks_;  // those that the reader has not passed, and the one before
  std::optional<Witness> witness_;                   // to be seen before anything behind it is handed out
  std::optional<Error> failed_;
  std::uint64_t gaps_ = 0;
};

}  // namespace weir::log::kafka
