#include "api/app/event_log.hpp"

#include "api/app/kafka_options.hpp"
#include "stream/log/appender_thread.hpp"

namespace weir::app {
namespace {

constexpr std::chrono::seconds stop_wait{5};
constexpr std::size_t fetch_bytes_min = std::size_t{256} << 10;

const std::string embedded_identity = "embedded";

Error not_shared() { return {Code::bad_log_settings, "an embedded log is not shared"}; }

class OwnLog final : public EventLog {
 public:
  OwnLog(std::unique_ptr<log::HighWaterFile> high_water, std::unique_ptr<log::EmbeddedLog> log)
      : high_water_(std::move(high_water)), log_(std::move(log)) {}

  log::Log& log() override { return *log_; }
  void start(OnFatal on_fatal) override {
    appender_ = std::make_unique<log::AppenderThread>(*log_, std::move(on_fatal));
  }
  Result<void> join(log::Ownership&) override { return not_shared(); }
  Result<std::unique_ptr<log::ControlLog>> open_control(const crypto::Key&, log::ControlLog::Apply,
                                                        log::ControlLog::Ended) override {
    return not_shared();
  }
  Result<std::unique_ptr<log::KeyedTopic>> open_views() override { return not_shared(); }
  void stop() override { appender_.reset(); }
  LogFigures figures() const override {
    return {.queued_bytes = log_->queued_bytes(), .refused_appends = log_->refused_appends()};
  }
  const std::string& identity() const override { return embedded_identity; }
  log::EmbeddedLog* embedded() override { return log_.get(); }

 private:
  std::unique_ptr<log::HighWaterFile> high_water_;
  std::unique_ptr<log::EmbeddedLog> log_;
  std::unique_ptr<log::AppenderThread> appender_;
};

class KafkaEventLog final : public EventLog {
 public:
  KafkaEventLog(std::unique_ptr<log::KafkaLog> log, std::string identity)
      : log_(std::move(log)), identity_(std::move(identity)) {}

  log::Log& log() override { return *log_; }
  void start(OnFatal) override {}
  Result<void> join(log::Ownership& owner) override { return log_->join(owner); }
  Result<std::unique_ptr<log::ControlLog>> open_control(const crypto::Key& key, log::ControlLog::Apply apply,
                                                        log::ControlLog::Ended ended) override {
    return log_->open_control(key, std::move(apply), std::move(ended));
  }
  Result<std::unique_ptr<log::KeyedTopic>> open_views() override { return log_->open_views(); }
  void stop() override { log_->stop(stop_wait); }
  LogFigures figures() const override {
    return {log_->queued_bytes(), log_->refused_appends(), log_->away_for(), log_->gaps(), log_->producers_replaced()};
  }
  const std::string& identity() const override { return identity_; }

 private:
  std::unique_ptr<log::KafkaLog> log_;
  const std::string identity_;
};

}  // namespace

Result<std::unique_ptr<EventLog>> open_embedded_log(const MemoryPlan& memory, const DataFolder& folder,
                                                    store::Store& store, const Clock& clock) {
  if (const auto bound = folder.bind_log(embedded_identity); !bound) return bound.error();
  auto high_water = std::make_unique<log::HighWaterFile>(folder.high_water());
  log::EmbeddedOptions options;
  options.partitions = folder.shards();
  options.tail_bytes = memory.log_tail;
  options.queue_bytes = memory.log_queue;
  options.commit_bytes = memory.log_batch;
  auto opened = log::EmbeddedLog::open(store, *high_water, clock, options);
  if (!opened) return opened.error();
  return std::unique_ptr<EventLog>{new OwnLog{std::move(high_water), *std::move(opened)}};
}

Result<std::unique_ptr<EventLog>> open_kafka_log(const Settings& settings, const MemoryPlan& memory,
                                                 const DataFolder& folder, const Clock& clock, Logger& logger) {
  log::KafkaOptions options = kafka_options(settings, folder.shards());
  options.on_line = [&logger](std::string_view line) { logger.log(LogLevel::warning, "kafka", {{"line", line}}); };
  options.queue_bytes = memory.log_queue;
  options.fetch_bytes = std::max<std::size_t>(memory.log_tail / folder.shards(), fetch_bytes_min);
  const auto seal = folder.key("log");
  if (!seal) return seal.error();
  options.seal = *seal;
  auto node = settings.node_id.empty() ? folder.node_id() : settings.node_id;
  if (!node) return node.error();
  options.node = *std::move(node);
  auto opened = log::KafkaLog::open(std::move(options), clock);
  if (!opened) return opened.error();
  std::string identity = "kafka " + (*opened)->cluster_id() + ' ' + settings.kafka_prefix;
  if (const auto bound = folder.bind_log(identity); !bound) return bound.error();
  return std::unique_ptr<EventLog>{new KafkaEventLog{*std::move(opened), std::move(identity)}};
}

}  // namespace weir::app
