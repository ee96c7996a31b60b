// The directly-follows graph (reference process-mining B2, B3): edges with frequency, case frequency and the time
// between, start and end activities.
#pragma once

#include "stream/dataflow/operator.hpp"

namespace weir::operators {

/// Counts and durations of a cell of Table::edges.
struct EdgeCell {
  static constexpr std::size_t traversals = 0;
  static constexpr std::size_t cases = 1;
  static constexpr std::size_t overlaps = 2;  // the next began before the previous ended; their duration counts as 0
  static constexpr std::size_t duration = 0;
};

/// Table::starts, Table::ends. `closed` counts the ends of completed cases alone.
struct BoundaryCell {
  static constexpr std::size_t cases = 0;
  static constexpr std::size_t closed = 1;
};

class DirectlyFollows final : public dataflow::Operator {
 public:
  void apply(const dataflow::CaseChange& change, dataflow::Views& views) const override;
  bool relabel(const dataflow::Relabel& names, dataflow::CellKey& key, dataflow::Cell& cell) const override;
};

}  // namespace weir::operators
