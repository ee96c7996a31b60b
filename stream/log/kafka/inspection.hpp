// What an operator wants to know of the brokers behind a log. Takes no part in it, makes and changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schemas/crypto/digest.hpp"
#include "stream/log/kafka/kafka_log.hpp"

namespace weir::log {

struct TopicState {
  std::string name;
  std::optional<Error> fault;  // its settings, or its number of partitions, are not what it needs
};

struct MemberState {
  std::string id;    // as the brokers name it; it begins with the node's
  std::string host;  // from which it came
};

struct Inspection {
  std::string cluster_id;
  std::vector<TopicState> topics;  // with our prefix
  std::string group_state;         // as Kafka says: Stable, Empty, …; empty: there is no such group
  std::vector<MemberState> members;
};

/// `options` as of KafkaLog; without a group nothing is told of one. Blocks for seconds. Errors: log_unreachable,
/// bad_log_settings.
Result<Inspection> inspect(const KafkaOptions& options);

/// Whether what the nodes share (`PREFIX.control`, which has to be there) can be read with the key and the options'
/// seal. Blocks for seconds. Errors: bad_key_file (it is another cluster's), log_unreachable, bad_log_settings.
Result<void> check_shared_key(const KafkaOptions& options, const crypto::Key& key);

}  // namespace weir::log
