// POST /v1/events: one event or many, each taken or refused by itself, answered when they are durable.
#include "api/app/answering.hpp"
#include "api/app/routes/routes.hpp"
#include "api/app/routes/taking.hpp"
#include "api/net/problem.hpp"
#include "schemas/codec/event_json.hpp"

namespace weir::app {
namespace {

bool has_cloud_event_headers(const net::RequestHead& head) { return !head.header("ce-specversion").empty(); }

Result<void> check_events(const Node& node, const net::RequestHead& head) {
  if (!head.query.empty()) return Error{Code::bad_query, "a parameter is unknown here"};
  if (!has_cloud_event_headers(head) && !body_format(head.header("content-type"))) {
    return Error{Code::unsupported_media_type,
                 "application/json, application/x-ndjson, or CloudEvents as application/cloudevents+json"};
  }
  return node.disk().room_for_events();
}

Result<std::vector<DecodedEvent>> decode(const net::Request& request, const DecodeOptions& options) {
  if (!has_cloud_event_headers(request.head)) {
    return decode_events(*body_format(request.head.header("content-type")), request.body, options);
  }
  std::vector<HeaderView> headers;
  for (const net::Header& header : request.head.headers) headers.push_back({header.name, header.value});
  std::vector<DecodedEvent> one;
  one.push_back({request.body, decode_cloud_event(headers, request.body, options)});
  return one;
}

void post_events(Node& node, const IntakeMeters& meters, Call call) {
  meters.bytes.add(static_cast<double>(call.request.body.size()));
  auto decoded = decode(call.request, {.now = node.clock().now()});
  if (!decoded) return call.respond(decoded.error());
  const std::string& trace_id = call.head().trace_id;
  if (const auto wait = over_quota(node, call.credential.workspace, *decoded)) {
    return call.respond(refused_for(Code::quota_exceeded, *wait, trace_id));
  }
  ingest::Intake intake = ingest::take_in(std::move(*decoded), node.log().partitions());
  meters.duplicates.add(static_cast<double>(intake.duplicates));
  meters.rejected.add(static_cast<double>(intake.rejected.size()));
  if (intake.all_rejected()) {
    const Error all{intake.rejected.front().why.code, "every event was rejected"};
    return call.respond(
        with_members(net::problem(all, trace_id, 422), [&](JsonWriter& json) { write_verdicts(json, intake); }));
  }
  if (intake.records.empty()) return call.respond(verdicts(intake, {}));
  append(node, meters, call.credential.workspace, std::move(intake),
         [respond = call.respond](const ingest::Intake& taken, Result<log::Position> position) {
           position ? respond(verdicts(taken, *position)) : respond(position.error());
         });
}

}  // namespace

std::vector<Route> event_routes(Node& node) {
  Route route;
  route.method = net::Method::post;
  route.pattern = "/v1/events";
  route.permission = auth::Permission::append_events;
  route.where = Where::intake;
  route.body_bytes_max = node.settings().body_bytes_max;
  route.check = [&node](const net::RequestHead& head) { return check_events(node, head); };
  route.handle = [&node, meters = IntakeMeters{node.metrics()}](Call call) {
    post_events(node, meters, std::move(call));
  };
  return {std::move(route)};
}

}  // namespace weir::app
