#include "stream/dataflow/operator.hpp"

#include <exception>
#include <new>

namespace weir::dataflow {

Result<void> apply(const Operators& operators, const CaseChange& change, Views& views) {
  try {
    for (const auto& one : operators) one->apply(change, views);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& thrown) {
    return Error{Code::operator_error, thrown.what()};
  }
  return {};
}

}  // namespace weir::dataflow
