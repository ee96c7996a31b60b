// What a workspace has declared of how its alerts are met: silences and escalations, in all their versions.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/alerts/escalation.hpp"
#include "stream/alerts/silence.hpp"
#include "stream/documents/documents.hpp"
#include "stream/sla/policies.hpp"

namespace weir::alerts {

/// Immutable; any thread.
class Playbook {
 public:
  /// As of `now`, the last tick; null: nothing is declared. O(versions).
  static std::shared_ptr<const Playbook> read(const documents::Documents& documents, Time now,
                                              sla::CalendarPool& calendars);

  /// The change may be behind what a playbook says. A calendar's is only of steps that come later.
  static bool concerns(const documents::Change& change);

  /// When what has these labels is silenced: ascending, apart from each other; what comes later is not there yet.
  /// O(silences that end behind `from`).
  std::vector<Period> silenced(const Labels& labels, Time from) const;
  /// As it held at the time; null: there was none.
  const Escalation* escalation(std::string_view name, Time at) const;
  const rules::CalendarAt& calendar() const { return calendar_; }

 private:
  struct Silenced {
    Period period;
    Matchers matchers;
  };
  using Versions = std::vector<std::pair<Time, std::optional<Escalation>>>;

  void add_silence(std::span<const documents::Version> versions, Time now);
  void add_escalation(std::string_view name, std::span<const documents::Version> versions, Time now);

  std::vector<Silenced> silences_;  // descending by the end of their period
  std::map<std::string, Versions, std::less<>> escalations_;
  rules::CalendarAt calendar_;
};

/// The document, read again as it was accepted; nothing where it cannot be read.
std::optional<Silence> silence_of(const std::string& body);
std::optional<Escalation> escalation_of(const std::string& body);

}  // namespace weir::alerts
