// What calls that bring events have in common: quotas, the log, and the verdict on each event.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/app/node.hpp"
#include "schemas/codec/json_writer.hpp"
#include "stream/ingest/intake.hpp"

namespace weir::app {

/// What the scrape tells of intake.
struct IntakeMeters {
  explicit IntakeMeters(metrics::Registry& registry);

  metrics::Counter accepted, duplicates, rejected, bytes;
  metrics::Histogram durable_s;
};

/// Takes the quotas of the events' processes. Nothing, or how long to wait.
std::optional<std::chrono::seconds> over_quota(Node& node, const std::string& workspace,
                                               const std::vector<DecodedEvent>& events);

/// The members `accepted`, `duplicates` and `rejected`.
void write_verdicts(JsonWriter& json, const ingest::Intake& intake);
/// With the position behind them.
net::Response verdicts(const ingest::Intake& intake, const log::Position& position, unsigned status = 202);

/// Appends the records and tells what was taken in, without them, once it is durable. Errors, at once: told too.
using Taken = std::function<void(const ingest::Intake& intake, Result<log::Position> position)>;
void append(Node& node, const IntakeMeters& meters, const std::string& workspace, ingest::Intake intake, Taken taken);

}  // namespace weir::app
