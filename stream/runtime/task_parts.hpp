// What a task holds in memory. Internal to task*.cpp.
#pragma once

#include "stream/documents/documents.hpp"
#include "stream/runtime/task.hpp"
#include "stream/runtime/threshold_book.hpp"

namespace weir::runtime {

/// What became of an upload.
struct UploadFate {
  bool withdrawn = false;
  Time began = Time::max();  // known once it has ended; else it goes on
};

/// An event on its way in, with the record that it came in.
struct Task::Incoming {
  std::uint64_t offset = 0;
  Time appended{};
  std::string_view bytes;
  Result<Event> event{Event{}};
  log::Kind kind = log::Kind::event;
};

struct Task::Workspace {
  /// The store outlives it.
  Workspace(const store::Reader& state, const std::string& name) : scope(name), thresholds(state, scope, documents) {}

  format::Scope scope;
  Progress progress;
  documents::Documents documents;
  /// Versions, without their bodies, that hold from a time on which the clock has not reached, by that time.
  std::multimap<std::int64_t, documents::Change> coming;
  ThresholdBook thresholds;
  std::map<std::string, std::unique_ptr<ProcessState>, std::less<>> processes;
  std::shared_ptr<const alerts::Playbook> playbook;  // null: nothing is declared
  std::vector<Sweep> sweeps;
  std::map<std::string, UploadFate> uploads;  // looked up since the last commit
  std::set<Hash128> erased;                   // fingerprints not written yet
  std::map<std::uint64_t, DeadLetter> dead;   // not written yet
  std::set<std::uint64_t> replayed;           // dead letters that are in the store until the next commit
  std::optional<std::int64_t> next_due;
  std::uint64_t deliveries_unchecked = 0;  // recorded since it was looked whether they are too many
  bool changed = false;
};

}  // namespace weir::runtime
