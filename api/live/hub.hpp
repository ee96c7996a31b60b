// All topics of a node: made when somebody subscribes, brought up to date when their process changes, gone when nobody
// asked for a while. Views are computed on two threads of its own, never on a task's or an I/O thread: one for what is
// quick, one for whole answers and scans. Each rests as long as it worked (but for first
// answers), so that both together take a core at most.
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "api/live/topic.hpp"
#include "api/metrics/registry.hpp"

namespace weir::live {

struct HubLimits {
  std::size_t topics_max = 1'024;
  std::size_t filters_max = 64;  // distinct filtered views of one workspace
  std::size_t topics_of_workspace_max = 256;
  // A topic that nobody subscribes to is kept for those who come back.
  Clock::Steady linger = std::chrono::seconds{60};
  TopicLimits topic;
};

struct HubParts {
  const Clock& clock;
  Stream stream;
  std::function<std::string(const Question&, std::string_view place)> seal_cursor;
  std::function<Result<std::string>(const std::string& workspace, std::size_t limit)> uploads;
  metrics::Registry& metrics;
};

/// How often what happened to sessions; the hub's so that all sessions share it.
struct SessionMetrics {
  metrics::Gauge sessions;
  metrics::Gauge subscriptions;
  metrics::Counter messages;
  metrics::Counter conflated;
  metrics::Counter snapshots_required;
  metrics::Counter slow_consumers;
};

/// Thread-safe.
class Hub {
 public:
  explicit Hub(HubParts parts, HubLimits limits = {});
  /// As stop(). Sessions must be gone.
  ~Hub();

  void start();
  /// Ends the threads; nothing is told any more. Idempotent.
  void stop();

  /// A subscriber's share in a topic; leaves it when it goes. One thread at a time.
  class Subscription {
   public:
    Subscription(std::shared_ptr<Topic> topic, std::uint64_t number);
    ~Subscription();
    Subscription(Subscription&&) noexcept = default;
    Subscription& operator=(Subscription&&) = delete;

    Topic& topic() const { return *topic_; }

   private:
    std::shared_ptr<Topic> topic_;  // null: moved away
    std::uint64_t number_;
  };
  /// `socket` is woken whenever the topic has something to tell. Never blocks on a store. Error: live_limit.
  Result<Subscription> subscribe(Question question, std::shared_ptr<net::WebSocket> socket);

  const Clock& clock() const { return parts_.clock; }
  const SessionMetrics& session_metrics() const { return session_metrics_; }

  /// Does what is due, on the caller's thread: what start() makes threads for, and tests do by hand. Gives the time of
  /// what is due next, if anything.
  enum class Lane : std::uint8_t { quick, slow };
  std::optional<Clock::Steady> run_due(Lane lane);

 private:
  struct Node;    // a topic and when it is computed
  struct Feed;    // a process and its topics
  struct Signal;  // that a process changed
  struct Queue {
    std::set<std::pair<Clock::Steady, std::shared_ptr<Node>>> due;
    std::string served_last;  // a workspace
    Clock::Steady free_at{};  // the lane rests until then
    std::condition_variable changed;
  };

  Result<std::shared_ptr<Node>> find_or_make(Question question);
  Result<void> make_room(const Question& question);
  std::shared_ptr<Feed> feed_of(const Question& question);
  void changed(Signal& signal);
  void node_changed(const std::shared_ptr<Node>& node);
  void queue(const std::shared_ptr<Node>& node, Lane lane, Clock::Steady due);
  std::shared_ptr<Node> take_due(Lane lane);
  Topic::Step compute(Node& node, Lane lane);
  void computed(const std::shared_ptr<Node>& node, Lane lane, Topic::Step step, Clock::Steady began);
  void drop_unused();
  void run_lane(Lane lane);

  const HubParts parts_;
  const HubLimits limits_;
  const std::string epoch_;  // of this hub; a topic's begins with it
  const SessionMetrics session_metrics_;
  const metrics::Counter deltas_;
  const metrics::Histogram latency_;
  const metrics::Gauge topics_;
  const metrics::Gauge topic_bytes_;

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Node>> nodes_;  // under mutex_, as all below; by question
  std::map<std::pair<std::string, std::string>, std::weak_ptr<Feed>> feeds_;
  std::vector<std::shared_ptr<Node>> leaving_;  // not found any more; destroyed by the slow lane
  std::array<Queue, 2> queues_;
  Clock::Steady swept_{};
  std::uint64_t made_ = 0;  // topics
  bool stopping_ = false;
  std::array<std::thread, 2> threads_;
};

}  // namespace weir::live
