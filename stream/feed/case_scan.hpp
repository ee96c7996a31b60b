// Reading the cases of one shard's snapshot that a filter selects. The part that views, lists and exports share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/dataflow/whole_case.hpp"
#include "stream/feed/process_view.hpp"

namespace weir::feed {

/// A case that passed the filter. `entries` and `whole` speak in the shard's names.
struct ScannedCase {
  std::string_view case_id;
  const std::vector<dataflow::Entry>& entries;  // all of the case's
  dataflow::WholeCase& whole;                   // fold of the selected events; never empty
  const dataflow::CaseFacts& facts;             // of that fold
  bool archived = false;
};

/// One shard of one process, with its names and its judge of completion.
struct ShardScan {
  ShardScan(const store::Reader& shard, const std::string& workspace, std::string process_name);
  /// Reads names, record and clock. Call once, first.
  Result<void> open();
  /// After open(): cases are folded with their SLA clocks too, judged afresh.
  Result<void> read_judges();
  /// Calls for each selected case with an id greater than `after`, ascending. Return false to stop.
  Result<void> each(const Filter& filter, std::string_view after, const std::function<bool(const ScannedCase&)>& visit);
  /// Calls for this case, if it is there and selected.
  Result<void> one(const Filter& filter, const std::string& case_id,
                   const std::function<void(const ScannedCase&)>& visit);

  runtime::StoredCases cases(bool archived_too) const {
    return {store, scope, process, archived_too && record.archived > 0};
  }
  /// A case's entries as the events that were accepted, with process and case_id.
  std::vector<Event> events_of(const std::vector<dataflow::Entry>& entries, std::string_view case_id) const;

  const store::Reader& store;
  format::Scope scope;
  std::string process;
  dataflow::Names names;
  runtime::ProcessRecord record;
  dataflow::Completion completion;
  runtime::Judges judges;

 private:
  /// Folds what is stored under the case's key and, if it is selected, calls. Error: state_format.
  Result<bool> look_at(const Filter& filter, const std::string& case_id, std::string_view value,
                       dataflow::WholeCase& whole, const std::function<bool(const ScannedCase&)>& visit);
};

}  // namespace weir::feed
