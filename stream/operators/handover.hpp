// Handover of work (reference process-mining B7): direct successions from resource to resource, self included, and the
// events of each resource. Events without a resource hand nothing over.
#pragma once

#include "stream/dataflow/operator.hpp"

namespace weir::operators {

/// Table::resources; Table::handovers are tallies of successions.
struct ResourceCell {
  static constexpr std::size_t events = 0;
};

class Handover final : public dataflow::Operator {
 public:
  void apply(const dataflow::CaseChange& change, dataflow::Views& views) const override;
  bool relabel(const dataflow::Relabel& names, dataflow::CellKey& key, dataflow::Cell& cell) const override;
};

}  // namespace weir::operators
