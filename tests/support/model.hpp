// The plain answer to what one partition's records leave behind. It keeps the accepted events in a map and knows
// nothing of pieces, folds, cells, batches or commits.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/documents/documents.hpp"
#include "stream/log/log.hpp"
#include "stream/runtime/process_state.hpp"

namespace weir::support {

/// The fingerprint that tests use for erasures.
Hash128 test_fingerprint(std::string_view workspace, std::string_view process, std::string_view case_id);

/// The events of one process that are left, and what else its views depend on.
struct Outcome {
  std::map<std::string, std::vector<Event>> cases;  // in trace order
  runtime::ProcessSettings settings;
  runtime::ProcessCounters counters;
  documents::Documents documents;
  std::int64_t clock = 0;
  std::set<std::string> archived = {};  // which of the cases are
};

class PartitionModel {
 public:
  explicit PartitionModel(std::string workspace) : workspace_(std::move(workspace)) {}

  /// Takes the records of the partition in their order.
  void take(std::uint64_t offset, Time appended, log::Kind kind, std::string_view value);
  Outcome outcome(const std::string& process) const;
  /// Offsets of the dead letters.
  std::set<std::uint64_t> dead_letters() const;

 private:
  using Identity = std::tuple<std::string, std::string, std::string>;  // case, source, id
  /// An accepted event and everybody who brought it.
  struct Accepted {
    Event event;
    std::map<std::string, std::uint64_t> bringers;  // upload ("" for producers) -> sequence
  };
  struct Process {
    std::map<Identity, Accepted> accepted;
    std::set<Hash128> erased;
    runtime::ProcessSettings settings;
    runtime::ProcessCounters counters;
  };
  struct Letter {
    Time appended;
    std::string bytes;
  };

  void take_event(std::uint64_t offset, Time appended, const std::string& bytes);
  void tick(std::int64_t time);
  void withdraw(std::string_view bytes);
  void erase(std::string_view bytes);
  void replay(std::string_view bytes);

  std::string workspace_;
  std::map<std::string, Process> processes_;
  documents::Documents documents_;
  std::set<std::string> withdrawn_;
  std::map<std::uint64_t, Letter> dead_;
  std::int64_t clock_ = 0;
};

}  // namespace weir::support
