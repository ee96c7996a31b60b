// Drives one shard's task from the log: reads what is new, ticks when a timer is due, commits when it is time. One
// thread at a time; has none of its own (engine.hpp, the simulator).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "schemas/base/clock.hpp"
#include "stream/log/log.hpp"
#include "stream/runtime/commit_watch.hpp"
#include "stream/runtime/task.hpp"

namespace weir::runtime {

struct RunnerOptions {
  std::size_t batch_bytes = std::size_t{1} << 20;  // read from one workspace's partition in one step
  // A commit follows when the shard has caught up and `commit_gap` has passed since the last, or somebody waits; under
  // full load after `commit_interval`, doubled with each commit that does not catch up until `commit_interval_max`, so
  // that many events of a case become one write (measured.md). What the task holds bounds the interval too.
  Clock::Steady commit_gap = std::chrono::milliseconds{5};
  Clock::Steady commit_interval = std::chrono::milliseconds{400};
  Clock::Steady commit_interval_max = std::chrono::milliseconds{3200};
  // Under full load, while somebody follows what commits change.
  Clock::Steady commit_interval_followed = std::chrono::milliseconds{200};
  // Extremes that views lost are looked up again when the shard is idle, at most this often.
  Clock::Steady refill_gap = std::chrono::seconds{2};
  // The wall clock may run ahead of the monotonic one by at most this much; beyond, ticks are held (reliability R18).
  Clock::Steady clock_jump_max = std::chrono::minutes{5};
};

class ShardRunner {
 public:
  /// All outlive the runner.
  ShardRunner(std::uint32_t shard, log::Log& log, Task& task, CommitWatch& watch, const Clock& clock,
              RunnerOptions options = {});
  ~ShardRunner();

  /// Does a bounded amount of work. True: there may be more at once. An error is of the environment and final, or an
  /// operator_error that no event is to blame for. One that fails on an event costs that event alone: what was not
  /// committed is taken again in ever smaller parts, and the event becomes a dead letter (reliability R14).
  Result<bool> step();
  /// Commits what is pending (a clean stop).
  Result<void> finish();
  /// When step() should be called again although nothing was appended; none while nothing is pending.
  std::optional<Clock::Steady> next_step() const;

  /// Records in the log that the views do not include yet, over all workspaces. Any thread.
  std::uint64_t lag() const { return lag_.load(std::memory_order_relaxed); }
  /// Ticks are held because the wall clock jumped. Any thread.
  bool ticks_held() const { return ticks_held_.load(std::memory_order_relaxed); }

 private:
  Result<bool> try_step();
  Result<bool> take_records();
  Result<std::uint64_t*> next_of(const std::string& workspace);
  Result<void> take_from(const std::string& workspace, std::uint64_t& next, std::uint64_t end);
  Result<bool> narrow_down(const Error& fault);
  bool narrowing() const { return records_max_ != Task::all_records; }
  Error ahead_of_log(const std::string& workspace, std::uint64_t next, std::uint64_t end) const;
  void tick_if_due();
  bool wall_clock_jumped();
  Result<void> refill_if_idle(bool caught_up);
  Result<bool> commit_if_time(bool caught_up);
  Result<void> commit();

  const std::uint32_t shard_;
  log::Log& log_;
  Task& task_;
  CommitWatch& watch_;
  const Clock& clock_;
  const RunnerOptions options_;
  std::map<std::string, std::uint64_t> next_;      // offset to read next, by workspace
  std::uint64_t taken_ = 0;                        // records since the last commit
  std::string taken_last_;                         // the workspace of the last of them
  std::uint64_t records_max_ = Task::all_records;  // to take before a commit; fewer when looking for who is to blame
  std::shared_ptr<std::atomic<int>> ticks_under_way_ = std::make_shared<std::atomic<int>>(0);
  Clock::Steady last_commit_{};
  Clock::Steady interval_{};  // of the commits under load at hand
  Clock::Steady last_refill_{};
  Time wall_seen_{};
  Clock::Steady steady_seen_{};
  std::atomic<std::uint64_t> lag_{0};
  std::atomic<bool> ticks_held_{false};
};

}  // namespace weir::runtime
