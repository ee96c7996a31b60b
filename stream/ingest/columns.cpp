#include "stream/ingest/columns.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace weir::ingest {
namespace {

constexpr std::array<std::string_view, field_count> field_names = {"case_id",   "activity", "timestamp", "start", "id",
                                                                   "lifecycle", "instance", "resource",  "source"};

/// XES's names, and those of our own exports, mean what they say.
constexpr std::array<std::string_view, field_count> exact_names = {
    "case:concept:name",    "concept:name",     "time:timestamp", "start_timestamp", "identity:id",
    "lifecycle:transition", "concept:instance", "org:resource",   "weir:source"};

/// Names as letters and digits only, in lower case, the better first.
constexpr std::string_view case_names[] = {
    "caseid",          "case",           "casekey",        "caseidentifier", "casename",
    "casenumber",      "caseno",         "traceid",        "trace",          "tracename",
    "ticketid",        "ticket",         "ticketnumber",   "ticketkey",      "issueid",
    "issuekey",        "orderid",        "order",          "ordernumber",    "orderno",
    "incidentid",      "incident",       "incidentnumber", "requestid",      "processinstanceid",
    "processinstance", "conversationid", "claimid",        "applicationid"};
constexpr std::string_view activity_names[] = {"activity", "activityname", "activityen", "eventname",
                                               "event",    "taskname",     "task",       "action",
                                               "step",     "stepname",     "operation",  "activityid"};
constexpr std::string_view time_names[] = {"timestamp",     "completetimestamp", "completiontimestamp",
                                           "endtimestamp",  "eventtimestamp",    "eventtime",
                                           "endtime",       "completetime",      "completiontime",
                                           "finishtime",    "completedat",       "finishedat",
                                           "occurredat",    "enddate",           "datetime",
                                           "eventdatetime", "eventdate",         "time",
                                           "date",          "createdat"};
constexpr std::string_view start_names[] = {"start",     "starttimestamp", "starttime",    "startedat",
                                            "begintime", "begintimestamp", "startdatetime"};
constexpr std::string_view id_names[] = {"eventid"};
constexpr std::string_view lifecycle_names[] = {"lifecycle", "lifecycletransition", "transition"};
constexpr std::string_view instance_names[] = {"activityinstance", "activityinstanceid"};
constexpr std::string_view resource_names[] = {"resource",  "resourcename", "originator", "user",     "username",
                                               "performer", "agent",        "employee",   "assignee", "actor"};

std::span<const std::string_view> usual_names(Field field) {
  switch (field) {
    case Field::case_id:
      return case_names;
    case Field::activity:
      return activity_names;
    case Field::timestamp:
      return time_names;
    case Field::start:
      return start_names;
    case Field::id:
      return id_names;
    case Field::lifecycle:
      return lifecycle_names;
    case Field::instance:
      return instance_names;
    case Field::resource:
      return resource_names;
    case Field::source:
      break;
  }
  return {};
}

std::string plain(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') letters.push_back(static_cast<char>(c + 32));
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters.push_back(c);
  }
  return letters;
}

std::optional<std::size_t> place_of(std::string_view name, const std::vector<std::string>& columns) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
  if (name.size() < 2 || name.front() != '#') return std::nullopt;
  std::size_t place = 0;
  const auto [end, fault] = std::from_chars(name.data() + 1, name.data() + name.size(), place);
  if (fault != std::errc{} || end != name.data() + name.size() || place < 1 || place > columns.size()) {
    return std::nullopt;
  }
  return place - 1;
}

Error missing(std::string detail) { return {Code::missing_column, std::move(detail)}; }

Result<void> declare(const ColumnChoice& choice, const std::vector<std::string>& columns, ColumnMapping& mapping) {
  const auto field = std::find(field_names.begin(), field_names.end(), choice.field);
  if (field == field_names.end()) return missing("an event has no field \"" + choice.field.substr(0, 64) + "\"");
  if (choice.column.empty()) return {};
  const auto place = place_of(choice.column, columns);
  if (!place) return missing("the file has no column \"" + choice.column.substr(0, 64) + "\"");
  mapping.set(static_cast<Field>(field - field_names.begin()), *place);
  return {};
}

bool is_left_out(Field field, const std::vector<ColumnChoice>& choices) {
  return std::any_of(choices.begin(), choices.end(), [field](const ColumnChoice& choice) {
    return choice.column.empty() && choice.field == name_of(field);
  });
}

std::optional<std::size_t> infer(Field field, const std::vector<std::string>& columns,
                                 const std::vector<std::string>& letters, const ColumnMapping& mapping) {
  const auto exact = std::find(columns.begin(), columns.end(), exact_names[static_cast<std::size_t>(field)]);
  if (exact != columns.end()) {
    const auto place = static_cast<std::size_t>(exact - columns.begin());
    if (!mapping.uses(place)) return place;
  }
  for (const auto name : usual_names(field)) {
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (letters[i] == name && !mapping.uses(i)) return i;
    }
  }
  return std::nullopt;
}

std::string list_of(const std::vector<std::string>& columns) {
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(columns.size(), 20); ++i) {
    list += (i == 0 ? "\"" : ", \"") + columns[i].substr(0, 64) + "\"";
  }
  return columns.size() > 20 ? list + ", …" : list;
}

}  // namespace

std::string_view name_of(Field field) { return field_names[static_cast<std::size_t>(field)]; }

bool ColumnMapping::uses(std::size_t column) const {
  return std::find(columns_.begin(), columns_.end(), std::optional<std::size_t>(column)) != columns_.end();
}

Result<ColumnMapping> map_columns(const std::vector<std::string>& columns, const std::vector<ColumnChoice>& choices) {
  ColumnMapping mapping;
  for (const auto& choice : choices) {
    if (auto declared = declare(choice, columns, mapping); !declared) return declared.error();
  }
  std::vector<std::string> letters;
  for (const auto& column : columns) letters.push_back(plain(column));
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto field = static_cast<Field>(i);
    if (mapping.column(field) || is_left_out(field, choices)) continue;
    if (const auto place = infer(field, columns, letters, mapping)) mapping.set(field, *place);
  }
  if (!mapping.column(Field::timestamp) && mapping.column(Field::start)) {
    mapping.set(Field::timestamp, *mapping.column(Field::start));
  }
  return mapping;
}

Result<void> check_required(const ColumnMapping& mapping, const std::vector<std::string>& columns) {
  for (const auto field : {Field::case_id, Field::activity, Field::timestamp}) {
    if (!mapping.column(field)) {
      return missing("no column is known to hold " + std::string(name_of(field)) + "; the file has " +
                     list_of(columns));
    }
  }
  return {};
}

}  // namespace weir::ingest
