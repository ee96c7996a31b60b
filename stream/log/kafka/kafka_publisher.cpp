#include "stream/log/kafka/kafka_publisher.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>

#include "stream/log/kafka/client.hpp"

namespace weir::log {
namespace {

using kafka::Client;

constexpr int poll_ms = 5;  // for each producer with something under way
constexpr int purge_ms = 1'000;
constexpr std::chrono::milliseconds look_every{500};  // for producers that are idle

struct Waiting {
  BrokerAccess access;
  TopicRecord record;
  RecordPublisher::Published published;
};

struct Producer {
  Client client;
  std::size_t under_way = 0;
  Clock::Steady used{};
};

const char* name_of(BrokerAccess::Mechanism mechanism) {
  switch (mechanism) {
    case BrokerAccess::Mechanism::scram_sha_256:
      return "SCRAM-SHA-256";
    case BrokerAccess::Mechanism::scram_sha_512:
      return "SCRAM-SHA-512";
    case BrokerAccess::Mechanism::plain:
    case BrokerAccess::Mechanism::none:
      break;
  }
  return "PLAIN";
}

bool is_permitted(const http::Reach& reach, const sockaddr& to) {
  http::Address address{};
  if (to.sa_family == AF_INET6) {
    const auto& in = reinterpret_cast<const sockaddr_in6&>(to).sin6_addr;
    std::copy(std::begin(in.s6_addr), std::end(in.s6_addr), address.begin());
  } else if (to.sa_family == AF_INET) {
    address[10] = address[11] = 0xff;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&reinterpret_cast<const sockaddr_in&>(to).sin_addr);
    std::copy(bytes, bytes + 4, address.begin() + 12);
  } else {
    return false;
  }
  return reach.permits(address);
}

/// What became of a record.
Result<void> outcome_of(rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  const bool never = error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || error == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
  if (never) return Error{Code::body_too_large, rd_kafka_err2str(error)};
  return kafka::unreachable("the brokers did not take it", error);
}

class KafkaPublisher final : public RecordPublisher {
 public:
  KafkaPublisher(PublisherOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}

