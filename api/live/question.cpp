#include "api/live/question.hpp"

#include "api/query/filter.hpp"

namespace weir::live {
namespace {

constexpr std::uint64_t entries_max = 1'000;

}  // namespace

std::string Question::key() const {
  std::string key;
  const auto add = [&](std::string_view part) { key.append(std::to_string(part.size())).append(":").append(part); };
  add(workspace);
  add(name_of(channel));
  add(process);
  for (const net::Parameter& parameter : parameters) {
    add(parameter.name);
    add(parameter.value);
  }
  return key;
}

Result<Question> question_of(const std::string& workspace, const Subscribe& subscribe) {
  Question question{workspace, subscribe.channel, subscribe.process, subscribe.filter, {}};
  query::Parameters parameters{subscribe.filter};
  const bool is_filtered = subscribe.channel != Channel::uploads && subscribe.channel != Channel::sla &&
                           subscribe.channel != Channel::alerts;
  const auto archived = subscribe.channel == Channel::cases ? query::Archived::left_out : query::Archived::taken;
  if (is_filtered) question.filter = query::take_filter(parameters, archived);
  if (subscribe.channel != Channel::map && subscribe.channel != Channel::kpis) {
    question.limit = parameters.number("limit", 1, entries_max).value_or(question.limit);
  }
  if (const auto finished = parameters.finish(); !finished) return finished.error();
  return question;
}

const Shape& shape_of(Channel channel) {
  static const Shape map{{{"", "activities", "name", ""},
                          {"", "edges", "from", "to"},
                          {"", "start", "name", ""},
                          {"", "end", "name", ""}}};
  static const Shape kpis{{{"flow", "hours", "from", ""}, {"flow", "days", "from", ""}}};
  static const Shape variants{{{"", "variants", "id", "", true}}};
  static const Shape cases{{{"", "cases", "case_id", ""}}};
  static const Shape sla{{{"", "overdue", "id", "", true}, {"", "clocks", "id", "", true}}};
  static const Shape alerts{{{"", "alerts", "id", "", true}}};
  static const Shape uploads{{{"", "uploads", "upload", "", true}}};
  switch (channel) {
    case Channel::map:
      return map;
    case Channel::kpis:
      return kpis;
    case Channel::variants:
      return variants;
    case Channel::cases:
      return cases;
    case Channel::uploads:
      return uploads;
    case Channel::sla:
      return sla;
    case Channel::alerts:
      return alerts;
  }
  return map;
}

bool conflates(Channel channel) { return channel != Channel::cases && channel != Channel::alerts; }

}  // namespace weir::live
