#include "api/live/hub.hpp"

#include <algorithm>
#include <random>

namespace weir::live {
namespace {

using std::chrono::milliseconds;

constexpr Clock::Steady sweep_gap = std::chrono::seconds{1};
constexpr Clock::Steady later_gap = std::chrono::seconds{1};
/// A topic that is read whole each time takes a quarter of a core at most; one that is followed, half of one.
constexpr int rest_after_load = 3;
constexpr int rest_after_follow = 1;

/// The least time between two deltas of a topic.
Clock::Steady cadence_of(const Question& question) {
  if (!question.takes_all() && question.channel != Channel::cases) return milliseconds{100};
  // Each new case changes the share of every variant that is listed.
  return question.channel == Channel::variants ? milliseconds{250} : milliseconds{20};
}

std::string random_epoch() {
  std::random_device random;
  std::string epoch;
  for (int i = 0; i < 16; ++i) epoch.push_back("0123456789abcdef"[random() % 16]);
  return epoch;
}

SessionMetrics make_session_metrics(metrics::Registry& registry) {
  return {registry.gauge("weir_live_sessions", "WebSocket connections that are open"),
          registry.gauge("weir_live_subscriptions", "Subscriptions of all connections"),
          registry.counter("weir_live_messages_total", "Messages given to connections"),
          registry.counter("weir_live_conflated_total", "Deltas that stand for several, for slow readers"),
          registry.counter("weir_live_snapshots_required_total",
                           "Subscriptions to lists that ended because of a slow reader"),
          registry.counter("weir_live_slow_consumers_total", "Connections closed because they did not read")};
}

}  // namespace

/// What a shard's thread may touch: no more than that something changed, and for whom.
struct Hub::Signal {
  std::atomic<bool> raised{false};
  std::vector<std::weak_ptr<Node>> nodes;  // under the hub's mutex
};

struct Hub::Feed {
  std::shared_ptr<Signal> signal = std::make_shared<Signal>();
  std::shared_ptr<ProcessFeed> process;
};

struct Hub::Node {
  enum class Phase : std::uint8_t { idle, queued, running };

  Node(Question question, std::string epoch, const Clock& clock, const TopicLimits& limits)
      : topic(std::make_shared<Topic>(std::move(question), std::move(epoch), clock, limits)) {}

