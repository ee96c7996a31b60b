// Processes and their settings.
#include "api/app/answering.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "api/query/process_document.hpp"
#include "stream/feed/process_view.hpp"

namespace weir::app {
namespace {

Result<runtime::ProcessRecord> read_record(Node& node, const std::string& workspace, const std::string& process) {
  const auto snapshots = node.snapshots();
  if (!snapshots) return snapshots.error();
  auto view = feed::read_view(*snapshots, workspace, process, node.engine().operators(), {});
  if (!view) return view.error();
  return std::move((*view)->record);
}

Result<Answer> prepare_list(Node& node, const Call& call, query::Parameters& parameters) {
  const auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  return Answer{[&node, workspace = call.credential.workspace, page = *page]() -> Result<net::Response> {
    const std::string as_of = as_of_now(node);
    const auto snapshots = node.snapshots();
    if (!snapshots) return snapshots.error();
    const auto names = feed::list_processes(*snapshots, workspace);
    if (!names) return names.error();
    std::string body;
    JsonWriter json(body);
    json.begin_object().member("as_of", as_of).key("processes").begin_array();
    auto at = std::upper_bound(names->begin(), names->end(), page.place);
    std::size_t written = 0;
    for (; at != names->end() && written < page.limit; ++at, ++written) {
      json.begin_object().member("name", *at).end_object();
    }
    json.end_array().key("next");
    if (at == names->end()) {
      json.value(nullptr);
    } else {
      json.value(next_cursor(node, page, *std::prev(at)));
    }
    json.end_object();
    return json_answer(std::move(body));
  }};
}

Result<Answer> prepare_process(Node& node, const Call& call) {
  return Answer{
      [&node, workspace = call.credential.workspace, process = call.names.front()]() -> Result<net::Response> {
        const std::string as_of = as_of_now(node);
        const auto record = read_record(node, workspace, process);
        if (!record) return record.error();
        std::string body;
        JsonWriter json(body);
        json.begin_object().member("process", process).member("as_of", as_of);
        query::write_settings(json, record->settings);
        json.member("archived_cases", record->archived).end_object();
        net::Response response = json_answer(std::move(body));
        response.headers.push_back({"ETag", query::etag_of(record->settings)});
        return response;
      }};
}

net::Response stored_answer(const std::string& process, const runtime::ProcessSettings& settings,
                            const log::Position& position) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("process", process);
  query::write_settings(json, settings);
  json.member("position", log::to_token(position)).end_object();
  net::Response response = json_answer(std::move(body));
  response.headers.push_back({"ETag", query::etag_of(settings)});
  return response;
}

void put_process(Node& node, Call call) {
  const std::string& process = call.names.front();
  if (!is_plain_name(process)) return call.respond({Code::not_found, ""});
  const auto parsed = query::parse_settings_document(call.request.body);
  if (!parsed) return call.respond(parsed.error());
  if (!parsed->faults.empty()) return call.respond(invalid_document(parsed->faults, call.head().trace_id));
  if (const std::string_view wanted = call.head().header("if-match"); !wanted.empty() && wanted != "*") {
    const auto record = read_record(node, call.credential.workspace, process);
    if (!record) return call.respond(record.error());
    if (query::etag_of(record->settings) != wanted) return call.respond({Code::precondition_failed, ""});
  }
  const log::Record record{log::Kind::settings, runtime::encode(runtime::SettingsChange{process, parsed->settings})};
  std::vector<log::Addressed> records;
  for (std::uint32_t i = 0; i < node.log().partitions(); ++i) records.push_back({i, record});
  const auto queued =
      node.append(call.credential.workspace, std::move(records),
                  [process, settings = parsed->settings, respond = call.respond](Result<log::Position> position) {
                    if (!position) return respond(position.error());
                    respond(stored_answer(process, settings, *position));
                  });
  if (!queued) call.respond(queued.error());
}

}  // namespace

std::vector<Route> process_routes(Node& node) {
  using enum auth::Permission;
  Route put;
  put.method = net::Method::put;
  put.pattern = "/v1/processes/{process}";
  put.permission = write_documents;
  put.where = Where::intake;
  put.action = "process.put";
  put.check = check_document;
  put.handle = [&node](Call call) { put_process(node, std::move(call)); };
  return {std::move(put),
          query_route(
              node, "/v1/processes", read_views,
              [&node](const Call& call, query::Parameters& parameters) { return prepare_list(node, call, parameters); },
              false),
          query_route(node, "/v1/processes/{process}", read_views,
                      [&node](const Call& call, query::Parameters&) { return prepare_process(node, call); })};
}

}  // namespace weir::app
