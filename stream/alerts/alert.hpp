// What somebody has to hear of a case: its alerts, each a cycle of an SLA promise that came near its end or missed it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/time.hpp"
#include "stream/sla/judge.hpp"
#include "stream/sla/policies.hpp"

namespace weir::alerts {

/// A cycle, counted from 1, of one metric of one policy in its case.
struct AlertName {
  std::string policy;
  std::string metric;
  std::uint64_t cycle = 1;

  /// `sla/POLICY/METRIC/CYCLE`
  std::string text() const;
  friend bool operator==(const AlertName&, const AlertName&) = default;
};

enum class Step : std::uint8_t { warned = 1, breached = 2, ended = 3 };
std::string_view name_of(Step step);

/// What has happened to an alert, and is to be told.
struct Notice {
  Step step = Step::warned;
  std::string mark;                    // of a warning: which, and the how manieth of its kind; else empty
  Time at;                             // since when it is so
  Time told_at;                        // since when it can be told: other terms find a breach that lies behind them
  std::vector<std::string> receivers;  // names of targets

  /// Behind the alert's name and a slash it names the notice within its case.
  std::string text() const;
};

/// `sla/POLICY/METRIC/CYCLE/STEP[/MARK]`, taken apart.
struct NoticeName {
  AlertName alert;
  Step step = Step::warned;
};
/// Nothing: it is none.
std::optional<NoticeName> notice_named(std::string_view text);

struct Alert {
  AlertName name;
  std::string promise;  // the policy's target that it stands under
  sla::State state = sla::State::running;
  Time began;                   // the cycle
  std::optional<Time> due;      // while it runs
  std::vector<Notice> notices;  // ascending by told_at; never empty

  bool is_over() const { return notices.back().step == Step::ended; }
  bool is_breached() const;
};

/// Of a case, in the order of metrics and cycles, appended to `alerts`. Who hears of a notice is said by the version
/// that holds when it can be told; of the end, who heard of anything before.
void add_alerts(const std::string& policy, const sla::Timeline& timeline, const sla::Verdict& verdict,
                std::vector<Alert>& alerts);

}  // namespace weir::alerts
