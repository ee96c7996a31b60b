// The id of a variant: a 128-bit hash of the sequence of activity names that composes, H(xy) = H(x) * B^|y| + H(y), so
// that a long trace's is put together from its pieces. A polynomial over the field of 2^127 - 1 in a fixed base, over
// XXH3-128 of each name: the same in every partition and on every machine.
#pragma once

#include <cstdint>
#include <string_view>

#include "schemas/base/hash.hpp"

namespace weir::dataflow {

/// The hash of one activity name as an element of the field.
Hash128 activity_hash(std::string_view name);

struct VariantHash {
  Hash128 value;             // < 2^127 - 1
  std::uint64_t length = 0;  // activities

  void append(const Hash128& activity);
  void append(const VariantHash& tail);  // O(log length of tail)
  /// What people see: the value and the length, hashed once more.
  Hash128 id() const;

  friend bool operator==(const VariantHash&, const VariantHash&) = default;
};

}  // namespace weir::dataflow
