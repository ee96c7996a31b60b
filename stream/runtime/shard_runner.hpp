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
#include "stream/runtime/crash_record.hpp"
#include "stream/runtime/strays.hpp"
#include "stream/runtime/task.hpp"

namespace weir::runtime {

struct RunnerOptions {
  std::size_t batch_bytes = std::size_t{1} << 20;  // read in one step, from the workspaces in turn
  // A lone event is committed at once, and so is what was taken when a step finds nothing more. What keeps coming
  // gathers for a while that grows with what commits cost, so that they take a small share of the time, and under load
  // many events of a case become one write (measured.md). What the task may hold bounds it.
  Clock::Steady commit_gap = std::chrono::milliseconds{5};         // at least, between two commits nobody waits for
  int commit_gap_costs = 16;                                       // at least, so often what the last one took
  int commit_gap_costs_followed = 2;                               // the same, while somebody follows
  Clock::Steady commit_interval = std::chrono::milliseconds{200};  // at most, while somebody waits or follows
  Clock::Steady commit_interval_max = std::chrono::milliseconds{3200};  // at most
  // Extremes that views lost are looked up again when the shard is idle, at most this often.
  Clock::Steady refill_gap = std::chrono::seconds{2};
  // The wall clock may run ahead of the monotonic one by at most this much; beyond, ticks are held until it is set
  // back, a second source confirms it, or the process is started again (reliability R18).
  Clock::Steady clock_jump_max = std::chrono::minutes{5};
};

class ShardRunner {
 public:
  /// All outlive the runner. `crash_mark`: where a crash is remembered (crash_record.hpp); null: nowhere.
  ShardRunner(std::uint32_t shard, log::Log& log, Task& task, CommitWatch& watch, const Clock& clock,
              RunnerOptions options = {}, store::MarkerFile* crash_mark = nullptr);
  ~ShardRunner();

  /// Does a bounded amount of work. True: there may be more at once. An error is of the environment and final, or an
  /// operator_error that no event is to blame for. One that fails on an event costs that event alone: what was not
  /// committed is taken again in ever smaller parts, and the event becomes a dead letter (reliability R14). So does one
  /// on which the process ended again and again.
  Result<bool> step();
  /// Commits what can be committed now. step() may go on.
  Result<void> settle();
  /// As settle(), for a clean stop.
  Result<void> finish();
  /// The process ends in order: what the shard is about is not to blame. Any thread.
  void forgive() { crashes_.forgive(); }
  /// When step() should be called again although nothing was appended; none while nothing is pending.
  std::optional<Clock::Steady> next_step() const;

  /// Records in the log that the views do not include yet, over all workspaces. Any thread.
  std::uint64_t lag() const { return lag_.load(std::memory_order_relaxed); }
  /// Ticks are held because the wall clock jumped. Any thread.
  bool ticks_held() const { return ticks_held_.load(std::memory_order_relaxed); }
  /// What it is at, or was last. Any thread.
  const char* doing() const { return doing_.load(std::memory_order_relaxed); }
  /// It takes one record at a time, looking for the one on which the process dies. Any thread.
  bool single_step() const { return single_step_.load(std::memory_order_relaxed); }
  /// Events that other producers put on this partition and that were appended to their own. Any thread.
  std::uint64_t forwarded() const { return strays_.forwarded(); }

 private:
  Result<bool> try_step();
  Result<bool> take_records();
  Result<std::uint64_t*> next_of(const std::string& workspace);
  Result<void> take_from(const std::string& workspace, std::uint64_t& next, std::uint64_t end, std::size_t& bytes_left);
  Result<bool> narrow_down(const Error& fault);
  Result<void> refuse_next(const std::string& workspace, const Error& why);
  void take_again();
  bool narrowing() const { return records_max_ != Task::all_records; }
  bool wait_for_strays();
  Error ahead_of_log(const std::string& workspace, std::uint64_t next, std::uint64_t end) const;
  void tick_if_due();
  bool wall_clock_jumped();
  Result<void> refill_if_idle(bool caught_up);
  bool commit_is_due(bool caught_up, bool idle) const;
  Clock::Steady commit_gap() const;
  Result<void> commit();

  const std::uint32_t shard_;
  log::Log& log_;
  Task& task_;
  CommitWatch& watch_;
  const Clock& clock_;
  const RunnerOptions options_;
  std::map<std::string, std::uint64_t> next_;  // offset to read next, by workspace
  Strays strays_;
  CrashRecord crashes_;
  std::string turn_;                               // the next batch begins with the first workspace not before it
  std::uint64_t taken_ = 0;                        // records since the last commit
  std::string taken_last_;                         // the workspace of the last of them
  std::uint64_t records_max_ = Task::all_records;  // to take before a commit; fewer when looking for who is to blame
  std::shared_ptr<std::atomic<int>> ticks_under_way_ = std::make_shared<std::atomic<int>>(0);
  Clock::Steady last_commit_{};
  Clock::Steady last_commit_took_{};
  Clock::Steady last_refill_{};
  Time wall_seen_{};
  Clock::Steady steady_seen_{};
  std::atomic<std::uint64_t> lag_{0};
  std::atomic<bool> ticks_held_{false};
  std::atomic<const char*> doing_{"nothing yet"};
  std::atomic<bool> single_step_{false};
};

}  // namespace weir::runtime
