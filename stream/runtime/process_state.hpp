// One process as a shard holds it: its names, views, settings, counters, and a cache of its cases. Changes gather in
// memory until commit() writes them as part of the task's one batch.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "stream/runtime/case_clocks.hpp"
#include "stream/runtime/case_state.hpp"
#include "stream/runtime/change_sink.hpp"
#include "stream/runtime/process_record.hpp"
#include "stream/runtime/stored_cases.hpp"

namespace weir::runtime {

/// The cases that are in memory, over all processes of a task.
struct CasesHeld {
  std::size_t cases = 0;
  std::size_t bytes = 0;
};

/// Cases that went into the archive, and that came back from it.
struct ArchiveMoves {
  std::uint64_t archived = 0;
  std::uint64_t revived = 0;
};

class ProcessState {
 public:
  struct Slot {
    std::string case_id;
    CaseState state;
    KeptClocks clocks;
    bool told_changed = false;  // the ledger or the commands in `clocks`, since they were written
    bool touched = false;
    std::size_t bytes = 0;
  };

  /// Reads settings, counters and names; cases and cells come when needed. What is borrowed outlives it; its cases are
  /// counted in `held`.
  static Result<std::unique_ptr<ProcessState>> open(const store::Reader& store, const format::Scope& scope,
                                                    std::string name, const dataflow::Operators& operators,
                                                    CasesHeld& held);
  ProcessState(const ProcessState&) = delete;
  ProcessState& operator=(const ProcessState&) = delete;
  ~ProcessState();

  const std::string& name() const { return name_; }
  dataflow::Names& names() { return names_; }
  ProcessRecord& record() { return record_; }  // to be followed by mark_changed() when changed
  void mark_changed() { record_changed_ = true; }
  /// The next settle judges every case that it touches by these.
  void set_settings(ProcessSettings settings);

  /// The next settle judges every case that it touches by these too.
  void set_judges(Judges judges);
  /// Some of the policies and rules tell somebody something.
  bool notifies() const { return notifies_; }
  /// When the upload began, Time::max() while it goes on, for as long as this lives: what was due before that is not
  /// told.
  using UploadBegan = std::function<Result<Time>(const std::string& upload)>;
  void ask_for_uploads(UploadBegan began) { upload_began_ = std::move(began); }
  /// Takes the record of a delivery to the ledger of its case. False: it does not count. `effect`: what was told.
  bool take_delivery(Slot& slot, const alerts::Delivery& delivery, std::uint64_t offset, std::string& effect);
  /// Takes what somebody did about an alert of the case; `tick`: the last, µs.
  void take_command(Slot& slot, const alerts::Command& command, std::int64_t tick);
  /// The case is gone, without a word to anybody who was told of it. -> where its deliveries are recorded.
  std::vector<alerts::RecordPlace> forget_told(Slot& slot);
  /// For which targets commits put something into the outbox since the last call.
  std::set<std::string> take_addressed() { return std::exchange(addressed_, {}); }

  /// Brings the cases into memory with one read, so that find() does not read. Errors: storage_failed, state_format.
  Result<void> prefetch(std::vector<std::string_view> case_ids);
  /// The case, or nullptr if there is none; most recently used from now on.
  Result<Slot*> find(std::string_view case_id);
  /// The case, made if there is none.
  Result<Slot*> find_or_make(std::string_view case_id);
  void touch(Slot& slot);
  /// Counts again what the case takes in memory: to be called after whatever may have brought parts of it. O(1).
  void weigh(Slot& slot);
  /// Removes every event of a touched case which, as the views have it, is complete and was kept long enough by the
  /// tick. Not where such cases are archived: that commit() does.
  Result<void> let_leave(Slot& slot, std::int64_t tick);
  CaseHome home(const Slot& slot) const { return {store_, scope_, name_, slot.case_id}; }
  alerts::Subject subject(const Slot& slot) const { return {scope_.workspace(), name_, slot.case_id}; }
  /// As of the last commit.
  StoredCases stored_cases() const { return {store_, scope_, name_, record_.archived > 0}; }
  ArchiveMoves take_archive_moves() { return std::exchange(moves_, {}); }

  /// Settles every touched case and appends all that changed since the last call. `clock`: the last tick, µs. The batch
  /// must be written before the next read of the store. What changes is told in `changes`, unless null; its ids live
  /// until the next let_archived_go() or shrink_to(). O(changes).
  Result<void> commit(std::int64_t clock, store::Batch& batch, ProcessChanges* changes);
  /// The earliest timer that the last commit() set.
  std::optional<std::int64_t> earliest_due() const { return earliest_due_; }

  /// Some cell no longer knows an extreme (dataflow/extremes.hpp); readers look it up in the cases meanwhile.
  bool has_exhausted() const { return !views_.exhausted().empty(); }
  /// Looks up what exhausted cells lack, by folding every stored case. Only when nothing is pending. O(events).
  Result<void> refill_extremes();

  /// Forgets the cases that commits put into the archive since the last call: nobody is expected to want them soon, and
  /// what is read of one again must not depend on whether it was still here.
  void let_archived_go();
  /// Forgets unchanged cases and cells, least recently used first, until no more than `bytes` are held.
  void shrink_to(std::size_t bytes);
  std::size_t case_bytes() const { return case_bytes_; }
  std::size_t view_bytes() const { return views_.bytes(); }
  bool changed() const { return record_changed_ || refilled_ || !touched_.empty(); }

 private:
  ProcessState(const store::Reader& store, const format::Scope& scope, std::string name,
               const dataflow::Operators& operators, CasesHeld& held);

  Result<void> find_exhausted();
  std::string key_of(const dataflow::CellKey& page) const;
  void keep(std::string_view case_id, CaseState state, KeptClocks clocks);
  Result<std::vector<KeptClocks>> read_clocks(const std::vector<std::string_view>& case_ids) const;
  Result<CaseClocks> judge(Slot& slot, std::int64_t clock) const;
  Result<Time> quiet_until(Slot& slot) const;
  Result<void> settle(Slot& slot, const dataflow::Completion& completion, store::Batch& batch);
  Result<void> write(Slot& slot, const dataflow::Completion& completion, store::Batch& batch);
  Result<void> write_clocks(Slot& slot, const CaseClocks& now, store::Batch& batch);
  void set_timer(Slot& slot, std::optional<std::int64_t> due, store::Batch& batch);
  std::list<Slot>::iterator let_go(std::list<Slot>::iterator slot);
  void write_pages(store::Batch& batch, ProcessChanges* changes);
  void write_names(store::Batch& batch, ProcessChanges* changes);

  const store::Reader& store_;
  const format::Scope& scope_;
  std::string name_;
  const dataflow::Operators& operators_;
  CasesHeld& held_;
  ProcessRecord record_;
  bool record_changed_ = false;
  bool settings_changed_ = false;
  bool refilled_ = false;
  Judges judges_;
  bool notifies_ = false;
  UploadBegan upload_began_;
  std::set<std::string> addressed_;
  dataflow::Names names_;
  dataflow::Views views_;
  Settling settling_;
  std::list<Slot> slots_;  // most recently used first
  boost::unordered_flat_map<std::string_view, std::list<Slot>::iterator> by_id_;
  std::vector<Slot*> touched_;
  std::vector<std::string> to_let_go_;
  ArchiveMoves moves_;
  std::size_t case_bytes_ = 0;
  std::optional<std::int64_t> earliest_due_;
};

/// The policy with its names resolved. `clock`: time of the last tick, µs.
dataflow::Completion completion_of(const ProcessSettings& settings, const dataflow::Names& names, std::int64_t clock);

}  // namespace weir::runtime
