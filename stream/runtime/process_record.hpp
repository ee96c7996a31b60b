// What is stored of a process beside its cases and cells: settings, counters, names.
#pragma once

#include <string>
#include <string_view>

#include "state/format/keys.hpp"
#include "state/store/store.hpp"
#include "stream/dataflow/hashed_cells.hpp"
#include "stream/dataflow/names.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::runtime {

/// Events by what became of them. What is counted is deliveries: a duplicate counts each time it comes.
struct ProcessCounters {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;    // to the dead letters
  std::uint64_t erasures = 0;   // cases erased for good
  std::uint64_t withdrawn = 0;  // events of uploads withdrawn before they came
};

/// The stored form of what is neither case nor cell.
struct ProcessRecord {
  ProcessSettings settings;
  ProcessCounters counters;
  bool exhausted = false;  // some cell no longer knows an extreme
  bool clocked = false;    // some SLA policy has been for it: its cases may have clocks
  dataflow::HashedCells::Size variants;
  std::uint64_t archived = 0;  // cases
};
std::string encode(const ProcessRecord& record);
/// Error: state_format.
Result<ProcessRecord> decode_process_record(std::string_view bytes);

/// A name as it is stored, under its number.
struct StoredName {
  std::uint64_t uses = 0;
  std::string text;
};
std::string encode(const StoredName& name);
/// Error: state_format.
Result<StoredName> decode_name(std::string_view bytes);

/// Reads the names of a process as they were written. For a task and for readers of a snapshot.
Result<void> read_names(const store::Reader& store, const format::Scope& scope, std::string_view process,
                        dataflow::Names& names);

}  // namespace weir::runtime