  ~KafkaPublisher() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void publish(const BrokerAccess& access, TopicRecord record, Published published) override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({access, std::move(record), std::move(published)});
      if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
    }
    changed_.notify_all();
  }

 private:
  void run() {
    while (true) {
      std::deque<Waiting> taken;
      {
        std::unique_lock lock(mutex_);
        if (!is_busy()) changed_.wait_for(lock, look_every, [&] { return stopping_ || !waiting_.empty(); });
        if (stopping_) break;
        taken.swap(waiting_);
      }
      for (Waiting& one : taken) produce(std::move(one));
      for (auto at = producers_.begin(); at != producers_.end();) at = poll(at);
    }
    for (auto& [access, producer] : producers_) give_up(producer);
    producers_.clear();
  }

  bool is_busy() const {
    return std::any_of(producers_.begin(), producers_.end(), [](const auto& one) { return one.second.under_way > 0; });
  }

  std::map<BrokerAccess, Producer>::iterator poll(std::map<BrokerAccess, Producer>::iterator at) {
    Producer& producer = at->second;
    rd_kafka_poll(producer.client.get(), producer.under_way > 0 ? poll_ms : 0);
    const bool is_dead = rd_kafka_fatal_error(producer.client.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
    const bool is_idle = producer.under_way == 0 && clock_.steady() - producer.used > options_.idle_max;
    if (!is_dead && !is_idle) return std::next(at);
    give_up(producer);
    return producers_.erase(at);
  }

  /// Whoever waits is told.
  static void give_up(Producer& producer) {
    rd_kafka_purge(producer.client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(producer.client.get(), purge_ms);
  }

  void produce(Waiting one) {
    const auto found = producer_of(one.access);
    if (!found) return one.published(found.error());
    Producer& producer = **found;
    using Headers = std::unique_ptr<rd_kafka_headers_t, kafka::Destroyed<rd_kafka_headers_destroy>>;
    Headers headers{rd_kafka_headers_new(one.record.headers.size())};
    for (const auto& [name, value] : one.record.headers) {
      rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    }
    auto told = std::make_unique<Published>(std::move(one.published));
    TopicRecord& record = one.record;
    const auto failed = rd_kafka_producev(
        producer.client.get(), RD_KAFKA_V_TOPIC(record.topic.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
        RD_KAFKA_V_VALUE(record.value.data(), record.value.size()), RD_KAFKA_V_HEADERS(headers.get()),
        RD_KAFKA_V_OPAQUE(told.get()), RD_KAFKA_V_END);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return (*told)(outcome_of(failed));
    (void)headers.release();  // librdkafka's from now on
    (void)told.release();     // of the report
    ++producer.under_way;
    producer.used = clock_.steady();
  }

  Result<Producer*> producer_of(const BrokerAccess& access) {
    if (const auto known = producers_.find(access); known != producers_.end()) return &known->second;
    if (producers_.size() >= options_.producers_max && !make_room()) {
      return Error{Code::overloaded, "as many brokers are being written to as may be at once"};
    }
    const auto [at, is_new] = producers_.try_emplace(access);
    Producer& producer = at->second;
    auto client = Client::open(RD_KAFKA_PRODUCER, settings_of(access),
                               {{},
                                [&producer](const rd_kafka_message_t& message) { report(producer, message); },
                                {},
                                [this](const sockaddr& to) { return is_permitted(options_.reach, to); }});
    if (!client) {
      producers_.erase(at);
      return client.error();
    }
    producer.client = *std::move(client);
    return &producer;
  }

  /// The one that was used longest ago goes, if nothing of it is under way.
  bool make_room() {
    auto oldest = producers_.end();
    for (auto at = producers_.begin(); at != producers_.end(); ++at) {
      if (at->second.under_way > 0) continue;
      if (oldest == producers_.end() || at->second.used < oldest->second.used) oldest = at;
    }
    if (oldest == producers_.end()) return false;
    producers_.erase(oldest);
    return true;
  }

  static void report(Producer& producer, const rd_kafka_message_t& message) {
    const std::unique_ptr<Published> told{static_cast<Published*>(message._private)};
    --producer.under_way;
    (*told)(outcome_of(message.err));
  }

  kafka::ClientSettings settings_of(const BrokerAccess& access) const {
    const bool has_user = access.mechanism != BrokerAccess::Mechanism::none;
    kafka::ClientSettings settings = options_.settings;
    const std::string attempt_ms = std::to_string(options_.attempt_max.count());
    settings.insert(settings.end(),
                    {{"bootstrap.servers", access.brokers},
                     {"security.protocol", std::string{has_user ? "sasl_" : ""} + (access.tls ? "ssl" : "plaintext")},
                     {"enable.idempotence", "true"},
                     {"message.timeout.ms", attempt_ms},
                     {"socket.timeout.ms", attempt_ms},
                     {"topic.metadata.propagation.max.ms", std::to_string(options_.attempt_max.count() / 2)},
                     {"partitioner", "murmur2_random"},
                     {"allow.auto.create.topics", "false"},
                     {"linger.ms", "0"},
                     {"log_level", "0"}});
    if (has_user) {
      settings.insert(settings.end(), {{"sasl.mechanism", name_of(access.mechanism)},
                                       {"sasl.username", access.user},
                                       {"sasl.password", access.password}});
    }
    return settings;
  }

  const PublisherOptions options_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  bool stopping_ = false;
  std::thread thread_;
  std::map<BrokerAccess, Producer> producers_;  // of the thread alone
};

}  // namespace

std::unique_ptr<RecordPublisher> open_publisher(PublisherOptions options, const Clock& clock) {
  return std::make_unique<KafkaPublisher>(std::move(options), clock);
}

}  // namespace weir::log
