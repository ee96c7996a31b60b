// SLA clocks: how many of a process stand how, which are due next, and those of one case.
#include "api/app/answering.hpp"
#include "api/app/document_desk.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "api/query/sla_answers.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/feed/cases.hpp"
#include "stream/feed/clocks.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/runtime/task_records.hpp"
#include "stream/sla/policies.hpp"

namespace weir::app {
namespace {

Result<net::Response> answer_view(Node& node, DocumentDesk& desk, const std::string& workspace,
                                  const std::string& process, std::size_t limit) {
  const std::string as_of = as_of_views(node);
  const auto snapshots = node.snapshots();
  if (!snapshots) return snapshots.error();
  const auto view =
      feed::read_view(*snapshots, workspace, process, node.engine().operators(), {dataflow::Table::clocks});
  if (!view) return view.error();
  const auto urgent = feed::urgent_clocks(*snapshots, workspace, process, node.clock().now(), limit);
  if (!urgent) return urgent.error();
  const auto documents = desk.read(workspace);
  if (!documents) return documents.error();
  std::string body;
  JsonWriter json(body);
  query::write_sla(json, **view, sla::newest_policies(*documents, process), *urgent, process, as_of);
  return json_answer(std::move(body));
}

feed::ClockFilter take_clock_filter(query::Parameters& parameters) {
  feed::ClockFilter filter{parameters.one("policy"), parameters.one("metric"), parameters.one("target"), {}, {}};
  const auto state = parameters.one("state");
  if (!state) return filter;
  if (*state == "breached") {
    filter.breached = true;
  } else if (*state == "running" || *state == "paused") {
    filter.paused = *state == "paused";
  } else {
    parameters.refuse("state", "must be running, paused or breached");
  }
  return filter;
}

Result<Answer> prepare_clocks(Node& node, const Call& call, query::Parameters& parameters) {
  auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  const std::string& process = call.names.front();
  const auto list = [workspace = call.credential.workspace, process, filter = take_clock_filter(parameters)](
                        const feed::Snapshots& snapshots, const std::string& after, std::size_t limit) {
    return feed::list_clocks(snapshots, workspace, process, filter, after, limit);
  };
  const auto write = [process](JsonWriter& json, const std::vector<feed::ClockRow>& rows, std::string_view as_of,
                               std::string_view next) {
    json.begin_object().member("process", process).member("as_of", as_of);
    query::write_clock_rows(json, "clocks", rows);
    json.key("next");
    next.empty() ? void(json.value(nullptr)) : void(json.value(next));
    json.end_object();
  };
  return page_of(node, *std::move(page), list, write);
}

/// As the last tick of its partition has it.
Result<net::Response> answer_case(Node& node, DocumentDesk& desk, const std::string& workspace,
                                  const std::string& process, const std::string& case_id) {
  const std::uint32_t shard = log::partition_of(process, case_id, node.folder().shards());
  const auto snapshot = node.snapshot(shard);
  if (!snapshot) return snapshot.error();
  const auto history = feed::read_case(*snapshot, workspace, process, case_id);
  if (!history) return history.error();
  if (history->events.empty()) return Error{Code::not_found, ""};
  const auto progress = runtime::read_progress(**snapshot, workspace);
  if (!progress) return progress.error();
  const auto documents = desk.read(workspace);
  if (!documents) return documents.error();
  const Time now = from_micros(progress->clock);
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("process", process).member("case", case_id);
  json.member("as_of", to_rfc3339(now)).key("policies").begin_array();
  sla::CalendarPool calendars;
  for (const sla::NamedJudge& one : sla::judges_of(*documents, process, now, calendars)) {
    json.begin_object().member("name", one.name).key("cycles").begin_array();
    for (const sla::Verdict& verdict : one.judge.verdicts(history->events, now)) {
      query::write_cycles(json, case_id, verdict, one.judge.timeline());
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  net::Response response = json_answer(std::move(body));
  tell_currency(response, node.currency(shard, **snapshot));
  return response;
}

}  // namespace

std::vector<Route> sla_routes(Node& node, DocumentDesk& desk) {
  using enum auth::Permission;
  const auto prepare_view = [&node, &desk](const Call& call, query::Parameters& parameters) -> Result<Answer> {
    const auto limit = parameters.number("limit", 1, 1'000).value_or(100);
    return Answer{[&node, &desk, workspace = call.credential.workspace, process = call.names.front(), limit] {
      return answer_view(node, desk, workspace, process, limit);
    }};
  };
  const auto prepare_case = [&node, &desk](const Call& call, query::Parameters&) -> Result<Answer> {
    return Answer{[&node, &desk, workspace = call.credential.workspace, process = call.names[0],
                   case_id = call.names[1]] { return answer_case(node, desk, workspace, process, case_id); }};
  };
  return {query_route(node, "/v1/processes/{process}/sla", read_views, prepare_view),
          query_route(node, "/v1/processes/{process}/clocks", read_views,
                      [&node](const Call& call, query::Parameters& parameters) {
                        return prepare_clocks(node, call, parameters);
                      }),
          query_route(node, "/v1/processes/{process}/cases/{case}/sla", read_views, prepare_case)};
}

}  // namespace weir::app
