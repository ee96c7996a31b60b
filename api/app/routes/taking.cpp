#include "api/app/routes/taking.hpp"

#include <map>

#include "api/app/answering.hpp"

namespace weir::app {
namespace {

metrics::Counter counter(metrics::Registry& registry, metrics::Labels labels) {
  return registry.counter("weir_intake_events_total", "Posted events by what intake made of them.", labels);
}

}  // namespace

IntakeMeters::IntakeMeters(metrics::Registry& registry)
    : accepted(counter(registry, {{"verdict", "accepted"}})),
      duplicates(counter(registry, {{"verdict", "duplicate"}})),
      rejected(counter(registry, {{"verdict", "rejected"}})),
      bytes(registry.counter("weir_intake_bytes_total", "Bytes of bodies with events.")),
      durable_s(registry.histogram("weir_append_seconds", "From a read body to its durability.",
                                   metrics::latency_buckets_s())) {}

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

net::Response verdicts(const ingest::Intake& intake, const log::Position& position, unsigned status) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_verdicts(json, intake);
  json.member("position", log::to_token(position)).end_object();
  return json_answer(std::move(body), status);
}

void append(Node& node, const IntakeMeters& meters, const std::string& workspace, ingest::Intake intake, Taken taken) {
  auto records = std::move(intake.records);
  const auto held = std::make_shared<const ingest::Intake>(std::move(intake));
  const Clock::Steady began = node.clock().steady();
  const auto queued =
      node.append(workspace, std::move(records), [&node, meters, held, began, taken](Result<log::Position> position) {
        if (position) {
          meters.durable_s.observe(std::chrono::duration<double>(node.clock().steady() - began).count());
          meters.accepted.add(static_cast<double>(held->accepted));
        }
        taken(*held, std::move(position));
      });
  if (!queued) taken(*held, queued.error());
}

}  // namespace weir::app
