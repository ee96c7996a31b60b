#include "stream/runtime/engine.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "stream/operators/operators.hpp"
#include "stream/runtime/state_stamp.hpp"

namespace weir::runtime {

struct Engine::Shard {
  std::uint32_t number = 0;
  store::Store* store = nullptr;
  std::unique_ptr<Task> task;
  std::unique_ptr<ShardRunner> runner;
  std::unique_ptr<log::Subscription> subscription;
  std::atomic<bool> stepping{false};
  std::atomic<std::uint64_t> steps{0};  // that ended

  Result<bool> step() {
    stepping = true;
    const auto stepped = runner->step();
    ++steps;
    stepping = false;
    return stepped;
  }
};

/// A thread and its shards. Sleeps until the log grows or a shard has something to do by the clock.
struct Engine::Worker {
  std::vector<Shard*> shards;
  std::thread thread;
  std::mutex mutex;
  std::condition_variable changed;
  bool woken = false;  // under mutex

  void wake() {
    const std::lock_guard lock{mutex};
    woken = true;
    changed.notify_one();
  }
};

namespace {

/// The error, after it was told if the shard's store is damaged.
const Error& told(const std::function<void(std::uint32_t, const Error&)>& on_damaged, std::uint32_t shard,
                  const Error& error) {
  if (error.code == Code::state_damaged && on_damaged) on_damaged(shard, error);
  return error;
}

}  // namespace

Engine::Engine(const Clock& clock, OnFatal on_fatal)
    : clock_(clock), on_fatal_(std::move(on_fatal)), operators_(operators::all()) {}

Engine::~Engine() { stop(); }

Result<std::unique_ptr<Engine>> Engine::open(log::Log& log, std::vector<store::Store*> stores, const Clock& clock,
                                             Fingerprint fingerprint, const EngineOptions& options, OnFatal on_fatal) {
  std::unique_ptr<Engine> engine{new Engine(clock, std::move(on_fatal))};
  engine->on_damaged_ = options.on_damaged;
  engine->leaves_backlog_ = options.foreign_producers;
  TaskOptions task_options = options.task;
  task_options.cache_bytes /= std::max<std::size_t>(stores.size(), 1);
  for (unsigned i = 0; i < std::max(1U, options.threads); ++i) engine->workers_.push_back(std::make_unique<Worker>());
  for (std::uint32_t i = 0; i < stores.size(); ++i) {
    auto shard = std::make_unique<Shard>();
    shard->number = i;
    shard->store = stores[i];
    const auto stamped = check_state_stamp(*stores[i], i, static_cast<std::uint32_t>(stores.size()));
    if (!stamped) return told(options.on_damaged, i, stamped.error());
    if (options.foreign_producers) {
      task_options.placement = Placement{i, static_cast<std::uint32_t>(stores.size())};
    }
    auto task = Task::open(*stores[i], engine->operators_, fingerprint, task_options);
    if (!task) return told(options.on_damaged, i, task.error());
    shard->task = std::move(*task);
    if (!options.changes.empty()) shard->task->tell(*options.changes[i]);
    store::MarkerFile* const mark = options.crash_marks.empty() ? nullptr : options.crash_marks[i];
    shard->runner = std::make_unique<ShardRunner>(i, log, *shard->task, engine->watch_, clock, options.runner, mark);
    Worker& worker = *engine->workers_[i % engine->workers_.size()];
    shard->subscription = log.subscribe(i, [&worker](const std::string&) { worker.wake(); });
    worker.shards.push_back(shard.get());
    engine->shards_.push_back(std::move(shard));
  }
  return engine;
}

void Engine::start() {
  for (auto& worker : workers_) worker->thread = std::thread{[this, &worker] { run(*worker); }};
}

void Engine::stop() {
  stopping_ = true;
  for (auto& worker : workers_) {
    worker->wake();
    if (worker->thread.joinable()) worker->thread.join();
  }
  for (auto& shard : shards_) shard->subscription.reset();
}

void Engine::forgive() {
  for (auto& shard : shards_) shard->runner->forgive();
}

void Engine::fail(const Error& error) {
  if (!failed_.exchange(true)) on_fatal_(error);
}

void Engine::fail(const Shard& shard, const Error& error) { fail(told(on_damaged_, shard.number, error)); }

/// One round over the worker's shards. True: some shard has more to do at once.
bool Engine::run_shards(Worker& worker) {
  bool more = false;
  for (Shard* shard : worker.shards) {
    const auto stepped = shard->step();
    if (!stepped) {
      fail(*shard, stepped.error());
      return false;
    }
    more = more || *stepped;
  }
  return more;
}

void Engine::run(Worker& worker) {
  constexpr Clock::Steady longest = std::chrono::milliseconds{100};
  while (!failed_) {
    const bool more = run_shards(worker);
    watch_.expire(clock_.steady());
    if (more && !(stopping_ && leaves_backlog_)) continue;
    if (stopping_) break;
    Clock::Steady wait = longest;
    for (const Shard* shard : worker.shards) {
      const auto next = shard->runner->next_step();
      if (next) wait = std::clamp<Clock::Steady>(*next - clock_.steady(), Clock::Steady{0}, wait);
    }
    std::unique_lock lock{worker.mutex};
    worker.changed.wait_for(lock, wait, [&] { return worker.woken || stopping_.load(); });
    worker.woken = false;
  }
  for (Shard* shard : worker.shards) {
    if (failed_) return;
    if (const auto finished = shard->runner->finish(); !finished) fail(*shard, finished.error());
  }
}

std::shared_ptr<const store::Snapshot> Engine::snapshot(std::uint32_t shard) const {
  return shards_[shard]->store->snapshot();
}

std::vector<std::shared_ptr<const store::Snapshot>> Engine::snapshots() const {
  std::vector<std::shared_ptr<const store::Snapshot>> all;
  for (std::uint32_t i = 0; i < shards(); ++i) all.push_back(snapshot(i));
  return all;
}

std::uint32_t Engine::shards() const { return static_cast<std::uint32_t>(shards_.size()); }
const dataflow::Operators& Engine::operators() const { return operators_; }
CommitWatch& Engine::watch() { return watch_; }

std::vector<ShardStatus> Engine::status() const {
  std::vector<ShardStatus> all;
  for (const auto& shard : shards_) {
    const TaskCounters& counters = shard->task->counters();
    ShardStatus status;
    status.lag = shard->runner->lag();
    status.ticks_held = shard->runner->ticks_held();
    status.accepted = counters.accepted;
    status.duplicates = counters.duplicates;
    status.refused = counters.refused;
    status.roll_backs = counters.roll_backs;
    status.dead_letters_dropped = counters.dead_letters_dropped;
    status.commits = counters.commits;
    status.commit_bytes = counters.commit_bytes;
    status.forwarded = shard->runner->forwarded();
    if (shard->stepping) status.stepping = shard->steps.load();
    status.doing = shard->runner->doing();
    status.single_step = shard->runner->single_step();
    all.push_back(status);
  }
  return all;
}

}  // namespace weir::runtime
