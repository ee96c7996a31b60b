// Statistics of activities (reference process-mining B4, B7): events, cases, rework, self-loops; service, waiting and
// sojourn time.
#pragma once

#include "stream/dataflow/operator.hpp"

namespace weir::operators {

/// Table::activities.
struct ActivityCell {
  static constexpr std::size_t events = 0;
  static constexpr std::size_t cases = 1;
  static constexpr std::size_t rework_cases = 2;  // cases in which it occurs more than once
  static constexpr std::size_t self_loops = 3;
  static constexpr std::size_t service = 0;
  static constexpr std::size_t waiting = 1;
  static constexpr std::size_t sojourn = 2;
};

class Activities final : public dataflow::Operator {
 public:
  void apply(const dataflow::CaseChange& change, dataflow::Views& views) const override;
  bool relabel(const dataflow::Relabel& names, dataflow::CellKey& key, dataflow::Cell& cell) const override;
};

}  // namespace weir::operators
