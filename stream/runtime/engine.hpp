// All shards of this process and the threads that drive them. Shards are spread over the threads; nothing is shared
// between two tasks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/runtime/shard_runner.hpp"

namespace weir::runtime {

struct EngineOptions {
  unsigned threads = 2;
  TaskOptions task;  // cache_bytes is of all shards together
  RunnerOptions runner;
  /// Told, from any thread, that a shard cannot go on because of what its store holds; on_fatal follows.
  std::function<void(std::uint32_t shard, const Error&)> on_damaged;
  bool foreign_producers = false;  // others than this program write to the log, also while it stops
  // One per shard, outliving the engine; or none.
  std::vector<ChangeSink*> changes;
  std::vector<store::MarkerFile*> crash_marks;  // where crashes are remembered (crash_record.hpp)
};

/// How one shard stands.
struct ShardStatus {
  std::uint64_t lag = 0;  // records not in the views yet
  bool ticks_held = false;
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;     // to the dead letters
  std::uint64_t roll_backs = 0;  // because an operator failed
  std::uint64_t dead_letters_dropped = 0;
  std::uint64_t commits = 0;
  // While its thread is at a step of it, how many have ended: the same again and again means that this one does not.
  std::optional<std::uint64_t> stepping = {};
  std::string_view doing = {};  // at that step, or the last
  bool single_step = false;     // the process died often: records are taken one at a time (crash_record.hpp)
  std::uint64_t commit_bytes = 0;
  std::uint64_t forwarded = 0;  // events that others had put on the wrong partition
};

class Engine {
 public:
  using OnFatal = std::function<void(const Error&)>;

  /// `stores`: one per partition of the log, in order. All outlive the engine. `on_fatal` is called once, from any
  /// thread, when a shard cannot go on: the process has to stop. Errors: storage_failed, state_format.
  static Result<std::unique_ptr<Engine>> open(log::Log& log, std::vector<store::Store*> stores, const Clock& clock,
                                              Fingerprint fingerprint, const EngineOptions& options, OnFatal on_fatal);
  /// As stop().
  ~Engine();

  void start();
  /// Lets every shard take what the log holds now (where others write too: what it has at hand), commits, and ends the
  /// threads. Idempotent.
  void stop();
  /// The process is about to end, and not by a crash. Any thread.
  void forgive();

  /// One per shard, of the committed state.
  std::vector<std::shared_ptr<const store::Snapshot>> snapshots() const;
  std::shared_ptr<const store::Snapshot> snapshot(std::uint32_t shard) const;
  std::uint32_t shards() const;
  const dataflow::Operators& operators() const;
  CommitWatch& watch();
  std::vector<ShardStatus> status() const;

 private:
  struct Shard;
  struct Worker;

  Engine(const Clock& clock, OnFatal on_fatal);
  void run(Worker& worker);
  bool run_shards(Worker& worker);
  void fail(const Error& error);
  void fail(const Shard& shard, const Error& error);

  const Clock& clock_;
  OnFatal on_fatal_;
  std::function<void(std::uint32_t shard, const Error&)> on_damaged_;
  dataflow::Operators operators_;
  CommitWatch watch_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::unique_ptr<Worker>> workers_;
  bool leaves_backlog_ = false;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
};

}  // namespace weir::runtime
