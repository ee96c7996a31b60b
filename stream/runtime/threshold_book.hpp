// The thresholds that lie on one partition of a workspace: how they stand, what was told of them, and the rows that are
// made of both. Part of a task: what changed gathers in memory until commit() writes it as part of the task's batch.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "stream/alerts/playbook.hpp"
#include "stream/documents/documents.hpp"
#include "stream/runtime/case_alerts.hpp"
#include "stream/thresholds/standing.hpp"

namespace weir::runtime {

/// What is kept of a threshold.
struct KeptThreshold {
  thresholds::Standing standing;
  KeptAlerts alerts;
  std::optional<std::int64_t> timer;  // when its alerts are looked at again although nothing happens, µs
};
std::string encode(const KeptThreshold& kept);
/// Error: state_format.
Result<KeptThreshold> decode_kept_threshold(std::string_view bytes);

/// As it is stored; one that never stood otherwise than quiet is an empty one. Errors: state_format, those of the
/// store.
Result<KeptThreshold> read_threshold(const store::Reader& state, const format::Scope& scope, const std::string& name);

class ThresholdBook {
 public:
  /// All outlive it.
  ThresholdBook(const store::Reader& state, const format::Scope& scope, const documents::Documents& documents)
      : state_(state), scope_(scope), documents_(documents) {}

  // Errors: state_format, those of the store.
  /// What was observed under another version than the last one does not count.
  Result<void> take(const thresholds::Observation& observation);
  /// The alert that it is of names the threshold. False: it does not count. `effect`: what was told.
  Result<bool> take(const alerts::Delivery& delivery, std::uint64_t offset, std::string& effect);
  /// What somebody did about an alert of the threshold. `tick`: the last, µs.
  Result<void> take(const alerts::Command& command, std::int64_t tick);
  /// A version of a document holds from now on.
  Result<void> come_into_force(const documents::Change& change);
  /// Its timer is due, and gone.
  Result<void> fire(const std::string& name);

  bool changed() const { return !changed_.empty(); }
  struct Committed {
    std::set<std::string> processes;       // of whose alerts some changed; of the engine's the empty name
    std::optional<std::int64_t> due = {};  // the earliest timer that was set
  };
  /// Makes the rows of all that changed since the last call. `playbook`: null for none. `clock`: the last tick, µs.
  Committed commit(const alerts::Playbook* playbook, std::int64_t clock, store::Batch& batch);
  /// For which targets commits put something into the outbox since the last call.
  std::set<std::string> take_addressed() { return std::exchange(addressed_, {}); }

 private:
  Result<KeptThreshold*> find(const std::string& name);
  Result<void> touch_all();
  void set_timer(const std::string& name, KeptThreshold& kept, std::optional<Time> next, store::Batch& batch) const;

  const store::Reader& state_;
  const format::Scope& scope_;
  const documents::Documents& documents_;
  std::map<std::string, KeptThreshold> known_;  // looked up since the last commit
  std::set<std::string> changed_;
  std::set<std::string> addressed_;
};

}  // namespace weir::runtime
