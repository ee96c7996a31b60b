#include "stream/feed/clocks.hpp"

#include "stream/feed/row_list.hpp"

namespace weir::feed {
namespace {

template <class Value>
bool is_as(const std::optional<Value>& wanted, const Value& given) {
  return !wanted || *wanted == given;
}

Result<ClockRow> read_row(std::string_view place, std::string_view value) {
  auto case_id = format::case_of_open_clock(place);
  if (!case_id) return Error{Code::state_format, "an open clock has no case"};
  auto clock = runtime::decode_open_clock(value);
  if (!clock) return clock.error();
  return ClockRow{std::string{place}, *std::move(case_id), *std::move(clock)};
}

}  // namespace

bool ClockFilter::takes(const runtime::OpenClock& clock) const {
  return is_as(policy, clock.promised.policy) && is_as(metric, clock.promised.metric) &&
         is_as(target, clock.promised.target) && is_as(paused, clock.paused) && is_as(breached, clock.breached);
}

Result<std::vector<ClockRow>> list_clocks(const Snapshots& snapshots, const std::string& workspace,
                                          const std::string& process, const ClockFilter& filter, std::string_view after,
                                          std::size_t limit) {
  const auto read = [&](std::string_view place, std::string_view value) -> Result<std::optional<ClockRow>> {
    auto row = read_row(place, value);
    if (!row) return row.error();
    if (!filter.takes(row->clock)) return std::optional<ClockRow>{};
    return std::optional{*std::move(row)};
  };
  return list_rows<ClockRow>(snapshots, workspace, format::Scope{workspace}.open_clocks(process), after, limit, read);
}

Result<UrgentClocks> urgent_clocks(const Snapshots& snapshots, const std::string& workspace, const std::string& process,
                                   Time now, std::size_t limit) {
  UrgentClocks urgent;
  auto overdue = list_clocks(snapshots, workspace, process, {}, {}, limit);
  if (!overdue) return overdue.error();
  urgent.overdue = *std::move(overdue);
  std::erase_if(urgent.overdue,
                [&](const ClockRow& row) { return row.clock.due.value_or(to_micros(now)) >= to_micros(now); });
  std::string before_now;  // behind every place of what is due earlier
  format::append_big_endian(before_now, format::ordered(to_micros(now) - 1));
  auto next = list_clocks(snapshots, workspace, process, {}, before_now + '\xff', limit);
  if (!next) return next.error();
  urgent.next = *std::move(next);
  return urgent;
}

}  // namespace weir::feed
