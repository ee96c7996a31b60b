#include "tests/stream/log/kafka/homes.hpp"

#include <future>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "state/memory/memory_store.hpp"
#include "stream/log/appender_thread.hpp"
#include "tests/stream/log/kafka/test_broker.hpp"

namespace weir::log {
namespace {

constexpr std::chrono::seconds patience{20};
constexpr std::chrono::milliseconds glance{2};

class EmbeddedHome final : public Home {
 public:
  Result<void> open(std::uint32_t partitions, std::size_t queue_bytes) override {
    appender_.reset();
    auto opened =
        EmbeddedLog::open(store_, high_water_, clock_, {.partitions = partitions, .queue_bytes = queue_bytes});
    if (!opened) return opened.error();
    log_ = *std::move(opened);
    appender_ = std::make_unique<AppenderThread>(*log_, [](const Error&) {});
    return {};
  }
  Log& log() override { return *log_; }

 private:
  SystemClock clock_;
  memory::MemoryStore store_;
  HighWaterMemory high_water_;
  std::unique_ptr<EmbeddedLog> log_;
  std::unique_ptr<AppenderThread> appender_;
};

class KafkaHome : public Home {
 public:
  Result<void> open(std::uint32_t partitions, std::size_t queue_bytes) override {
    log_.reset();
    KafkaOptions options = kafka_options(address(), prefix_, partitions);
    options.queue_bytes = queue_bytes;
    auto opened = KafkaLog::open(std::move(options), clock_, cluster());
    if (!opened) return opened.error();
    log_ = *std::move(opened);
    return {};
  }
  Log& log() override { return *log_; }

 protected:
  virtual std::string address() = 0;
  virtual std::unique_ptr<kafka::Cluster> cluster() { return nullptr; }
  void close() { log_.reset(); }

 private:
  const std::string prefix_ = fresh_prefix();
  SystemClock clock_;
  std::unique_ptr<KafkaLog> log_;
};

class BrokerHome final : public KafkaHome {
 public:
  std::string fault() const override { return TestBroker::get().fault(); }

 protected:
  std::string address() override { return TestBroker::get().address(); }
};

class MockHome final : public KafkaHome {
 public:
  MockHome() : host_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)) {
    cluster_ = rd_kafka_mock_cluster_new(host_, 3);
  }
  ~MockHome() override {
    close();
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(host_);
  }

 protected:
  std::string address() override { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  std::unique_ptr<kafka::Cluster> cluster() override { return mock_cluster(cluster_); }

 private:
  rd_kafka_t* const host_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

class MockCluster final : public kafka::Cluster {
 public:
  explicit MockCluster(rd_kafka_mock_cluster_t* cluster) : cluster_(cluster) {}

  Result<std::string> id() override { return std::string{"mock"}; }
  /// Asked as anybody would: the cluster knows no list of its own.
  Result<std::vector<kafka::TopicFacts>> topics() override {
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_), nullptr, 0);
    rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
    const rd_kafka_metadata_t* metadata = nullptr;
    std::vector<kafka::TopicFacts> topics;
    const auto failed = rd_kafka_metadata(client, 1, nullptr, &metadata, 5'000);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR) {
      for (int i = 0; i < metadata->topic_cnt; ++i) {
        topics.push_back({metadata->topics[i].topic, static_cast<std::uint32_t>(metadata->topics[i].partition_cnt)});
      }
      rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_destroy(client);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return Error{Code::log_unreachable, rd_kafka_err2str(failed)};
    return topics;
  }
  Result<void> create(const std::string& topic, std::uint32_t partitions, kafka::Use) override {
    const auto failed = rd_kafka_mock_topic_create(cluster_, topic.c_str(), static_cast<int>(partitions), 3);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR || failed == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return {};
    return Error{Code::bad_log_settings, rd_kafka_err2str(failed)};
  }
  Result<void> check(const std::string&, kafka::Use) override { return {}; }

 private:
  rd_kafka_mock_cluster_t* const cluster_;
};

}  // namespace

std::unique_ptr<Home> embedded_home() { return std::make_unique<EmbeddedHome>(); }
std::unique_ptr<Home> mock_home() { return std::make_unique<MockHome>(); }
std::unique_ptr<Home> broker_home() { return std::make_unique<BrokerHome>(); }

std::unique_ptr<kafka::Cluster> mock_cluster(rd_kafka_mock_cluster_t* cluster) {
  return std::make_unique<MockCluster>(cluster);
}

std::string fresh_prefix() {
  static std::atomic<int> made{0};
  return "t" + std::to_string(++made);
}

KafkaOptions kafka_options(const std::string& brokers, const std::string& prefix, std::uint32_t partitions) {
  KafkaOptions options;
  options.brokers = brokers;
  options.prefix = prefix;
  options.partitions = partitions;
  options.seal.fill('s');
  options.look_interval = std::chrono::milliseconds{200};
  return options;
}

Result<Position> append_to(Log& log, const std::string& workspace, std::vector<Addressed> records) {
  const auto answer = std::make_shared<std::promise<Result<Position>>>();
  const auto queued = log.append(workspace, std::move(records),
                                 [answer](Result<Position> position) { answer->set_value(std::move(position)); });
  if (!queued) return queued.error();
  auto told = answer->get_future();
  if (told.wait_for(patience) != std::future_status::ready) return Error{Code::internal, "no answer"};
  return told.get();
}

bool arrives(const Log& log, const std::string& workspace, std::uint32_t partition, std::uint64_t end) {
  for (auto waited = std::chrono::milliseconds{0}; waited < patience; waited += glance) {
    const auto now = log.end_offset(workspace, partition);
    if (!now) return false;
    if (*now >= end) return true;
    std::this_thread::sleep_for(glance);
  }
  return false;
}

std::vector<std::string> texts_of(const Log& log, const std::string& workspace, std::uint32_t partition,
                                  std::uint64_t from, std::uint64_t end, std::size_t piece_bytes) {
  std::vector<std::string> found;
  while (from < end) {
    const auto blocks = log.read(workspace, partition, from, piece_bytes);
    if (!blocks) return {std::string{name_of(blocks.error().code)} + ' ' + blocks.error().detail};
    if (blocks->empty() && !arrives(log, workspace, partition, from + 1)) return {"nothing arrives"};
    for (const auto& block : *blocks) {
      for (const Entry& entry : block->entries()) {
        if (entry.offset < from) continue;
        found.push_back(std::to_string(entry.offset) + ':' + std::to_string(static_cast<int>(entry.kind)) + ':' +
                        std::string{entry.value});
      }
      from = block->end_offset();
    }
  }
  return found;
}

}  // namespace weir::log
