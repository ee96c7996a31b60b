#include "stream/dataflow/cell.hpp"

#include <algorithm>

namespace weir::dataflow {

bool Cell::exhausted() const {
  return std::any_of(durations.begin(), durations.end(), [](const auto& d) { return d.exhausted(); }) ||
         std::any_of(ranges.begin(), ranges.end(), [](const auto& range) { return range.exhausted(); });
}

const DurationStats& Cell::duration(std::size_t index) const {
  static const DurationStats none;
  return index < durations.size() ? durations[index] : none;
}

void Cell::merge(const Cell& other) {
  for (std::size_t i = 0; i < counts_max; ++i) counts[i] += other.counts[i];
  for (std::size_t i = 0; i < other.durations.size(); ++i) duration(i).merge(other.durations[i]);
  for (std::size_t i = 0; i < other.ranges.size(); ++i) range(i).merge(other.ranges[i]);
  if (note.empty()) note = other.note;
}

}  // namespace weir::dataflow
