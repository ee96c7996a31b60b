// The task of one shard: takes records of its partitions in their order, keeps the state of their cases, and commits
// state, timers, dead letters and next offsets in one atomic batch. No thread, no clock, no log: a driver feeds it
// (shard_runner.hpp, the simulator, tests). All results depend on the records alone, not on how they were batched.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"
#include "state/store/store.hpp"
#include "stream/log/log.hpp"
#include "stream/runtime/change_sink.hpp"
#include "stream/runtime/control_records.hpp"
#include "stream/runtime/process_state.hpp"
#include "stream/runtime/task_records.hpp"

namespace weir::runtime {

/// The keyed hash by which an erased case is remembered.
using Fingerprint =
    std::function<Hash128(std::string_view workspace, std::string_view process, std::string_view case_id)>;

/// Which of how many shards a task is.
struct Placement {
  std::uint32_t shard = 0;
  std::uint32_t shards = 1;
};

struct TaskOptions {
  std::optional<Placement> placement;    // where other producers write too: their events may lie on the wrong partition
  std::size_t cache_bytes = 256u << 20;  // cases and cells held between commits
  std::size_t held_bytes_max = 512u << 20;  // with what came since the last one: then it is time for the next
  std::size_t names_max = 1'000'000;        // distinct names of one process in this shard
  std::size_t dead_letters_max = 100'000;   // per workspace; the oldest go first
  std::size_t sweep_cases_max = 2'000;      // cases that one advance_sweeps() looks at
  std::size_t deliveries_max = 100'000;     // records of attempts, per workspace; the oldest go first
  /// Told on the task's thread, behind a commit that put something into the outbox for the target. Must return soon.
  std::function<void(const std::string& workspace, const std::string& target)> on_announced;
  /// The same, behind a commit of the record of a delivery. `counts`: the ledger has it; else somebody else was first.
  std::function<void(const Hash128& sender, bool counts)> on_recorded;
  std::shared_ptr<sla::CalendarPool> calendars = std::make_shared<sla::CalendarPool>();  // shared with other tasks
};

/// What became of the events since the task was opened, as committed. Read by metrics from another thread.
struct TaskCounters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> duplicates{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> dead_letters_dropped{0};
  std::atomic<std::uint64_t> archived{0};  // cases that went into the archive
  std::atomic<std::uint64_t> revived{0};   // that came back from it
  std::atomic<std::uint64_t> roll_backs{0};
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> commit_bytes{0};
};

struct UploadFate;

class Task {
 public:
  /// Errors: storage_failed, state_format. `store` and `operators` outlive the task.
  static Result<std::unique_ptr<Task>> open(store::Store& store, const dataflow::Operators& operators,
                                            Fingerprint fingerprint, TaskOptions options = {});
  ~Task();

  /// From now on each commit is told to `sink`, which outlives the task.
  void tell(ChangeSink& sink) { sink_ = &sink; }
  /// Somebody follows what commits change.
  bool followed() const { return sink_ != nullptr && sink_->followed(); }

  /// The offset of the first record of the workspace's partition that process() has not taken yet.
  Result<std::uint64_t> next_offset(const std::string& workspace);
  /// The last record taken: whether the log is still the one that was read. Known where other producers write.
  Result<log::Witness> witness(const std::string& workspace);
  /// Takes records in; those below next_offset() are skipped (they are repeats). An error is of the environment: the
  /// task must be closed and opened again. Records from `until` on are left for later, and so is all that comes once it
  /// must_commit(): then it wants the block again.
  Result<void> process(const std::string& workspace, const log::Block& block, std::uint64_t until = all_records);
  static constexpr std::uint64_t all_records = ~std::uint64_t{0};
  /// Events of other producers that process() met and that belong to other shards: to be appended, and durable there
  /// before the next commit. Empty from then on.
  std::vector<log::Addressed> take_strays() { return std::exchange(strays_, {}); }
  /// Puts the first record from next_offset() on, which the block holds, to the dead letters instead of taking it in; a
  /// replay is left out. Any other control record has to be taken: then `why` is the error.
  Result<void> refuse_next(const std::string& workspace, const log::Block& block, const Error& why);

  /// The earliest time at which a timer of the workspace may be due, if one is set and its tick did not come yet. As of
  /// the last commit.
  std::optional<Time> next_due(const std::string& workspace) const;

  /// Sweeps go over all cases of a process after a withdrawal or a change of settings; each call does a bounded part.
  bool has_sweeps() const;
  Result<void> advance_sweeps();
  /// The views include every record of the workspace below it, to the end of its sweep. As of the last commit, if
  /// nothing came since.
  std::uint64_t settled_offset(const std::string& workspace) const;

  /// Some view has to look up an extreme in the cases.
  bool has_exhausted() const;
  /// Looks them up, so that readers need not; commits first. For when the shard has nothing else to do. O(events).
  Result<void> refill_extremes();

  /// There is something to commit.
  bool dirty() const { return dirty_; }
  /// Something of it is to be told somebody: it should be committed soon.
  bool effect_waits() const { return effect_waits_; }
  /// It takes nothing more before it is committed: what it holds has grown to its bound, and only a commit lets go of
  /// it; or a record comes that has to find everything before it in the views. O(1).
  bool must_commit() const;
  /// About what it holds of cases and views, and of what came since the last commit. O(1).
  std::size_t held_bytes() const { return cases_.bytes + view_bytes_ + refused_bytes_ + batch_.bytes(); }
  /// Writes all since the last commit, atomically, durable as far as the log can replay the rest. O(changes).
  /// Error operator_error: an operator failed on something since the last commit; then only roll_back() may follow.
  Result<void> commit();
  /// Back to the last commit; next_offset() says where that is.
  void roll_back();

