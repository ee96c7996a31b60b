// What the Kafka log asks of a cluster besides records: which topics there are, and new ones with the right settings.
// A port of its own, since librdkafka's mock cluster in tests makes topics in another way.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::log::kafka {

struct TopicFacts {
  std::string name;
  std::uint32_t partitions = 0;
};

/// What a topic is for.
enum class Use : std::uint8_t {
  events,  // records are kept for a time
  keyed,   // the last record of each key is kept (keyed_topic.hpp)
};

/// Calls block for seconds at most. Thread-safe.
class Cluster {
 public:
  virtual ~Cluster() = default;

  /// Error: log_unreachable.
  virtual Result<std::string> id() = 0;
  /// All topics of the cluster. Error: log_unreachable.
  virtual Result<std::vector<TopicFacts>> topics() = 0;
  /// Makes a topic; that there is one already is no error. Durable on return. Errors: log_unreachable, bad_log_settings
  /// (the brokers refuse it).
  virtual Result<void> create(const std::string& topic, std::uint32_t partitions, Use use) = 0;
  /// Whether the settings of a topic are those that its use needs. Errors: log_unreachable; bad_log_settings, naming
  /// the setting and what it has to be.
  virtual Result<void> check(const std::string& topic, Use use) = 0;
};

}  // namespace weir::log::kafka
