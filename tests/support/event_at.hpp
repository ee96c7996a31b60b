// The plainest event there is, for tests in which its case and its time are all that matters.
#pragma once

#include <string>

#include "schemas/base/event.hpp"

namespace weir::support {

/// An event of the process `p0`, told from others of its case by its time.
inline Event event_at(std::int64_t micros, const std::string& case_id = "c") {
  Event event;
  event.process = "p0";
  event.case_id = case_id;
  event.activity = "a";
  event.timestamp = from_micros(micros);
  event.id = std::to_string(micros);
  event.source = "s";
  return event;
}

}  // namespace weir::support
