// The shards of this process and the threads that drive them. Shards come and go while it runs; they are spread over
// the threads, and nothing is shared between two tasks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "stream/runtime/shard_runner.hpp"

namespace weir::runtime {

struct EngineOptions {
  unsigned threads = 2;
  TaskOptions task;  // what it may hold is of all shards of the log together
  RunnerOptions runner;
  /// Told, from any thread, that a shard cannot go on because of what its store holds; on_fatal follows.
  std::function<void(std::uint32_t shard, const Error&)> on_damaged;
  /// Told, on the shard's thread, that a commit put something into the outbox for the target. Must return soon.
  std::function<void(std::uint32_t shard, const std::string& workspace, const std::string& target)> on_announced;
  decltype(TaskOptions::on_recorded) on_recorded;  // of every task
  bool foreign_producers = false;                  // others than this program write to the log, also while it stops
};

/// What a shard stands on.
struct ShardParts {
  std::shared_ptr<store::Store> store;      // its state; held as long as the shard or a snapshot of it is
  ChangeSink* changes = nullptr;            // outlives the engine, as the next
  store::MarkerFile* crash_mark = nullptr;  // where crashes are remembered (crash_record.hpp)
};

/// How one shard stands.
struct ShardStatus {
  std::uint32_t shard = 0;
  std::uint64_t lag = 0;  // records not in the views yet
  bool ticks_held = false;
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;     // to the dead letters
  std::uint64_t archived = 0;    // cases that went into the archive
  std::uint64_t revived = 0;     // that came back from it
  std::uint64_t roll_backs = 0;  // because an operator failed
  std::uint64_t dead_letters_dropped = 0;
  std::uint64_t commits = 0;
  bool stepping = false;        // its thread is at a step of it
  std::string_view doing = {};  // at that step, or the last
  bool single_step = false;     // the process died often: records are taken one at a time (crash_record.hpp)
  std::uint64_t commit_bytes = 0;
  std::uint64_t forwarded = 0;  // events that others had put on the wrong partition
};

class Engine {
 public:
  using OnFatal = std::function<void(const Error&)>;

  /// Without shards. `log` and `clock` outlive the engine. `on_fatal` is called once, from any thread, when a shard
  /// cannot go on: the process has to stop.
  Engine(log::Log& log, const Clock& clock, Fingerprint fingerprint, EngineOptions options, OnFatal on_fatal);
  /// As stop().
  ~Engine();

  void start();
  /// Lets every shard take what the log holds now (where others write too: what it has at hand), commits, and ends the
  /// threads; the shards' states can still be read. Idempotent.
  void stop();
  /// The process is about to end, and not by a crash. Any thread.
  void forgive();

  // One thread at a time calls these, and none while or after stop().
  /// The shard, which is not here, is here from now on, at rest. Errors: storage_failed, state_format, state_damaged.
  Result<void> open_shard(std::uint32_t shard, ShardParts parts);
  /// Every shard commits and stands still; what they hold can be read. Returns when none does anything any more.
  void rest();
  /// Those that rest go on, from where their stores stand.
  void resume();
  /// The shard, which is here, is not any more, and its store is let go when the last snapshot of it is; what it took
  /// and did not commit (at rest it has) is taken again by who opens it next. Returns when it does nothing any more.
  void close_shard(std::uint32_t shard);

  // Any thread:
  /// Of the log; how many are here is another matter.
  std::uint32_t shards() const;
  bool has(std::uint32_t shard) const;
  /// Of the committed state; null if the shard is not here.
  std::shared_ptr<const store::Snapshot> snapshot(std::uint32_t shard) const;
  /// Records of the log that the shard's views do not include; 0 if it is not here.
  std::uint64_t lag(std::uint32_t shard) const;
  /// While the shard's thread is at a step of it, how many have ended: the same again and again means that this one
  /// does not.
  std::optional<std::uint64_t> stepping(std::uint32_t shard) const;
  const dataflow::Operators& operators() const;
  CommitWatch& watch();
  /// Of the shards that are here, in order.
  std::vector<ShardStatus> status() const;

 private:
  struct Shard;
  struct Worker;

  std::shared_ptr<Shard> find(std::uint32_t shard) const;
  std::vector<std::shared_ptr<Shard>> all() const;
  void run(Worker& worker);
  bool run_shards(const std::vector<std::shared_ptr<Shard>>& shards);
  void fail(const Error& error);
  void fail(const Shard& shard, const Error& error);

  log::Log& log_;
  const Clock& clock_;
  const Fingerprint fingerprint_;
  const EngineOptions options_;
  OnFatal on_fatal_;
  dataflow::Operators operators_;
  CommitWatch watch_;
  mutable std::shared_mutex mutex_;             // of shards_ and of the workers' lists
  std::vector<std::shared_ptr<Shard>> shards_;  // by number; null: not here
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
};

}  // namespace weir::runtime
