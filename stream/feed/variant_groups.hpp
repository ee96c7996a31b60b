// What operators that go by variant need of the cases of a file, put together by variant before they are applied: each
// cell is then written to while it is at hand, and cells whose ids are neighbours, which is how they are listed, lie
// close together.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "stream/dataflow/operator.hpp"

namespace weir::feed {

/// Not thread-safe, but that apply() of different groups may run at once. Memory: 64 bytes a case and 4 an event.
class VariantGroups {
 public:
  static constexpr unsigned group_bits = 6;
  static constexpr std::size_t groups = std::size_t{1} << group_bits;

  /// There will be about so many.
  void expect(std::size_t cases, std::size_t events);
  /// `case_id` must outlive this. `activities`: of its events, in trace order.
  template <class Activities>
  void add(std::string_view case_id, const dataflow::CaseFacts& facts, const Activities& activities) {
    const auto begin = static_cast<std::uint32_t>(activities_.size());
    activities_.insert(activities_.end(), activities.begin(), activities.end());
    const dataflow::Summary& summary = facts.summary;
    cases_[summary.variant.id().high >> (64 - group_bits)].push_back(
        {case_id, summary.variant, summary.first_began, summary.last_ended, begin,
         static_cast<std::uint32_t>(activities_.size()) - begin});
  }

  /// The cases of one group through those operators that go by variant.
  void apply(std::size_t group, const dataflow::Operators& operators, dataflow::Views& views) const;

 private:
  struct Case {
    std::string_view id;
    dataflow::VariantHash variant;
    std::int64_t first_began;
    std::int64_t last_ended;
    std::uint32_t begin;  // of its activities
    std::uint32_t events;
  };

  std::array<std::vector<Case>, groups> cases_;  // by the leading bits of the variant's id
  std::vector<dataflow::NameId> activities_;
};

}  // namespace weir::feed
