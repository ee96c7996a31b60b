// What the node tells about itself: probes, metrics, the contract.
#include "api/app/answering.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/definitions/definitions.hpp"

namespace weir::app {
namespace {

/// Whatever is asked, the answer is the same text.
Route document(std::string_view pattern, std::string_view content_type, std::string_view text) {
  Route route;
  route.pattern = pattern;
  route.where = Where::io;
  auto shared = std::make_shared<const std::string>(text);
  route.handle = [shared, type = std::string{content_type}](Call call) {
    net::Response response;
    response.content_type = type;
    response.headers.push_back({"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"});
    response.headers.push_back({"X-Content-Type-Options", "nosniff"});
    response.shared_body = shared;
    call.respond(std::move(response));
  };
  return route;
}

net::Response state_answer(std::string_view state, unsigned status) {
  std::string body;
  JsonWriter(body).begin_object().member("status", state).end_object();
  return json_answer(std::move(body), status);
}

Route open_route(std::string_view pattern, Where where, std::function<void(Call)> handle) {
  Route route;
  route.pattern = pattern;
  route.where = where;
  route.handle = std::move(handle);
  return route;
}

}  // namespace

std::vector<Route> probe_routes(Node& node) {
  return {
      open_route("/healthz", Where::io, [](Call call) { call.respond(state_answer("ok", 200)); }),
      open_route("/readyz", Where::io,
                 [&node](Call call) {
                   if (node.draining()) return call.respond(state_answer("draining", 503));
                   call.respond(state_answer(node.log_is_away() ? "log_unreachable" : "ready", 200));
                 }),
      open_route("/metrics", Where::readers,
                 [&node](Call call) {
                   net::Response response;
                   response.content_type = metrics::Registry::content_type;
                   response.body = node.metrics().render();
                   call.respond(std::move(response));
                 }),
  };
}

std::vector<Route> contract_routes() {
  return {
      document("/openapi.json", "application/json", definitions::openapi()),
      document("/asyncapi.json", "application/json", definitions::asyncapi()),
      document("/schemas/event.json", "application/schema+json", definitions::event_schema()),
      document("/schemas/process.json", "application/schema+json", definitions::process_schema()),
      document("/schemas/rule.json", "application/schema+json", definitions::rule_schema()),
      document("/schemas/threshold.json", "application/schema+json", definitions::threshold_schema()),
      document("/schemas/sla.json", "application/schema+json", definitions::sla_schema()),
      document("/schemas/hook.json", "application/schema+json", definitions::hook_schema()),
      document("/schemas/alerts.json", "application/schema+json", definitions::alerts_schema()),
      document("/schemas/target.json", "application/schema+json", definitions::target_schema()),
  };
}

}  // namespace weir::app
