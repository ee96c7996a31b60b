// The KPIs of a process (reference process-mining B4-B7): how many events and cases, how long cases take and how much
// of it is work, and the flow per quarter of an hour (arrivals, completions, events), from which rates and work in
// progress of any window are summed. Quarters, because every zone of today is a multiple of one away from UTC.
#pragma once

#include "stream/dataflow/operator.hpp"

namespace weir::operators {

/// The one cell of Table::totals.
struct TotalsCell {
  static constexpr std::size_t cases = 0;
  static constexpr std::size_t events = 1;
  static constexpr std::size_t completed = 2;
  static constexpr std::size_t overlaps = 3;
  static constexpr std::size_t self_loops = 4;
  static constexpr std::size_t rework_cases = 5;  // cases in which some activity occurs more than once
  static constexpr std::size_t cycle = 0;
  static constexpr std::size_t busy = 1;
  static constexpr std::size_t waiting = 2;
  static constexpr std::size_t completed_cycle = 3;  // the same of completed cases alone
  static constexpr std::size_t completed_busy = 4;
  static constexpr std::size_t completed_waiting = 5;
  static constexpr std::size_t began = 0;  // range: case starts; their least alone
  static constexpr std::size_t ended = 1;  // range: case ends; their greatest alone
};

/// Table::quarters, key a: quarters since 1970 in UTC, as format::ordered.
struct QuarterCell {
  static constexpr std::size_t arrivals = 0;     // cases by their first begin
  static constexpr std::size_t completions = 1;  // completed cases by the time of completion
  static constexpr std::size_t events = 2;       // by their end
  static constexpr std::int64_t micros = 15LL * 60 * 1'000'000;
};

class Totals final : public dataflow::Operator {
 public:
  void apply(const dataflow::CaseChange& change, dataflow::Views& views) const override;
  bool relabel(const dataflow::Relabel& names, dataflow::CellKey& key, dataflow::Cell& cell) const override;
};

}  // namespace weir::operators
