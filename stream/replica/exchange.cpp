#include "stream/replica/exchange.hpp"

namespace weir::replica {
namespace {

constexpr std::chrono::milliseconds rest{50};  // at most, between two looks at what is due by the clock

void add(Publisher::Figures& to, const Publisher::Figures& figures) {
  to.generations += figures.generations;
  to.rows += figures.rows;
  to.retired += figures.retired;
}

}  // namespace

/// Lives as long as anybody may ring it.
struct Exchange::Bell {
  std::mutex mutex;
  std::condition_variable rung;
  bool has_rung = false;  // under mutex, as the next
  bool stopping = false;

  void ring() {
    {
      const std::lock_guard lock{mutex};
      has_rung = true;
    }
    rung.notify_one();
  }
  /// False: it is time to stop.
  bool wait(bool rests) {
    std::unique_lock lock{mutex};
    if (rests) rung.wait_for(lock, rest, [this] { return has_rung || stopping; });
    has_rung = false;
    return !stopping;
  }
};

/// What there is of a shard.
struct Exchange::Lane {
  std::mutex mutex;
  std::unique_ptr<Replica> replica;      // used under mutex, but for what any thread may ask
  std::unique_ptr<Publisher> publisher;  // under mutex; null: the shard is not here
  Publisher::Figures former;             // under mutex; of publishers that are gone
};

Exchange::Exchange(Parts parts, ExchangeOptions options, OnFatal on_fatal)
    : topic_(parts.topic),
      clock_(parts.clock),
      options_(std::move(options)),
      on_fatal_(std::move(on_fatal)),
      bell_(std::make_shared<Bell>()) {
  for (std::uint32_t shard = 0; shard < topic_.partitions(); ++shard) {
    auto lane = std::make_unique<Lane>();
    runtime::ChangeSink* const changes = parts.changes.empty() ? nullptr : parts.changes[shard];
    lane->replica = std::make_unique<Replica>(
        shard, topic_, parts.mirror, clock_, Replica::Listeners{&parts.watch, changes},
        [bell = bell_] { bell->ring(); }, options_.replica);
    const auto told = lane->replica->tell(true);
    WEIR_CHECK(told.ok(), "a replica that shows nothing has read its mirror");
    lanes_.push_back(std::move(lane));
  }
}

Exchange::~Exchange() { stop(); }

void Exchange::start() {
  thread_ = std::thread{[this] { run(); }};
}

void Exchange::stop() {
  {
    const std::lock_guard lock{bell_->mutex};
    bell_->stopping = true;
  }
  bell_->rung.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Exchange::run() {
  for (bool more = true; bell_->wait(!more);) {
    more = false;
    for (const auto& lane : lanes_) {
      const auto stepped = step(*lane);
      if (!stepped) return on_fatal_(stepped.error());
      more = more || *stepped;
    }
  }
}

Result<bool> Exchange::step(Lane& lane) {
  const std::lock_guard lock{lane.mutex};
  const auto read = lane.replica->step();
  if (!read || lane.publisher == nullptr) return read;
  lane.publisher->saw(lane.replica->newest());
  const auto published = lane.publisher->step();
  if (!published) return published;
  return *read || *published;
}

std::shared_ptr<store::Store> Exchange::own(std::uint32_t shard, std::shared_ptr<store::Store> state,
                                            std::function<std::uint64_t()> lag) {
  Lane& lane = *lanes_[shard];
  auto published = std::make_shared<PublishedStore>(std::move(state), [bell = bell_] { bell->ring(); });
  const auto caught_up = [&replica = *lane.replica, published] { return replica.is_included_in(*published); };
  const auto obsolete = [&replica = *lane.replica](std::uint64_t generation, const std::string& after) {
    return replica.obsolete(generation, after);
  };
  const std::lock_guard lock{lane.mutex};
  const auto told = lane.replica->tell(false);
  WEIR_CHECK(told.ok(), "a replica that falls silent has read its mirror");
  lane.publisher = std::make_unique<Publisher>(shard, topic_, clock_, options_.publisher,
                                               Publisher::Source{published, std::move(lag), caught_up, obsolete},
                                               [bell = bell_] { bell->ring(); });
  return published;
}

Result<void> Exchange::release(std::uint32_t shard) {
  Lane& lane = *lanes_[shard];
  const std::lock_guard lock{lane.mutex};
  if (lane.publisher == nullptr) return {};
  add(lane.former, lane.publisher->figures());
  lane.publisher.reset();
  return lane.replica->tell(true);
}

std::shared_ptr<const store::Snapshot> Exchange::snapshot(std::uint32_t shard) const {
  return lanes_[shard]->replica->snapshot();
}

ReplicaStatus Exchange::status(std::uint32_t shard) const { return lanes_[shard]->replica->status(); }

Publisher::Figures Exchange::figures() const {
  Publisher::Figures all;
  for (const auto& lane : lanes_) {
    const std::lock_guard lock{lane->mutex};
    add(all, lane->former);
    if (lane->publisher != nullptr) add(all, lane->publisher->figures());
  }
  return all;
}

}  // namespace weir::replica
