// Alerts, and what was told of them to whom, as answers.
#pragma once

#include <vector>

#include "schemas/codec/json_writer.hpp"
#include "stream/feed/alerts.hpp"

namespace weir::query {

// Each a page `{"as_of", NAME: […], "next"}`; `next`: the cursor of the next one, empty if there is none.

/// `alerts`: `{"id", "process", "case", "source", "name", "metric", "number", "title", "promise", "state", "severity",
/// "since", "began", "due", "warned", "breached", "ended", "acknowledged", "silenced_until", "escalation"}`
void write_alerts(JsonWriter& json, const std::vector<feed::AlertRow>& rows, std::string_view as_of,
                  std::string_view next);

/// One of them, with its `history`, ascending by time: `{"step", "at", "by", "note", "notify", "held_until"}`
void write_alert(JsonWriter& json, const runtime::ListedAlert& alert, std::string_view as_of);

/// `deliveries`: `{"id", "type", "target", "process", "case", "title", "severity", "action", "revision", "stands",
/// "at", "outcome", "attempt", "began", "took_ms", "status", "detail", "answer"}`
void write_deliveries(JsonWriter& json, const std::vector<feed::DeliveryRow>& rows, std::string_view as_of,
                      std::string_view next);

/// `waiting`: the same up to `at`, then `{"attempts", "due"}`
void write_waiting(JsonWriter& json, const std::vector<feed::WaitingRow>& rows, std::string_view as_of,
                   std::string_view next);

}  // namespace weir::query
