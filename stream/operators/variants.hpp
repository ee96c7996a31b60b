// Variants (reference process-mining B7): how many cases have exactly this sequence of activities, and how long they
// take. The key is the variant's id, the same in every partition.
#pragma once

#include <string>
#include <vector>

#include "stream/dataflow/operator.hpp"

namespace weir::operators {

/// Table::variants.
struct VariantCell {
  static constexpr std::size_t cases = 0;
  static constexpr std::size_t cycle = 0;
};

/// What a variant's note tells: its activities, or, where they are more than `listed_max`, the cases that have it
/// (long cases seldom share a variant, and a list per event of a long case would cost its length each time).
struct VariantNote {
  static constexpr std::size_t listed_max = 128;

  bool listed = true;
  std::vector<dataflow::NameId> activities;  // when listed
  std::vector<std::string> members;          // else: case ids, ascending
};

VariantNote decode_variant_note(std::string_view note);

class Variants final : public dataflow::Operator {
 public:
  void apply(const dataflow::CaseChange& change, dataflow::Views& views) const override;
  bool goes_by_variant() const override { return true; }
  bool relabel(const dataflow::Relabel& names, dataflow::CellKey& key, dataflow::Cell& cell) const override;
};

}  // namespace weir::operators
