// The SLA policies of a workspace as judges, made of its control documents.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "stream/documents/documents.hpp"
#include "stream/sla/judge.hpp"

namespace weir::sla {

/// A calendar takes hundreds of kilobytes and milliseconds: those who judge by the same document share one.
/// Thread-safe.
class CalendarPool {
 public:
  /// Of a calendar document that was accepted; null where it cannot be read.
  std::shared_ptr<const BusinessCalendar> calendar(const std::string& body);

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<const BusinessCalendar>> known_;  // by body
};

/// A policy under its name.
struct NamedJudge {
  std::string name;
  Judge judge;
};

/// All of the workspace, as of `now`. O(versions).
Calendars calendars_of(const documents::Documents& documents, Time now, CalendarPool& pool);

/// The judges of a process as of `now`, the last tick: one for each policy of which some version is for it, in the
/// order of names. To the others of its versions it is withdrawn; those that hold from later than now on do not count
/// yet, also for events that lie ahead. O(versions · promises).
std::vector<NamedJudge> judges_of(const documents::Documents& documents, std::string_view process, Time now,
                                  CalendarPool& calendars);

/// The policy, read again as it was accepted; nothing where it cannot be read.
std::optional<Policy> policy_of(const std::string& body);

/// The policies for the process as they were declared last, in the order of their names; those that were withdrawn are
/// left out.
std::vector<std::pair<std::string, Policy>> newest_policies(const documents::Documents& documents,
                                                            std::string_view process);

/// Whether a version of a policy for the process, or of a calendar that such a policy names, may be behind the change.
bool concerns(const documents::Change& change, std::string_view process, const documents::Documents& documents);

}  // namespace weir::sla
