// The alerts of one case as a shard keeps them: what was told of them, and the rows that are made of them: alerts to be
// listed, and what is to be told next. Rows are a pure function of alerts and ledger, made anew whenever the case
// settles.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "state/format/keys.hpp"
#include "state/store/store.hpp"
#include "stream/alerts/ledger.hpp"

namespace weir::runtime {

/// An alert as it is listed.
struct ListedAlert {
  std::string process;
  std::string case_id;
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

struct KeptAlerts {
  alerts::Ledger ledger;
  std::vector<MadeRow> rows;  // ascending by key

  bool empty() const { return ledger.empty() && rows.empty(); }
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
