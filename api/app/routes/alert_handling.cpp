// What people do about an alert: they look at it, acknowledge it, resolve it, or want to hear nothing for a while.
#include "api/app/answering.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "api/query/alert_answers.hpp"

namespace weir::app {
namespace {

constexpr std::size_t note_bytes_max = 1'000;

std::uint32_t shard_of(const Node& node, const feed::AlertId& id) { return id.partition(node.folder().shards()); }

/// Errors: not_found, those of Node::snapshot() and of feed::read_alert().
Result<feed::FoundAlert> find_alert(Node& node, const std::string& workspace, const feed::AlertId& id) {
  const auto snapshot = node.snapshot(shard_of(node, id));
  if (!snapshot) return snapshot.error();
  auto found = feed::read_alert(*snapshot, workspace, id);
  if (!found) return found.error();
  if (!*found) return Error{Code::not_found, ""};
  return **std::move(found);
}

Result<Answer> prepare_alert(Node& node, const Call& call) {
  const auto id = feed::alert_id(call.names.front());
  if (!id) return Error{Code::not_found, ""};
  return Answer{[&node, workspace = call.credential.workspace, id = *id]() -> Result<net::Response> {
    const std::string as_of = as_of_now(node);
    const auto found = find_alert(node, workspace, id);
    if (!found) return found.error();
    std::string body;
    JsonWriter json(body);
    query::write_alert(json, found->alert, as_of);
    return json_answer(std::move(body));
  }};
}

/// `{"note": …}`, which may be left out, as may the body.
std::optional<std::string> read_note(const DocumentNode& node) {
  std::string note;
  node.object({{"note", [&](const DocumentNode& one) { note = one.text(note_bytes_max).value_or(""); }}});
  return note;
}

/// Two who do so at once both have done it.
void handle(Node& node, alerts::Deed deed, const Call& call) {
  const std::string& workspace = call.credential.workspace;
  const auto id = feed::alert_id(call.names.front());
  if (!id) return call.respond({Code::not_found, ""});
  std::optional<std::string> note{""};
  if (!call.request.body.empty()) {
    const auto body = json_of(call.request);
    if (!body) return call.respond(body.error());
    const auto faults = read_document(*body, [&](const DocumentNode& one) { note = read_note(one); });
    if (!faults) return call.respond(faults.error());
    if (!faults->empty()) return call.respond(invalid_document(*faults, call.head().trace_id));
  }
  const auto found = find_alert(node, workspace, *id);
  if (!found) return call.respond(found.error());
  if (found->alert.ended_at) return call.respond({Code::alert_over, ""});
  if (found->commands >= alerts::Commands::commands_max) return call.respond({Code::command_limit, ""});
  const alerts::Command command{deed,  id->process,       id->case_id, id->name.text(), call.credential.actor(),
                                *note, node.clock().now()};
  const auto queued =
      node.append(workspace, {{shard_of(node, *id), {log::Kind::command, alerts::encode(command)}}},
                  [respond = call.respond](Result<log::Position> position) {
                    if (!position) return respond(position.error());
                    std::string body;
                    JsonWriter(body).begin_object().member("position", log::to_token(*position)).end_object();
                    respond(json_answer(std::move(body), 202));
                  });
  if (!queued) call.respond(queued.error());
}

Route handling_route(Node& node, std::string_view pattern, std::string_view action, alerts::Deed deed) {
  Route route;
  route.method = net::Method::post;
  route.pattern = pattern;
  route.permission = auth::Permission::handle_alerts;
  route.where = Where::readers;  // the alert may lie on another node
  route.action = action;
  route.check = check_no_query;
  route.handle = [&node, deed](const Call& call) { handle(node, deed, call); };
  return route;
}

}  // namespace

std::vector<Route> alert_handling_routes(Node& node) {
  return {query_route(
              node, "/v1/alerts/{id}", auth::Permission::read_views,
              [&node](const Call& call, query::Parameters&) { return prepare_alert(node, call); }, false),
          handling_route(node, "/v1/alerts/{id}/acknowledge", "alert.acknowledge", alerts::Deed::acknowledge),
          handling_route(node, "/v1/alerts/{id}/resolve", "alert.resolve", alerts::Deed::resolve)};
}

}  // namespace weir::app