  std::shared_ptr<Feed> feed;  // null for uploads
  std::shared_ptr<Topic> topic;
  // Under the hub's mutex:
  Phase phase = Phase::idle;
  bool again = false;                       // something changed while it was computed
  bool loaded = false;                      // the source knows the whole
  Clock::Steady allowed{};                  // not before
  std::optional<Clock::Steady> changed_at;  // the first change that is not looked at yet
  std::optional<Clock::Steady> telling;     // the same of what is being computed
  std::optional<Clock::Steady> unused_since;
};

Hub::Hub(HubParts parts, HubLimits limits)
    : parts_(std::move(parts)),
      limits_(limits),
      epoch_(random_epoch()),
      session_metrics_(make_session_metrics(parts_.metrics)),
      deltas_(parts_.metrics.counter("weir_live_deltas_total", "Changes of views that were told")),
      latency_(parts_.metrics.histogram("weir_live_delta_seconds", "From a commit to the delta that tells of it",
                                        metrics::latency_buckets_s())),
      topics_(parts_.metrics.gauge("weir_live_topics", "Views that are followed")),
      topic_bytes_(parts_.metrics.gauge("weir_live_topic_bytes", "Answers and recent deltas in memory")) {}

Hub::~Hub() { stop(); }

// ---- subscribing ----------------------------------------------------------------------------------------------------

Hub::Subscription::Subscription(std::shared_ptr<Topic> topic, std::uint64_t number)
    : topic_(std::move(topic)), number_(number) {}

Hub::Subscription::~Subscription() {
  if (topic_ != nullptr) topic_->leave(number_);
}

Result<Hub::Subscription> Hub::subscribe(Question question, std::shared_ptr<net::WebSocket> socket) {
  const std::lock_guard lock{mutex_};
  const auto node = find_or_make(std::move(question));
  if (!node) return node.error();
  Topic& topic = *(*node)->topic;
  if (topic.subscribers() == 0) {
    topic.set_stale();
    node_changed(*node);
  }
  (*node)->unused_since.reset();
  const std::uint64_t number = topic.enter(std::move(socket));
  return Subscription{(*node)->topic, number};
}

/// Under mutex_.
Result<std::shared_ptr<Hub::Node>> Hub::find_or_make(Question question) {
  const std::string key = question.key();
  if (const auto known = nodes_.find(key); known != nodes_.end()) return known->second;
  if (const auto room = make_room(question); !room) return room.error();
  auto node = std::make_shared<Node>(question, epoch_ + "-" + std::to_string(made_++), parts_.clock, limits_.topic);
  if (question.channel != Channel::uploads) {
    node->feed = feed_of(question);
    node->feed->signal->nodes.push_back(node);
  }
  nodes_.emplace(key, node);
  return node;
}

/// Under mutex_. What nobody uses any more makes room for what somebody wants.
Result<void> Hub::make_room(const Question& question) {
  std::size_t of_workspace = 0, filtered = 0;
  auto unused = nodes_.end();
  for (auto node = nodes_.begin(); node != nodes_.end(); ++node) {
    const Topic& topic = *node->second->topic;
    if (topic.subscribers() == 0) unused = node;
    if (topic.question().workspace != question.workspace) continue;
    ++of_workspace;
    if (!topic.question().takes_all()) ++filtered;
  }
  const bool full = nodes_.size() >= limits_.topics_max || of_workspace >= limits_.topics_of_workspace_max ||
                    (!question.takes_all() && filtered >= limits_.filters_max);
  if (!full) return {};
  if (unused == nodes_.end()) return Error{Code::live_limit, "too many distinct views are followed"};
  leaving_.push_back(std::move(unused->second));
  nodes_.erase(unused);
  return make_room(question);
}

/// Under mutex_.
std::shared_ptr<Hub::Feed> Hub::feed_of(const Question& question) {
  std::weak_ptr<Feed>& known = feeds_[{question.workspace, question.process}];
  if (auto feed = known.lock()) return feed;
  auto feed = std::make_shared<Feed>();
  feed->process = std::make_shared<ProcessFeed>(parts_.stream, question.workspace, question.process,
                                                [this, signal = feed->signal] { changed(*signal); });
  known = feed;
  return feed;
}

// ---- what is due ----------------------------------------------------------------------------------------------------

/// On a shard's thread. Once told, it is silent until some topic of the process has looked.
void Hub::changed(Signal& signal) {
  if (signal.raised.exchange(true)) return;
  const std::lock_guard lock{mutex_};
  for (const auto& one : signal.nodes) {
    const auto node = one.lock();
    if (node == nullptr || node->topic->subscribers() == 0) continue;
    if (!node->changed_at) node->changed_at = parts_.clock.steady();
    node_changed(node);
  }
}

/// Under mutex_.
void Hub::node_changed(const std::shared_ptr<Node>& node) {
  node->topic->set_pending(true);
  if (node->phase == Node::Phase::running) node->again = true;
  if (node->phase != Node::Phase::idle) return;
  queue(node, node->loaded ? Lane::quick : Lane::slow, std::max(parts_.clock.steady(), node->allowed));
}

/// Under mutex_.
void Hub::queue(const std::shared_ptr<Node>& node, Lane lane, Clock::Steady due) {
  Queue& at = queues_[static_cast<std::size_t>(lane)];
  node->phase = Node::Phase::queued;
  at.due.emplace(due, node);
  at.changed.notify_one();
}

std::shared_ptr<Hub::Node> Hub::take_due(Lane lane) {
  const std::lock_guard lock{mutex_};
  Queue& at = queues_[static_cast<std::size_t>(lane)];
  const Clock::Steady now = parts_.clock.steady();
  if (at.due.empty() || at.due.begin()->first > now || at.free_at > now) return nullptr;
  // In turn: a workspace that follows many views holds another one up by one of them.
  const auto turn = [&](const auto& queued) {
    const std::string& workspace = queued.second->topic->question().workspace;
    return std::pair{workspace <= at.served_last, std::string_view{workspace}};
  };
  auto chosen = at.due.begin();
  for (auto one = at.due.begin(); one != at.due.end() && one->first <= now; ++one) {
    if (turn(*one) < turn(*chosen)) chosen = one;
  }
  auto node = at.due.extract(chosen).value().second;
  at.served_last = node->topic->question().workspace;
  node->phase = Node::Phase::running;
  node->again = false;
  if (!node->telling) node->telling = std::exchange(node->changed_at, std::nullopt);
  if (node->feed != nullptr) node->feed->signal->raised = false;
  return node;
}

Topic::Step Hub::compute(Node& node, Lane lane) {
  Topic& topic = *node.topic;
  if (!topic.has_source()) {
    topic.set_source(make_source(
        topic.question(), {parts_.clock, parts_.stream.operators, node.feed != nullptr ? node.feed->process : nullptr,
                           parts_.seal_cursor, parts_.uploads}));
  }
  return lane == Lane::slow ? topic.load() : topic.follow();
}

void Hub::computed(const std::shared_ptr<Node>& node, Lane lane, Topic::Step step, Clock::Steady began) {
  const std::lock_guard lock{mutex_};
  const Clock::Steady now = parts_.clock.steady();
  const Clock::Steady cost = now - began;
  Topic& topic = *node->topic;
  // Who waits for a first answer is served as a query would be.
  if (std::exchange(node->loaded, true)) queues_[static_cast<std::size_t>(lane)].free_at = now + cost;
  node->phase = Node::Phase::idle;
  const int rest = lane == Lane::slow ? rest_after_load : rest_after_follow;
  node->allowed = now + std::max(cadence_of(topic.question()) - cost, rest * cost);
  if (step == Topic::Step::must_load) return queue(node, Lane::slow, now);
  if (step == Topic::Step::later) return queue(node, Lane::slow, now + later_gap);
  if (step == Topic::Step::failed) {
    const auto known = nodes_.find(topic.question().key());
    if (known == nodes_.end() || known->second != node) return;
    leaving_.push_back(node);
    nodes_.erase(known);
    return;
  }
  const auto telling = std::exchange(node->telling, std::nullopt);
  if (step == Topic::Step::changed) {
    deltas_.add();
    if (telling) latency_.observe(std::chrono::duration<double>(now - *telling).count());
  }
  if (topic.subscribers() == 0) return;
  if (node->again) return node_changed(node);
  topic.set_pending(false);
  if (const auto interval = topic.poll_interval()) queue(node, Lane::slow, now + *interval);
}

std::optional<Clock::Steady> Hub::run_due(Lane lane) {
  while (const auto node = take_due(lane)) {
    const Clock::Steady began = parts_.clock.steady();
    const Topic::Step step = compute(*node, lane);
    computed(node, lane, step, began);
  }
  if (lane == Lane::slow) drop_unused();
  const std::lock_guard lock{mutex_};
  const Queue& at = queues_[static_cast<std::size_t>(lane)];
  if (at.due.empty()) return std::nullopt;
  return std::max(at.due.begin()->first, at.free_at);
}

void Hub::drop_unused() {
  std::vector<std::shared_ptr<Node>> gone;  // destroyed without the lock: followers leave their shards
  const std::lock_guard lock{mutex_};
  const Clock::Steady now = parts_.clock.steady();
  if (now < swept_ + sweep_gap) return;
  swept_ = now;
  std::size_t bytes = 0;
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    Node& node = *at->second;
    bytes += node.topic->size_bytes();
    if (node.topic->subscribers() > 0) {
      node.unused_since.reset();
    } else if (!node.unused_since) {
      node.unused_since = now;
    } else if (now - *node.unused_since >= limits_.linger && node.phase == Node::Phase::idle) {
      gone.push_back(std::move(at->second));
      at = nodes_.erase(at);
      continue;
    }
    ++at;
  }
  std::erase_if(leaving_, [&](auto& node) {
    if (node->topic->subscribers() > 0 || node->phase != Node::Phase::idle) return false;
    gone.push_back(std::move(node));
    return true;
  });
  std::erase_if(feeds_, [](const auto& feed) { return feed.second.expired(); });
  for (const auto& [name, weak] : feeds_) {
    if (const auto feed = weak.lock()) {
      std::erase_if(feed->signal->nodes, [](const auto& node) { return node.expired(); });
    }
  }
  topics_.set(static_cast<double>(nodes_.size()));
  topic_bytes_.set(static_cast<double>(bytes));
}

// ---- threads --------------------------------------------------------------------------------------------------------

void Hub::start() {
  for (const Lane lane : {Lane::quick, Lane::slow}) {
    threads_[static_cast<std::size_t>(lane)] = std::thread{[this, lane] { run_lane(lane); }};
  }
}

void Hub::run_lane(Lane lane) {
  Queue& at = queues_[static_cast<std::size_t>(lane)];
  while (true) {
    run_due(lane);
    std::unique_lock lock{mutex_};
    if (stopping_) return;
    const Clock::Steady now = parts_.clock.steady();
    Clock::Steady wait = sweep_gap;
    if (!at.due.empty()) wait = std::min(wait, std::max(at.due.begin()->first, at.free_at) - now);
    if (wait > Clock::Steady{0}) at.changed.wait_for(lock, wait);
  }
}

void Hub::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    for (Queue& queue : queues_) queue.changed.notify_all();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace weir::live
