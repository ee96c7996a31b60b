// The stored form of an archived case's events: as the other (dataflow/stored.hpp), but without what can be computed
// again from the rest. That is mostly hashes, which no compression takes: of an event about as many bytes as all else.
#pragma once

#include <string_view>
#include <vector>

#include "stream/dataflow/stored.hpp"

namespace weir::runtime {

/// Whose events they are: part of what their hashes are of.
struct CaseName {
  std::string_view process;
  std::string_view case_id;
};

/// What is left out is only what comes out the same again. O(bytes).
void encode_compact(format::Encoder& out, const std::vector<dataflow::Entry>& entries, const CaseName& of,
                    const dataflow::Names& names);
/// The entries as they were. Refuses numbers that are not in `names`.
std::vector<dataflow::Entry> decode_compact(format::Decoder& in, const CaseName& of, const dataflow::Names& names);

}  // namespace weir::runtime
