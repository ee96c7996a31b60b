// Documents that people write: YAML becomes JSON or is refused; a calendar counts what it promises to count; a policy
// judges the same whatever order the events are given in.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "api/app/yaml_json.hpp"
#include "schemas/base/check.hpp"
#include "schemas/calendar/calendar_document.hpp"
#include "stream/sla/judge.hpp"

namespace {

using namespace weir;

void check_yaml(std::string_view text) {
  const auto json = app::yaml_as_json(text);
  if (!json || *json == text) return;
  JsonParser parser;
  WEIR_CHECK(parser.parse(*json).ok(), "what is made of YAML is JSON");
}

void check_calendar(const DocumentNode& node) {
  const std::size_t faults = node.faults();
  const auto read = read_calendar(node);
  WEIR_CHECK(read.has_value() == (node.faults() == faults), "a calendar is read, or has faults");
  if (!read) return;
  const BusinessCalendar calendar{read->hours, read->zone};
  const Time from{std::chrono::hours{24 * 20'000}};
  for (const Duration span : {Duration{1}, Duration{std::chrono::hours{30}}, Duration{std::chrono::hours{5'000}}}) {
    const auto due = calendar.after(from, span);
    if (!due) continue;
    WEIR_CHECK(calendar.between(from, *due) == span, "when so much has passed, so much has passed");
    WEIR_CHECK(calendar.between(from, *due - Duration{1}) < span, "and not before");
  }
}

Event event(int minute, std::string activity, std::vector<Attribute> attributes = {}) {
  Event made;
  made.case_id = "c";
  made.activity = std::move(activity);
  made.timestamp = Time{std::chrono::hours{24 * 20'000} + std::chrono::minutes{minute}};
  made.attributes = std::move(attributes);
  return made;
}

void check_policy(const DocumentNode& node) {
  auto policy = sla::read_policy(node);
  if (!policy) return;
  const sla::Judge judge{sla::for_all_time(*std::move(policy)), {}};
  std::vector<Event> events{event(0, "created", {{"tier", "\"gold\""}}), event(1, "triaged", {{"status", "\"new\""}}),
                            event(30, "replied", {{"n", "1.5"}}), event(90, "closed", {{"status", "\"solved\""}})};
  const Time now = events.back().timestamp + std::chrono::hours{1};
  const auto verdicts = judge.verdicts(events, now);
  std::reverse(events.begin(), events.end());
  const auto again = judge.verdicts(events, now);
  const auto same = [](const sla::Verdict& a, const sla::Verdict& b) {
    return a.metric == b.metric && a.cycles == b.cycles;
  };
  WEIR_CHECK(std::equal(verdicts.begin(), verdicts.end(), again.begin(), again.end(), same), "order does not matter");
}

}  // namespace

/// The first byte chooses the reader, the rest is the document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  if (data[0] == 'y') check_yaml(text);
  if (data[0] == 'c') static_cast<void>(read_document(text, check_calendar));
  if (data[0] == 'p') static_cast<void>(read_document(text, check_policy));
  return 0;
}