  const TaskCounters& counters() const { return counters_; }

 private:
  struct Workspace;
  struct Incoming;

  Task(store::Store& store, const dataflow::Operators& operators, Fingerprint fingerprint, TaskOptions options);

  Result<Workspace*> workspace(const std::string& name);
  Result<ProcessState*> process_state(Workspace& workspace, const std::string& name);
  std::size_t group_max() const;
  Result<void> prefetch(Workspace& workspace, const std::vector<Incoming>& events);
  Result<void> take_events(Workspace& workspace, std::vector<Incoming>& events);
  void count_taken(Workspace& workspace, std::uint64_t offset, std::string_view bytes);
  Incoming incoming_of(const log::Entry& record, Time appended) const;
  bool is_stray(const Incoming& incoming);
  Result<void> take_event(Workspace& workspace, Incoming& incoming);
  Result<void> sweep_first(Workspace& workspace, ProcessState& process, ProcessState::Slot& slot);
  Result<void> take_control(Workspace& workspace, const log::Entry& record);
  Result<void> take_tick(Workspace& workspace, std::uint64_t offset, const Tick& tick);
  Result<void> fire(Workspace& workspace, std::vector<std::string> timers, bool new_hour);
  Result<void> take_document(Workspace& workspace, std::uint64_t offset, const documents::Change& change);
  Result<void> come_into_force(Workspace& workspace, std::uint64_t offset, const documents::Change& change);
  Result<std::vector<std::string>> processes_of(const Workspace& workspace) const;
  void read_playbook(Workspace& workspace) const;
  void give_judges(const Workspace& workspace, ProcessState& process) const;
  Result<void> settle_all();
  Result<void> take_upload_mark(Workspace& workspace, const log::Entry& record, const UploadMark& mark);
  Result<UploadFate> fate_of(Workspace& workspace, const std::string& upload) const;
  Result<void> take_delivery(Workspace& workspace, std::uint64_t offset, const alerts::Delivery& delivery);
  Result<void> take_command(Workspace& workspace, const alerts::Command& command);
  Result<bool> take_told(Workspace& workspace, std::uint64_t offset, const alerts::Delivery& delivery,
                         std::string& effect);
  Result<void> fire_thresholds(Workspace& workspace, const std::vector<std::string_view>& names);
  void commit_thresholds(Workspace& workspace);
  void forget_told(Workspace& workspace, ProcessState& process, ProcessState::Slot& slot);
  Result<void> drop_old_deliveries(Workspace& workspace);
  Result<void> take_erasure(Workspace& workspace, const Erasure& erasure);
  Result<std::string> case_of(const Workspace& workspace, const ProcessState& process, const Erasure& erasure) const;
  Result<void> drop_dead_letters_of(Workspace& workspace, const Erasure& erasure);
  Result<void> take_replay(Workspace& workspace, const Replay& replay);
  Result<bool> is_erased(Workspace& workspace, ProcessState& process, const Incoming& incoming);
  Result<void> refuse(Workspace& workspace, ProcessState* process, const Incoming& incoming, const Error& why);
  void start_sweep(Workspace& workspace, Sweep sweep);
  Result<bool> advance(Workspace& workspace, Sweep& sweep, std::size_t& budget);
  Result<bool> advance_alerts(Workspace& workspace, Sweep& sweep, std::size_t& budget);
  static Result<void> sweep_case(ProcessState& process, const Sweep& sweep, const std::string& case_id);
  Result<void> commit_workspace(Workspace& workspace);
  Result<void> commit_process(Workspace& workspace, ProcessState& process);
  Result<void> write_batch();
  Result<void> look_for_timers(Workspace& workspace);
  Result<void> drop_old_dead_letters(Workspace& workspace);
  void tell_of_effects();
  void check_views() const;
  std::size_t view_bytes() const;
  bool waits_for_commit(const Workspace& workspace, const log::Entry& record) const;
  void shrink();

  store::Store& store_;
  const dataflow::Operators& operators_;
  Fingerprint fingerprint_;
  TaskOptions options_;
  ChangeSink* sink_ = nullptr;
  store::Batch batch_;
  std::vector<log::Addressed> strays_;
  CasesHeld cases_;
  std::size_t view_bytes_ = 0;     // as of the last commit
  std::size_t refused_bytes_ = 0;  // of records, since the last commit
  std::size_t kept_bytes_ = 0;     // of all of these, after the last commit
  bool dirty_ = false;
  bool commit_first_ = false;  // before the next record
  bool effect_waits_ = false;
  std::vector<std::pair<Hash128, bool>> recorded_;  // since the last commit: senders, and whether they count
  struct {
    std::uint64_t accepted = 0, duplicates = 0, refused = 0, dead_letters_dropped = 0;
  } counted_;  // since the last commit
  TaskCounters counters_;
  std::map<std::string, std::unique_ptr<Workspace>> workspaces_;  // goes first: it counts in cases_
};

}  // namespace weir::runtime
