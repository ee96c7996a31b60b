// Cases: the list, one of them, and its erasure.
#include "stream/feed/cases.hpp"

#include "api/app/answering.hpp"
#include "api/app/redactor.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "api/query/answers.hpp"
#include "api/query/filter.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::app {
namespace {

std::uint32_t shard_of(const Node& node, const std::string& process, const std::string& case_id) {
  return log::partition_of(process, case_id, node.folder().shards());
}

Result<Answer> prepare_list(Node& node, const Call& call, query::Parameters& parameters) {
  const auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  return Answer{[&node, page = *page, workspace = call.credential.workspace, process = call.names.front(),
                 filter = query::take_filter(parameters, query::Archived::left_out)]() -> Result<net::Response> {
    const std::string as_of = as_of_now(node);
    const auto snapshots = node.snapshots();
    if (!snapshots) return snapshots.error();
    auto rows = feed::list_cases(*snapshots, workspace, process, filter, page.place, page.limit + 1);
    if (!rows) return rows.error();
    std::string next;
    if (rows->size() > page.limit) {
      rows->resize(page.limit);
      next = next_cursor(node, page, rows->back().case_id);
    }
    std::string body;
    JsonWriter json(body);
    query::write_case_rows(json, *rows, process, as_of, next);
    net::Response response = json_answer(std::move(body));
    tell_currency(response, node.currency(*snapshots));
    return response;
  }};
}

Result<Answer> prepare_case(Node& node, const Call& call) {
  return Answer{[&node, workspace = call.credential.workspace, process = call.names[0],
                 case_id = call.names[1]]() -> Result<net::Response> {
    const std::string as_of = as_of_now(node);
    const std::uint32_t shard = shard_of(node, process, case_id);
    const auto snapshot = node.snapshot(shard);
    if (!snapshot) return snapshot.error();
    const auto history = feed::read_case(*snapshot, workspace, process, case_id);
    if (!history) return history.error();
    if (history->events.empty()) return Error{Code::not_found, ""};
    std::string body;
    JsonWriter json(body);
    query::write_case(json, *history, as_of);
    net::Response response = json_answer(std::move(body));
    tell_currency(response, node.currency(shard, **snapshot));
    return response;
  }};
}

net::Response erased_answer(const log::Position& position) {
  std::string body;
  JsonWriter(body).begin_object().member("position", log::to_token(position)).end_object();
  return json_answer(std::move(body), 202);
}

/// A case that nothing is known of is erased too: what is still on its way to the log must not bring it back.
void erase_case(Node& node, Redactor& redactor, Call call) {
  const std::string &workspace = call.credential.workspace, &process = call.names[0], &case_id = call.names[1];
  if (!is_plain_name(process) || case_id.empty() || case_id.size() > name_bytes_max) {
    return call.respond({Code::not_found, ""});
  }
  if (const auto noted = redactor.note(workspace, process, case_id); !noted) return call.respond(noted.error());
  const runtime::Erasure erasure{process, node.fingerprint(workspace, process, case_id), case_id};
  const auto queued =
      node.append(workspace, {{shard_of(node, process, case_id), {log::Kind::erase, runtime::encode(erasure)}}},
                  [respond = call.respond](Result<log::Position> position) {
                    if (!position) return respond(position.error());
                    respond(erased_answer(*position));
                  });
  if (!queued) call.respond(queued.error());
}

}  // namespace

std::vector<Route> case_routes(Node& node, Redactor& redactor) {
  using enum auth::Permission;
  Route erase;
  erase.method = net::Method::delete_;
  erase.pattern = "/v1/processes/{process}/cases/{case}";
  erase.permission = erase_cases;
  erase.where = Where::intake;
  erase.action = "case.erase";
  erase.handle = [&node, &redactor](Call call) { erase_case(node, redactor, std::move(call)); };
  return {std::move(erase),
          query_route(node, "/v1/processes/{process}/cases", read_views,
                      [&node](const Call& call, query::Parameters& parameters) {
                        return prepare_list(node, call, parameters);
                      }),
          query_route(node, "/v1/processes/{process}/cases/{case}", read_views,
                      [&node](const Call& call, query::Parameters&) { return prepare_case(node, call); })};
}

}  // namespace weir::app
