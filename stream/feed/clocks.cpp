#include "stream/feed/clocks.hpp"

#include <algorithm>

#include "state/format/keys.hpp"
#include "stream/asking/elsewhere.hpp"

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
  const std::string prefix = format::Scope{workspace}.open_clocks(process);
  std::string from = prefix;
  if (!after.empty()) from.append(after).push_back('\0');
  std::vector<ClockRow> rows;
  for (const auto& snapshot : snapshots) {
    const auto whole = asking::whole(snapshot, workspace);
    if (!whole) return whole.error();
    Result<void> outcome;
    std::size_t taken = 0;
    const auto scanned =
        (*whole)->scan(from, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view value) {
          auto row = read_row(format::behind(key, prefix), value);
          if (!row) return outcome = row.error(), false;
          if (!filter.takes(row->clock)) return true;
          rows.push_back(*std::move(row));
          return ++taken < limit;
        });
    if (!scanned) return scanned.error();
    if (!outcome) return outcome.error();
  }
  std::sort(rows.begin(), rows.end(), [](const ClockRow& a, const ClockRow& b) { return a.place < b.place; });
  if (rows.size() > limit) rows.resize(limit);
  return rows;
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
