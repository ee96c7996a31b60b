// The list of operators. A new one is a file pair here, a line in operators.cpp, its tables in dataflow/views.hpp.
#pragma once

#include "stream/dataflow/operator.hpp"

namespace weir::operators {

dataflow::Operators all();

}  // namespace weir::operators
