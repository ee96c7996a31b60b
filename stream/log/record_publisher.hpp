// Records for topics of others, on brokers that somebody named at run time: what is told outside by way of Kafka.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::log {

/// Where brokers are and how they are spoken to. Those that are equal share a connection.
struct BrokerAccess {
  enum class Mechanism : std::uint8_t { none, plain, scram_sha_256, scram_sha_512 };
  std::string brokers;  // "HOST:PORT,HOST:PORT"
  bool tls = true;
  Mechanism mechanism = Mechanism::none;
  std::string user;
  std::string password;

  friend auto operator<=>(const BrokerAccess&, const BrokerAccess&) = default;
};

struct TopicRecord {
  std::string topic;
  std::string key;  // of one key the order stays
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Thread-safe.
class RecordPublisher {
 public:
  /// Told once, on a thread of the publisher; soon, it must return. Errors: body_too_large (the brokers take no record
  /// of this size), log_unreachable (it may be there all the same), bad_log_settings, overloaded.
  using Published = std::function<void(Result<void>)>;

  virtual ~RecordPublisher() = default;
  /// Told when every replica in sync has the record, or after some ten seconds that it was not to be. The caller bounds
  /// how many are under way.
  virtual void publish(const BrokerAccess& access, TopicRecord record, Published published) = 0;
};

}  // namespace weir::log
