// What the outside may see of a process: the views of all shards merged into one, read from snapshots by any thread,
// never by a task. A filtered view is the batch answer over the cases that the filter selects, by the same operators.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/result.hpp"
#include "state/store/store.hpp"
#include "stream/dataflow/operator.hpp"
#include "stream/runtime/process_state.hpp"

namespace weir::feed {

/// One snapshot per shard, in shard order; consistent per shard.
using Snapshots = std::vector<std::shared_ptr<const store::Snapshot>>;

/// Which part of time a window takes (design, "A filter selects whole cases").
enum class Window : std::uint8_t {
  intersecting,  // cases that overlap it
  contained,     // cases that lie within it
  started,       // cases that began in it
  completed,     // cases whose last event lies in it
  events,        // all cases, trimmed to the events in it
};

/// Empty: every case. All that is set must hold. The window is [from, to), µs.
struct Filter {
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  Window window = Window::intersecting;
  std::vector<std::string> activities;                          // the case contains each
  std::vector<std::string> resources;                           // some event has each
  std::vector<std::string> variants;                            // the case has one of them (ids, 32 hexadecimal digits)
  std::vector<std::pair<std::string, std::string>> attributes;  // some event has each: name, value as text
  bool complete_only = false;  // lifecycle=complete: completes are the events, starts are paired with them (B8)
  bool archived = true;        // archived cases too

  bool empty() const;
  /// Every event of every case: what the stored views hold.
  bool takes_all() const { return empty() && window != Window::events; }
  /// It takes events out of cases.
  bool selects_events() const { return complete_only || window == Window::events; }
};

/// Everything known of one process. Names are numbers of `names`, valid in `views`.
struct ProcessView {
  dataflow::Names names;
  dataflow::Views views;
  runtime::ProcessRecord record;  // settings; counters summed over the shards
};

/// The views of the process over all shards. Tables not named are left out. A process without events gives an empty
/// view. Where an extreme has to be looked up in the cases, it is; where their owner cannot be asked it is left out
/// until the shard has looked it up (Extremes::exhausted()). Errors: storage_failed, state_format.
Result<std::unique_ptr<ProcessView>> read_view(const Snapshots& snapshots, const std::string& workspace,
                                               const std::string& process, const dataflow::Operators& operators,
                                               const std::vector<dataflow::Table>& tables);

/// The same for the cases that the filter selects, by reading every case, of shards that are elsewhere from their
/// owners. Their SLA clocks only `with_clocks`. O(events). Errors: shard_elsewhere, not_caught_up, overloaded (an owner
/// cannot be asked) besides.
Result<std::unique_ptr<ProcessView>> scan_view(const Snapshots& snapshots, const std::string& workspace,
                                               const std::string& process, const dataflow::Operators& operators,
                                               const Filter& filter, bool with_clocks = false);

/// Processes of the workspace that any shard knows, ascending.
Result<std::vector<std::string>> list_processes(const Snapshots& snapshots, const std::string& workspace);

}  // namespace weir::feed
