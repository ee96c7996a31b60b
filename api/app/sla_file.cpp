#include "api/app/sla_file.hpp"

#include "api/app/small_file.hpp"
#include "api/app/yaml_json.hpp"
#include "schemas/base/event.hpp"
#include "schemas/calendar/calendar_document.hpp"

namespace weir::app {
namespace {

constexpr std::size_t calendars_max = 1'000;
constexpr std::size_t policies_max = 1'000;

struct Reading {
  sla::Calendars calendars;
  std::vector<std::pair<std::string, sla::Policy>> policies;

  void document(const DocumentNode& node) {
    node.object({{"calendars",
                  [&](const DocumentNode& members) {
                    members.each_member(calendars_max, [&](const auto& name, const auto& one) { calendar(name, one); });
                  }},
                 {"policies", [&](const DocumentNode& members) {
                    members.each_member(policies_max, [&](const auto& name, const auto& one) { policy(name, one); });
                  }}});
  }

 private:
  static bool has_name(const std::string& name, const DocumentNode& node) {
    if (is_plain_name(name)) return true;
    node.fault("must be under a name of 1 to 64 of a-z, 0-9, _ and -");
    return false;
  }

  void calendar(const std::string& name, const DocumentNode& node) {
    const auto read = read_calendar(node);
    if (!has_name(name, node) || !read) return;
    calendars[name] = sla::for_all_time(std::make_shared<const BusinessCalendar>(read->hours, read->zone));
  }

  void policy(const std::string& name, const DocumentNode& node) {
    auto read = sla::read_policy(node);
    if (has_name(name, node) && read) policies.emplace_back(name, *std::move(read));
  }
};

}  // namespace

Result<SlaFile> read_sla_file(const std::string& path) {
  const auto text = read_small_file(path);
  if (!text) return text.error();
  const auto in_file = [&](const Error& error) { return Error{error.code, path + ": " + error.detail}; };
  const auto json = yaml_as_json(*text);
  if (!json) return in_file(json.error());
  Reading reading;
  const auto faults = read_document(*json, [&](const DocumentNode& node) { reading.document(node); });
  if (!faults) return in_file(faults.error());
  SlaFile file;
  const auto tell = [&](const std::string& what) { file.faults.push_back(path + ": " + what); };
  for (const DocumentFault& fault : *faults) tell(fault.pointer + ' ' + fault.detail);
  for (auto& [name, policy] : reading.policies) {
    const auto known = [&](const std::string& calendar) { return reading.calendars.contains(calendar); };
    for (const DocumentFault& fault : sla::unknown_calendars(policy, known)) {
      tell("/policies/" + name + fault.pointer + ' ' + fault.detail);
    }
    file.judges.push_back({name, sla::Judge{sla::for_all_time(std::move(policy)), reading.calendars}});
  }
  if (file.faults.empty() && file.judges.empty()) tell("holds no policy");
  return file;
}

}  // namespace weir::app
