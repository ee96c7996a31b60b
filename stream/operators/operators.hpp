// The list of operators. A new one is a file pair here, a line in operators.cpp, its tables in dataflow/views.hpp.
#pragma once

#include "stream/dataflow/operator.hpp"

namespace weir::operators {

dataflow::Operators all();
/// Those whose answers `weir discover` tells: all but handover, whose table can be larger than all others together.
dataflow::Operators of_discovery();

}  // namespace weir::operators
