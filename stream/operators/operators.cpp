#include "stream/operators/operators.hpp"

#include "stream/operators/activities.hpp"
#include "stream/operators/directly_follows.hpp"
#include "stream/operators/handover.hpp"
#include "stream/operators/sla_clocks.hpp"
#include "stream/operators/totals.hpp"
#include "stream/operators/variants.hpp"

namespace weir::operators {

dataflow::Operators of_discovery() {
  dataflow::Operators list;
  list.push_back(std::make_unique<DirectlyFollows>());
  list.push_back(std::make_unique<Activities>());
  list.push_back(std::make_unique<Totals>());
  list.push_back(std::make_unique<Variants>());
  return list;
}

dataflow::Operators all() {
  dataflow::Operators list = of_discovery();
  list.push_back(std::make_unique<Handover>());
  list.push_back(std::make_unique<SlaClocks>());
  return list;
}

}  // namespace weir::operators
