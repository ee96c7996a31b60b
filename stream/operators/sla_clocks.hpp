// Cycles of SLA metrics by state: cells of Table::clocks, under hashes of what is promised.
#pragma once

#include "stream/dataflow/operator.hpp"

namespace weir::operators {

class SlaClocks final : public dataflow::Operator {
 public:
  void apply(const dataflow::CaseChange& change, dataflow::Views& views) const override;
  bool relabel(const dataflow::Relabel& names, dataflow::CellKey& key, dataflow::Cell& cell) const override;
};

}  // namespace weir::operators
