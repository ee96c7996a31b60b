// The SLA clocks of one case as a shard keeps them: what the views hold of them, and when they change next. Made anew,
// as a pure function of the case's events, what people declared and did, and the last tick, whenever the case settles.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"
#include "stream/alerts/alert.hpp"
#include "stream/alerts/playbook.hpp"
#include "stream/dataflow/clocks.hpp"
#include "stream/rules/book.hpp"
#include "stream/runtime/case_alerts.hpp"
#include "stream/sla/policies.hpp"

namespace weir::runtime {

/// A cycle that has not ended, as lists show it. Times in µs.
struct OpenClock {
  dataflow::Promised promised;
  std::uint64_t cycle = 1;  // counted from 1
  bool paused = false;
  bool breached = false;
  std::int64_t began = 0;
  std::optional<std::int64_t> due;  // none: it is paused, or its calendar opens too seldom
  std::int64_t passed = 0;          // business time, when it last began to run, or stood still

  friend bool operator==(const OpenClock&, const OpenClock&) = default;
};

/// Where the open cycle of one metric of one policy lies among those of its process, beside its case.
struct OpenClockPlace {
  std::int64_t due = 0;  // of what is not due the greatest there is
  std::string measure;   // Promised::measure()

  friend auto operator<=>(const OpenClockPlace&, const OpenClockPlace&) = default;
};

struct CaseClocks {
  dataflow::ClockTallies tallies;
  std::vector<OpenClock> open;        // in the order of policies and metrics
  std::vector<alerts::Alert> alerts;  // in the same order
  std::optional<std::int64_t> next;   // when they change although nothing happens

  bool empty() const { return tallies.empty(); }
};

/// By what the cases of a process are judged.
struct Judges {
  std::vector<sla::NamedJudge> policies;
  std::shared_ptr<const rules::RuleBook> rules;           // null: none
  std::shared_ptr<const alerts::Playbook> playbook = {};  // null: none

  bool empty() const { return policies.empty() && rules == nullptr; }
  /// Some of them tell somebody something.
  bool notify() const;
};

/// `events`: of one case, in the order of its trace; `commands`: what was done about its alerts. `clock`: the last
/// tick, µs.
CaseClocks judge_clocks(const Judges& judges, const alerts::Subject& subject, std::span<const Event> events,
                        const alerts::Commands& commands, std::int64_t clock);

/// What is kept of them with the case: enough to take them back. Empty for none.
struct KeptClocks {
  dataflow::ClockTallies tallies;    // without notes
  std::vector<OpenClockPlace> open;  // ascending
  KeptAlerts alerts;

  bool empty() const { return tallies.empty() && alerts.empty(); }
  /// About what it takes in memory besides itself.
  std::size_t bytes() const {
    return tallies.capacity() * sizeof(tallies[0]) + open.capacity() * sizeof(open[0]) + alerts.bytes();
  }
  friend bool operator==(const KeptClocks&, const KeptClocks&) = default;
};
/// But for the alerts, which are not known of `clocks` alone.
KeptClocks kept_of(const CaseClocks& clocks);

std::string encode(const KeptClocks& clocks);
Result<KeptClocks> decode_kept_clocks(std::string_view bytes);
std::string encode(const OpenClock& clock);
Result<OpenClock> decode_open_clock(std::string_view bytes);
OpenClockPlace place_of(const OpenClock& clock);

}  // namespace weir::runtime
