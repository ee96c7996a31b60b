// The rules of a workspace as a book, made of its control documents.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/documents/documents.hpp"
#include "stream/rules/book.hpp"
#include "stream/sla/policies.hpp"

namespace weir::alerts {

/// The rules for the process as of `now`, the last tick, with their calendars; null: there are none. As
/// sla::judges_of().
std::shared_ptr<const rules::RuleBook> rules_of(const documents::Documents& documents, std::string_view process,
                                                Time now, sla::CalendarPool& calendars);

/// Where the rules of a workspace find their calendars.
rules::CalendarAt calendars_at(const documents::Documents& documents, Time now, sla::CalendarPool& calendars);

/// The rule, read again as it was accepted; nothing where it cannot be read.
std::optional<rules::Rule> rule_of(const std::string& body);

/// As sla::concerns(), for rules.
bool concerns_rules(const documents::Change& change, std::string_view process, const documents::Documents& documents);

}  // namespace weir::alerts
