// The log of this node: embedded or Kafka, and what wiring has to know of either besides the log's port.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/app/data_folder.hpp"
#include "api/app/logging.hpp"
#include "api/app/memory_plan.hpp"
#include "api/app/settings.hpp"
#include "schemas/base/clock.hpp"
#include "schemas/crypto/digest.hpp"
#include "state/store/store.hpp"
#include "stream/log/control_log.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/log/keyed_topic.hpp"
#include "stream/log/ownership.hpp"

namespace weir::app {

/// What the scrape tells of it.
struct LogFigures {
  std::size_t queued_bytes = 0;
  std::uint64_t refused_appends = 0;  // because their workspace held its share of the queue
  Clock::Steady away{0};              // for how long it has not answered
  std::uint64_t gaps = 0;
  std::uint64_t producers_replaced = 0;
};

class EventLog {
 public:
  using OnFatal = std::function<void(const Error&)>;

  virtual ~EventLog() = default;
  /// Thread-safe.
  virtual log::Log& log() = 0;
  /// From now on what is appended becomes durable. `on_fatal`: it cannot go on, for good; from any thread.
  virtual void start(OnFatal on_fatal) = 0;
  /// Takes part in the group of nodes: `owner`, which outlives stop(), is told which shards are this node's. Errors:
  /// log_unreachable, bad_log_settings, log_repartitioned.
  virtual Result<void> join(log::Ownership& owner) = 0;
  /// What the nodes of a cluster share (stream/log/control_log.hpp); all that there is was told when it returns. Not to
  /// outlive the log. Errors: log_unreachable, bad_log_settings, bad_key_file, and `apply`'s.
  virtual Result<std::unique_ptr<log::ControlLog>> open_control(const crypto::Key& key, log::ControlLog::Apply apply,
                                                                log::ControlLog::Ended ended) = 0;
  /// The topic on which views travel between the nodes of a group. Errors: log_unreachable, bad_log_settings,
  /// log_repartitioned.
  virtual Result<std::unique_ptr<log::KeyedTopic>> open_views() = 0;
  /// The node owns nothing any more. What was appended is durable on return, or its caller was told that it may not be.
  /// Idempotent.
  virtual void stop() = 0;
  virtual LogFigures figures() const = 0;
  /// What names it among others: "embedded", or the Kafka cluster and the prefix of its topics.
  virtual const std::string& identity() const = 0;
  /// Null on Kafka, whose records go by its retention alone.
  virtual log::EmbeddedLog* embedded() { return nullptr; }
  /// It is reached over a network: it may be away, and others write to it.
  bool is_remote() { return embedded() == nullptr; }
};

/// `store` holds nothing else and outlives the log. Errors: log_damaged, state_format, storage_failed.
Result<std::unique_ptr<EventLog>> open_embedded_log(const MemoryPlan& memory, const DataFolder& folder,
                                                    store::Store& store, const Clock& clock);
/// Errors: log_unreachable, log_recreated, log_repartitioned, bad_log_settings, bad_key_file.
Result<std::unique_ptr<EventLog>> open_kafka_log(const Settings& settings, const MemoryPlan& memory,
                                                 const DataFolder& folder, const Clock& clock, Logger& logger);

}  // namespace weir::app
