// Inside stream/log/kafka only: what librdkafka hands out, owned, and its configuration. `rdkafka.h` is included in
// this folder alone (libraries.md); 2.0.2 is the version that everything here was written and tested against.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>
#include <sys/socket.h>

#include "schemas/base/result.hpp"

namespace weir::log::kafka {

template <auto Destroy>
struct Destroyed {
  template <class Owned>
  void operator()(Owned* owned) const {
    Destroy(owned);
  }
};

using TopicHandle = std::unique_ptr<rd_kafka_topic_t, Destroyed<rd_kafka_topic_destroy>>;
using QueueHandle = std::unique_ptr<rd_kafka_queue_t, Destroyed<rd_kafka_queue_destroy>>;
using PartitionsHandle =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Destroyed<rd_kafka_topic_partition_list_destroy>>;
using MessageHandle = std::unique_ptr<rd_kafka_message_t, Destroyed<rd_kafka_message_destroy>>;
using EventHandle = std::unique_ptr<rd_kafka_event_t, Destroyed<rd_kafka_event_destroy>>;
using OptionsHandle = std::unique_ptr<rd_kafka_AdminOptions_t, Destroyed<rd_kafka_AdminOptions_destroy>>;

/// Names and values as librdkafka's CONFIGURATION.md has them.
using ClientSettings = std::vector<std::pair<std::string, std::string>>;

/// What librdkafka says of itself, from its threads; one line, without secrets.
using OnLine = std::function<void(std::string_view line)>;

/// What became of a record that was to be written; on the thread that polls.
using Delivered = std::function<void(const rd_kafka_message_t& report)>;

/// What becomes of the partitions of a group's member; on the thread that polls.
using Rebalanced = std::function<void(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions)>;

/// Whether an address may be connected to; on any of librdkafka's threads.
using MayConnect = std::function<bool(const sockaddr& to)>;

struct Callbacks {
  OnLine on_line;
  Delivered delivered;          // of producers
  Rebalanced rebalanced = {};   // of members of a group
  MayConnect may_connect = {};  // none: all may be
};

/// A producer or consumer of librdkafka with what it calls.
class Client {
 public:
  Client() = default;
  /// A setting further back in the list replaces one of the same name. Error bad_log_settings: librdkafka refuses a
  /// setting; the detail has its name, never its value.
  static Result<Client> open(rd_kafka_type_t type, const ClientSettings& settings, Callbacks callbacks);

  rd_kafka_t* get() const { return handle_.get(); }
  /// Ends librdkafka's threads; nothing is called any more.
  void close() { handle_.reset(); }
  /// The same for the member of a group, which is not told that it leaves.
  void abandon();

 private:
  std::unique_ptr<Callbacks> callbacks_;  // must outlive the handle
  std::unique_ptr<rd_kafka_t, Destroyed<rd_kafka_destroy>> handle_;
};

/// log_unreachable with librdkafka's words.
Error unreachable(std::string_view what, rd_kafka_resp_err_t why);

}  // namespace weir::log::kafka
