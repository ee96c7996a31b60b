// An operator turns changes of cases into changes of views. It sees no store, socket, thread or clock.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "schemas/base/result.hpp"
#include "stream/dataflow/clocks.hpp"
#include "stream/dataflow/fold.hpp"
#include "stream/dataflow/views.hpp"

namespace weir::dataflow {

/// How a case stands under the process's completion policy.
struct Judgement {
  bool has_policy = false;        // the process declares when a case is complete
  bool completed = false;         // always false without a policy
  std::int64_t completed_at = 0;  // µs; meaningful when completed
};

/// A case as a whole.
struct CaseFacts : Judgement {
  Summary summary;
  std::int64_t rework = 0;  // activities that occur more than once

  std::int64_t cycle() const { return summary.last_ended - summary.first_began; }
  std::int64_t waiting() const { return cycle() - summary.busy; }
};

/// How often a thing (an activity, or an edge: a to b) occurs in the case, before and after.
struct Occurrences {
  NameId a = no_name;
  NameId b = no_name;
  std::int64_t before = 0;
  std::int64_t after = 0;
};

/// One change of one case: from what it was (`before`, null: it was not) to what it is (`after`, null: it is gone).
/// Steps that are the same in both are left out. A change of very many steps comes in parts, one after the other; only
/// the last has `before` and `after`. Valid during the call only; keep nothing of it.
struct CaseChange {
  std::string_view case_id;
  const CaseFacts* before = nullptr;
  const CaseFacts* after = nullptr;
  std::span<const Step> removed;
  std::span<const Step> added;
  std::span<const Occurrences> activities;  // those of the steps above
  std::span<const Occurrences> edges;
  /// The activities of the case as it is, in order. Costly for a long case.
  const std::function<std::vector<NameId>()>& activities_after;
  /// How much of each added step was no service, µs: it was suspended (reference process-mining B8). Empty: nothing.
  std::span<const std::int64_t> paused = {};
  /// How it stood, and stands, under SLA policies.
  std::span<const ClockTally> clocks_before = {};
  std::span<const ClockTally> clocks_after = {};
};

/// Numbers of one Names as numbers of another.
using Relabel = std::function<NameId(NameId)>;

class Operator {
 public:
  virtual ~Operator() = default;
  /// Takes back what the case contributed and adds what it contributes now. Must be exact: the sum of the changes of a
  /// case, in whatever order its events came, depends on its last state alone.
  virtual void apply(const CaseChange& change, Views& views) const = 0;
  /// It has cells by variant, and asks of a change only for the case's id and activities and, of its facts, for
  /// `summary.variant`, `events`, `first_began` and `last_ended`: whoever applies many cases may keep just that of them
  /// and apply them variant by variant, so that each cell is fetched once.
  virtual bool goes_by_variant() const { return false; }
  /// Rewrites the names in the key and the note of a cell of this operator's tables, so that cells of several
  /// partitions can be merged. False: the table is not this operator's.
  virtual bool relabel(const Relabel& names, CellKey& key, Cell& cell) const = 0;
};

using Operators = std::vector<std::unique_ptr<const Operator>>;

/// The change through every operator. Error: operator_error with what one of them threw; the views are then worth
/// nothing. Lack of memory is nobody's fault and goes through.
Result<void> apply(const Operators& operators, const CaseChange& change, Views& views);

}  // namespace weir::dataflow
