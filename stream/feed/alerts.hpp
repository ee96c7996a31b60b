// Alerts of a workspace, and what was told of them to whom, over all shards; errors as of stream/feed/cases.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/feed/process_view.hpp"
#include "stream/runtime/case_alerts.hpp"

namespace weir::feed {

struct AlertRow {
  std::string place;  // where the list goes on behind it
  runtime::ListedAlert alert;
};

/// What is set must be so.
struct AlertFilter {
  std::optional<std::string> process;
  std::optional<std::string> policy;
  std::optional<std::string> rule;
  std::optional<std::string> threshold;
  std::optional<effects::Severity> severity;
  bool with_engine = false;  // alerts of the engine are of every process

  bool takes(const runtime::ListedAlert& alert) const;
};

/// Up to `limit` of those behind `after`, a row's place: those that go on, or those that are over, the newest first.
Result<std::vector<AlertRow>> list_alerts(const Snapshots& snapshots, const std::string& workspace, bool are_over,
                                          const AlertFilter& filter, std::string_view after, std::size_t limit);

/// Which alert of the workspace: as text `NAME/PROCESS/CASE`, of a threshold `NAME`.
struct AlertId {
  alerts::AlertName name;
  std::string process;
  std::string case_id;  // empty, as its process: of a threshold

  bool is_of_case() const { return !case_id.empty(); }
  std::string text() const;
  /// Where its case, or its threshold, is.
  std::uint32_t partition(std::uint32_t partitions) const;
};
AlertId id_of(const runtime::ListedAlert& alert);
std::optional<AlertId> alert_id(std::string_view text);

struct FoundAlert {
  runtime::ListedAlert alert;
  std::size_t commands = 0;  // how much was done about the alerts of its case
};
/// Nothing: there is no such alert. `shard`: of its partition. O(alerts of its case).
Result<std::optional<FoundAlert>> read_alert(const std::shared_ptr<const store::Snapshot>& shard,
                                             const std::string& workspace, const AlertId& id);

/// An attempt that has ended.
struct DeliveryRow {
  std::string place;
  alerts::Delivery delivery;
  effects::Effect effect;
};

/// Something that is to be told, or tried again.
struct WaitingRow {
  std::string place;
  runtime::OutboxRow row;
  effects::Effect effect;
};

struct DeliveryFilter {
  std::optional<std::string> target;
  std::optional<effects::Outcome> outcome;
};

/// Up to `limit` attempts behind `after`, the newest first. What a process was at when it died left none.
Result<std::vector<DeliveryRow>> list_deliveries(const Snapshots& snapshots, const std::string& workspace,
                                                 const DeliveryFilter& filter, std::string_view after,
                                                 std::size_t limit);

/// Of each alert what comes next for each target, by target and when it is due.
Result<std::vector<WaitingRow>> list_waiting(const Snapshots& snapshots, const std::string& workspace,
                                             const std::optional<std::string>& target, std::string_view after,
                                             std::size_t limit);

}  // namespace weir::feed
