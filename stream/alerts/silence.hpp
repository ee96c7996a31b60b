// A silence as a document (`schemas/definitions/silence.schema.json`): for some time nobody is told of the alerts that
// it means. They are listed as ever, and told when it is over, if they are still up then.
//   {"matchers": [{"label": "process", "value": "support"}, {"label": "metric", "op": "=~", "value": ".*_reply"}],
//    "starts_at": "2026-11-22T22:00:00Z", "ends_at": "2026-11-23T06:00:00Z", "comment": "maintenance",
//    "created_by": "user:ann"}
#pragma once

#include <optional>
#include <string>

#include "schemas/base/time.hpp"
#include "schemas/codec/document.hpp"
#include "stream/alerts/matcher.hpp"

namespace weir::alerts {

struct Silence {
  Matchers matchers;
  std::optional<Time> starts_at;  // none: when it is declared
  Time ends_at;
  std::string comment;
  std::string created_by;  // who, where the server says so
};

/// Nothing if the node is no silence; then it has faults.
std::optional<Silence> read_silence(const DocumentNode& node);

}  // namespace weir::alerts
