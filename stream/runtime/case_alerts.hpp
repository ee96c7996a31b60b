// The alerts of one case as a shard keeps them: what was told of them, what was done about them, and the rows that are
// made of them: alerts to be listed, and what is to be told next. Rows are a pure function of alerts and ledger, made
// anew whenever the case settles.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "state/format/keys.hpp"
#include "state/store/store.hpp"
#include "stream/alerts/ledger.hpp"

namespace weir::runtime {

/// Something that happened to an alert, or was done about it.
struct AlertEntry {
  alerts::Step step = alerts::Step::warned;
  Time at;
  std::string by;    // who did it
  std::string note;  // what they say; of a rule what it said
  std::vector<std::string> receivers;
  std::optional<Time> held_until;  // for as long as it was silenced

  friend bool operator==(const AlertEntry&, const AlertEntry&) = default;
};

/// An alert as it is listed.
struct ListedAlert {
  static constexpr std::size_t history_max = 100;

  std::string process;  // of a threshold: that it measures; empty: the engine
  std::string case_id;  // empty: of a threshold
  alerts::AlertName name;
  std::string title;  // what a rule says of it
  effects::Severity severity = effects::Severity::warning;
  std::string promise;
  sla::State state = sla::State::running;
  Time since;  // it could be told
  Time began;  // its cycle
  std::optional<Time> due;
  std::optional<Time> warned_at;
  std::optional<Time> breached_at;
  std::optional<Time> ended_at;
  std::string escalation;  // by which it is escalated; empty: by none
  bool is_acknowledged = false;
  std::optional<Time> silenced_until;
  std::vector<AlertEntry> history;  // the last, ascending by time

  friend bool operator==(const ListedAlert&, const ListedAlert&) = default;
};
std::string encode(const ListedAlert& alert);
/// Error: state_format.
Result<ListedAlert> decode_listed_alert(std::string_view bytes);

/// The value of a row of the outbox.
struct OutboxRow {
  std::string process;
  std::string case_id;
  alerts::Announcement announcement;
};
std::string encode(const OutboxRow& row);
/// Error: state_format.
Result<OutboxRow> decode_outbox_row(std::string_view bytes);

/// A row that was made, and of which content.
struct MadeRow {
  std::string key;
  std::uint64_t digest = 0;
  friend bool operator==(const MadeRow&, const MadeRow&) = default;
};

/// It is a row of an alert that is listed, and not of the outbox.
bool is_listed_alert(const format::Scope& scope, const MadeRow& row);

struct KeptAlerts {
  alerts::Ledger ledger;
  std::vector<MadeRow> rows;  // ascending by key
  alerts::Commands commands;

  bool empty() const { return ledger.empty() && rows.empty() && commands.empty(); }
  /// About what it takes in memory besides itself.
  std::size_t bytes() const;
  friend bool operator==(const KeptAlerts&, const KeptAlerts&) = default;
};
std::string encode(const KeptAlerts& kept);
/// Error: state_format.
Result<KeptAlerts> decode_kept_alerts(std::string_view bytes);

/// Brings the rows up to the alerts and the ledger; `quiet_until` as of alerts::next_announcements(). -> the targets
/// for which something new is to be told.
std::vector<std::string> make_rows(const format::Scope& scope, const alerts::Subject& subject,
                                   std::span<const alerts::Alert> alerts, Time quiet_until, KeptAlerts& kept,
                                   store::Batch& batch);

}  // namespace weir::runtime
