#include "stream/runtime/engine.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "schemas/base/check.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/state_stamp.hpp"

namespace weir::runtime {

struct Engine::Shard {
  std::uint32_t number = 0;
  std::shared_ptr<store::Store> store;
  std::unique_ptr<Task> task;
  std::unique_ptr<ShardRunner> runner;
  std::unique_ptr<log::Subscription> subscription;
  std::mutex driving;  // who drives the runner: its worker, or who lets it rest
  std::atomic<bool> at_rest{true};
  std::atomic<bool> stepping{false};
  std::atomic<std::uint64_t> steps{0};  // that ended

  Result<bool> step() {
    if (at_rest) return false;  // before the mutex, so that who lets it rest does not wait for its turn again and again
    const std::lock_guard lock{driving};
    if (at_rest) return false;
    stepping = true;
    const auto stepped = runner->step();
    ++steps;
    stepping = false;
    return stepped;
  }

  Result<void> finish() {
    const std::lock_guard lock{driving};
    if (!at_rest) return runner->finish();
    runner->forgive();
    return {};
  }

  /// No step is under way nor begins.
  std::unique_lock<std::mutex> stand_still() {
    at_rest = true;
    return std::unique_lock{driving};
  }
};

/// A thread and its shards: those whose number divided by the number of threads leaves its own. Sleeps until the log
/// grows or a shard has something to do by the clock.
struct Engine::Worker {
  std::uint32_t number = 0;
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

Engine::Engine(log::Log& log, const Clock& clock, Fingerprint fingerprint, EngineOptions options, OnFatal on_fatal)
    : log_(log),
      clock_(clock),
      fingerprint_(std::move(fingerprint)),
      options_(std::move(options)),
      on_fatal_(std::move(on_fatal)),
      operators_(operators::all()),
      shards_(log.partitions()) {
  for (std::uint32_t i = 0; i < std::max(1U, options_.threads); ++i) {
    workers_.push_back(std::make_unique<Worker>());
    workers_.back()->number = i;
  }
}

Engine::~Engine() { stop(); }

void Engine::start() {
  for (auto& worker : workers_) worker->thread = std::thread{[this, &worker] { run(*worker); }};
}

void Engine::stop() {
  stopping_ = true;
  for (auto& worker : workers_) {
    worker->wake();
    if (worker->thread.joinable()) worker->thread.join();
  }
  for (const auto& shard : all()) shard->subscription.reset();
}

void Engine::forgive() {
  for (const auto& shard : all()) shard->runner->forgive();
}

// ---- shards that come and go ----------------------------------------------------------------------------------------

Result<void> Engine::open_shard(std::uint32_t number, ShardParts parts) {
  WEIR_CHECK(number < shards_.size() && !has(number), "a shard that is here, or is not of this log");
  const auto shard = std::make_shared<Shard>();
  shard->number = number;
  shard->store = std::move(parts.store);
  const auto stamped = check_state_stamp(*shard->store, number, shards());
  if (!stamped) return told(options_.on_damaged, number, stamped.error());
  TaskOptions task_options = options_.task;
  task_options.cache_bytes /= shards();
  task_options.held_bytes_max /= shards();
  task_options.on_recorded = options_.on_recorded;
  if (options_.on_announced) {
    task_options.on_announced = [this, number](const std::string& workspace, const std::string& target) {
      options_.on_announced(number, workspace, target);
    };
  }
  if (options_.foreign_producers) task_options.placement = Placement{number, shards()};
  auto task = Task::open(*shard->store, operators_, fingerprint_, task_options);
  if (!task) return told(options_.on_damaged, number, task.error());
  shard->task = std::move(*task);
  if (parts.changes != nullptr) shard->task->tell(*parts.changes);
  shard->runner =
      std::make_unique<ShardRunner>(number, log_, *shard->task, watch_, clock_, options_.runner, parts.crash_mark);
  Worker& worker = *workers_[number % workers_.size()];
  shard->subscription = log_.subscribe(number, [&worker](const std::string&) { worker.wake(); });
  {
    const std::unique_lock lock{mutex_};
    shards_[number] = shard;
  }
  return {};
}

void Engine::rest() {
  for (const auto& shard : all()) {
    const auto still = shard->stand_still();
    if (const auto settled = shard->runner->settle(); !settled) fail(*shard, settled.error());
  }
}

void Engine::resume() {
  for (const auto& shard : all()) shard->at_rest = false;
  for (const auto& worker : workers_) worker->wake();
}

void Engine::close_shard(std::uint32_t number) {
  const std::shared_ptr<Shard> shard = find(number);
  WEIR_CHECK(shard != nullptr, "a shard that is not here");
  shard->subscription.reset();
  const auto still = shard->stand_still();
  shard->runner->forgive();
  {
    const std::unique_lock lock{mutex_};
    shards_[number].reset();
  }
  log_.release(number);
  watch_.forget(number);
}

std::shared_ptr<Engine::Shard> Engine::find(std::uint32_t shard) const {
  const std::shared_lock lock{mutex_};
  return shards_[shard];
}

std::vector<std::shared_ptr<Engine::Shard>> Engine::all() const {
  const std::shared_lock lock{mutex_};
  std::vector<std::shared_ptr<Shard>> here;
  for (const auto& shard : shards_) {
    if (shard != nullptr) here.push_back(shard);
  }
  return here;
}

// ---- driving them ---------------------------------------------------------------------------------------------------

void Engine::fail(const Error& error) {
  if (!failed_.exchange(true)) on_fatal_(error);
}

void Engine::fail(const Shard& shard, const Error& error) { fail(told(options_.on_damaged, shard.number, error)); }

/// One round. True: some shard has more to do at once.
bool Engine::run_shards(const std::vector<std::shared_ptr<Shard>>& shards) {
  bool more = false;
  for (const auto& shard : shards) {
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
  std::vector<std::shared_ptr<Shard>> shards;
  while (!failed_) {
    shards = all();
    std::erase_if(shards, [&](const auto& shard) { return shard->number % workers_.size() != worker.number; });
    const bool more = run_shards(shards);
    watch_.expire(clock_.steady());
    if (more && !(stopping_ && options_.foreign_producers)) continue;
    if (stopping_) break;
    Clock::Steady wait = longest;
    for (const auto& shard : shards) {
      if (shard->at_rest) continue;
      const std::lock_guard driving{shard->driving};
      const auto next = shard->runner->next_step();
      if (next) wait = std::clamp<Clock::Steady>(*next - clock_.steady(), Clock::Steady{0}, wait);
    }
    shards.clear();  // a shard that is closed meanwhile goes at once
    std::unique_lock lock{worker.mutex};
    worker.changed.wait_for(lock, wait, [&] { return worker.woken || stopping_.load(); });
    worker.woken = false;
  }
  for (const auto& shard : shards) {
    if (failed_) return;
    if (const auto finished = shard->finish(); !finished) fail(*shard, finished.error());
  }
}

bool Engine::has(std::uint32_t shard) const { return find(shard) != nullptr; }

/// The store stays open as long as the snapshot is held, so that who opens the shard again finds it
/// (api/app/shards.hpp).
std::shared_ptr<const store::Snapshot> Engine::snapshot(std::uint32_t number) const {
  const std::shared_ptr<Shard> shard = find(number);
  if (shard == nullptr) return nullptr;
  auto taken = shard->store->snapshot();
  const store::Snapshot* const plain = taken.get();
  return {plain, [store = shard->store, taken = std::move(taken)](const store::Snapshot*) mutable {
            taken.reset();
            store.reset();
          }};
}

std::uint64_t Engine::lag(std::uint32_t number) const {
  const std::shared_ptr<Shard> shard = find(number);
  return shard == nullptr ? 0 : shard->runner->lag();
}

std::optional<std::uint64_t> Engine::stepping(std::uint32_t number) const {
  const std::shared_ptr<Shard> shard = find(number);
  return shard != nullptr && shard->stepping ? std::optional{shard->steps.load()} : std::nullopt;
}

std::uint32_t Engine::shards() const { return static_cast<std::uint32_t>(shards_.size()); }
const dataflow::Operators& Engine::operators() const { return operators_; }
CommitWatch& Engine::watch() { return watch_; }

std::vector<ShardStatus> Engine::status() const {
  std::vector<ShardStatus> found;
  for (const auto& shard : all()) {
    const TaskCounters& counters = shard->task->counters();
    ShardStatus status;
    status.shard = shard->number;
    status.lag = shard->runner->lag();
    status.ticks_held = shard->runner->ticks_held();
    status.accepted = counters.accepted;
    status.duplicates = counters.duplicates;
    status.refused = counters.refused;
    status.archived = counters.archived;
    status.revived = counters.revived;
    status.roll_backs = counters.roll_backs;
    status.dead_letters_dropped = counters.dead_letters_dropped;
    status.commits = counters.commits;
    status.commit_bytes = counters.commit_bytes;
    status.forwarded = shard->runner->forwarded();
    status.stepping = shard->stepping;
    status.doing = shard->runner->doing();
    status.single_step = shard->runner->single_step();
    found.push_back(status);
  }
  return found;
}

}  // namespace weir::runtime
