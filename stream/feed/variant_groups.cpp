#include "stream/feed/variant_groups.hpp"

namespace weir::feed {

using namespace dataflow;

void VariantGroups::expect(std::size_t cases, std::size_t events) {
  for (auto& group : cases_) group.reserve(cases / groups + cases / groups / 8);
  activities_.reserve(events + events / 64);
}

void VariantGroups::apply(std::size_t group, const Operators& operators, Views& views) const {
  CaseFacts facts;
  for (const Case& one : cases_[group]) {
    facts.summary.events = one.events;
    facts.summary.first_began = one.first_began;
    facts.summary.last_ended = one.last_ended;
    facts.summary.variant = one.variant;
    const std::function<std::vector<NameId>()> activities = [&] {
      const auto begin = activities_.begin() + one.begin;
      return std::vector<NameId>(begin, begin + one.events);
    };
    const CaseChange change{one.id, nullptr, &facts, {}, {}, {}, {}, activities};
    for (const auto& each : operators) {
      if (each->goes_by_variant()) each->apply(change, views);
    }
  }
}

}  // namespace weir::feed
