// The delivered-ledger of one case: what each target was told of it last. What is still to be told is the difference
// between the ledger and the case's alerts, so neither a late event nor a rebuild tells anything twice.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "stream/alerts/alert.hpp"
#include "stream/alerts/delivery.hpp"

namespace weir::alerts {

/// Where the record of an attempt lies: when it ended and at which offset of the log.
struct RecordPlace {
  Time time;
  std::uint64_t offset = 0;
  friend bool operator==(const RecordPlace&, const RecordPlace&) = default;
};

/// What one target was told of one notice last, or is being told.
struct Told {
  Telling telling;
  effects::Outcome outcome = effects::Outcome::again;  // again: it is under way
  effects::Progress progress;
  std::string effect;                // while it is under way: what is told
  std::vector<RecordPlace> records;  // of all attempts, also for what was told before

  bool is_under_way() const { return outcome == effects::Outcome::again; }
  friend bool operator==(const Told&, const Told&) = default;
};

class Ledger {
 public:
  const std::vector<Told>& all() const { return told_; }
  bool empty() const { return told_.empty(); }
  /// Null: nothing.
  const Told* find(std::string_view notice, std::string_view target) const;

  /// False: it does not count, as somebody else was first or is further. `offset`: of the record in the log. Pure: the
  /// same records in the same order make the same ledger.
  bool take(const Delivery& delivery, std::uint64_t offset);

  /// Forgets what was told of alerts that are not among these, as they are not kept any more.
  void keep_only(std::span<const Alert> alerts);

  /// About what it takes in memory besides itself.
  std::size_t bytes() const;
  friend bool operator==(const Ledger&, const Ledger&) = default;

 private:
  friend std::string encode(const Ledger& ledger);
  friend Result<Ledger> decode_ledger(std::string_view bytes);

  Told* find_told(const Telling& telling);
  Told& begin(const Delivery& delivery);

  std::vector<Told> told_;  // ascending by (notice, target)
};

std::string encode(const Ledger& ledger);
/// Error: state_format.
Result<Ledger> decode_ledger(std::string_view bytes);

/// What alerts are of: a case among all. Of a threshold workspace alone: the names of its alerts tell which.
struct Subject {
  std::string workspace;
  std::string process;
  std::string case_id;

  bool is_case() const { return !case_id.empty(); }
};

/// Something that a target is to be told next: a row of the outbox.
struct Announcement {
  std::string alert;  // its name: of one alert a target is told one thing after the other
  Telling telling;
  effects::Progress progress;
  std::string effect;  // encode_effect()

  friend bool operator==(const Announcement&, const Announcement&) = default;
};

/// The next thing to be told of each alert to each target: what is under way as it was begun, else what is told and no
/// longer so, else what is so and not told, the eldest first. What can be told since `quiet_until` or before is not
/// told for the first time (it came with an upload that began later); Time::max(): nothing new at all. Ascending by
/// (alert, target). O(ledger · log ledger).
std::vector<Announcement> next_announcements(const Subject& subject, const Ledger& ledger,
                                             std::span<const Alert> alerts, Time quiet_until);

std::string encode(const Announcement& announcement);
/// Error: state_format.
Result<Announcement> decode_announcement(std::string_view bytes);

}  // namespace weir::alerts
