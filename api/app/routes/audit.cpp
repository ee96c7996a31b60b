// Who did what in the workspace.
#include <charconv>

#include "api/app/answering.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::app {
namespace {

void write_record(JsonWriter& json, const auth::AuditRecord& record) {
  const auth::AuditEntry& entry = record.entry;
  json.begin_object().member("number", record.number).member("time", to_rfc3339(entry.time));
  json.member("actor", entry.actor).member("action", entry.action).member("object", entry.object);
  json.member("outcome", entry.outcome).member("trace_id", entry.trace_id).end_object();
}

Result<net::Response> answer(Node& node, const std::string& workspace, const Page& page) {
  std::optional<std::uint64_t> below;
  if (!page.place.empty()) {
    std::from_chars(page.place.data(), page.place.data() + page.place.size(), below.emplace());
  }
  const auto listed = node.audit().list(workspace, below, page.limit);
  if (!listed) return listed.error();
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("as_of", as_of_now(node)).key("entries").begin_array();
  for (const auth::AuditRecord& record : listed->records) write_record(json, record);
  json.end_array().key("next");
  if (listed->next) {
    json.value(next_cursor(node, page, std::to_string(*listed->next)));
  } else {
    json.value(nullptr);
  }
  json.end_object();
  return json_answer(std::move(body));
}

}  // namespace

std::vector<Route> audit_routes(Node& node) {
  return {query_route(
      node, "/v1/audit", auth::Permission::read_audit,
      [&node](const Call& call, query::Parameters& parameters) -> Result<Answer> {
        const auto page = take_page(node, call, parameters);
        if (!page) return page.error();
        return Answer{
            [&node, workspace = call.credential.workspace, page = *page] { return answer(node, workspace, page); }};
      },
      false)};
}

}  // namespace weir::app
