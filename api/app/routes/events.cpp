// POST /v1/events: one event or many, each taken or refused by itself, answered when they are durable.
#include <map>

#include "api/app/answering.hpp"
#include "api/app/routes/routes.hpp"
#include "api/net/problem.hpp"
#include "schemas/codec/event_json.hpp"
#include "stream/ingest/intake.hpp"

namespace weir::app {
namespace {

/// What the scrape tells of intake.
struct IntakeMeters {
  explicit IntakeMeters(metrics::Registry& registry)
      : accepted(counter(registry, {{"verdict", "accepted"}})),
        duplicates(counter(registry, {{"verdict", "duplicate"}})),
        rejected(counter(registry, {{"verdict", "rejected"}})),
        bytes(registry.counter("weir_intake_bytes_total", "Bytes of bodies with events.")),
        durable_s(registry.histogram("weir_append_seconds", "From a read body to its durability.",
                                     metrics::latency_buckets_s())) {}

  static metrics::Counter counter(metrics::Registry& registry, metrics::Labels labels) {
    return registry.counter("weir_intake_events_total", "Posted events by what intake made of them.", labels);
  }

  metrics::Counter accepted, duplicates, rejected, bytes;
  metrics::Histogram durable_s;
};

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

void write_verdicts(JsonWriter& json, const ingest::Intake& intake) {
  json.member("accepted", intake.accepted).member("duplicates", intake.duplicates).key("rejected").begin_array();
  for (const ingest::Rejection& rejection : intake.rejected) {
    json.begin_object().member("index", rejection.index).member("code", name_of(rejection.why.code));
    json.member("detail",
                rejection.why.detail.empty() ? title_of(rejection.why.code) : std::string_view{rejection.why.detail});
    json.end_object();
  }
  json.end_array();
}

net::Response verdicts(const ingest::Intake& intake, const log::Position& position) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_verdicts(json, intake);
  json.member("position", log::to_token(position)).end_object();
  return json_answer(std::move(body), 202);
}

/// Nothing, or how long to wait.
std::optional<std::chrono::seconds> over_quota(Node& node, const std::string& workspace,
                                               const std::vector<DecodedEvent>& events) {
  std::map<std::string_view, std::uint64_t> by_process;
  for (const DecodedEvent& one : events) {
    if (one.event) ++by_process[one.event->process];
  }
  for (const auto& [process, count] : by_process) {
    if (const auto wait = node.quota().take(workspace, process, count)) return wait;
  }
  return std::nullopt;
}

void append(Node& node, const IntakeMeters& meters, const Call& call, ingest::Intake intake) {
  auto records = std::move(intake.records);
  const auto held = std::make_shared<const ingest::Intake>(std::move(intake));
  const Clock::Steady began = node.clock().steady();
  const auto queued =
      node.append(call.credential.workspace, std::move(records),
                  [&node, meters, held, began, respond = call.respond](Result<log::Position> position) {
                    if (!position) return respond(position.error());
                    meters.durable_s.observe(std::chrono::duration<double>(node.clock().steady() - began).count());
                    meters.accepted.add(static_cast<double>(held->accepted));
                    respond(verdicts(*held, *position));
                  });
  if (!queued) call.respond(queued.error());
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
  append(node, meters, call, std::move(intake));
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
