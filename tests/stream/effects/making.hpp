// Effects, targets and answers of tests.
#pragma once

#include <string>
#include <string_view>

#include "schemas/codec/timestamp.hpp"
#include "state/http/exchanges.hpp"
#include "stream/effects/effect.hpp"
#include "stream/effects/target.hpp"

namespace weir::effects {

inline Effect an_effect() {
  Effect made;
  made.id = "e1";
  made.type = "sla.breached";
  made.occurred = *parse_rfc3339("2026-03-04T05:06:07Z");
  made.workspace = "acme";
  made.target = "desk";
  made.key = "sla-42";
  made.action = Action::trigger;
  made.severity = Severity::critical;
  made.title = "Resolution breached: case 42";
  made.summary = "Promised 8h, overdue since 05:06.";
  made.fields = {{"Case", "42"}, {"Policy", "gold"}};
  made.data = R"({"case":"42"})";
  return made;
}

struct ReadTarget {
  std::optional<Target> target;
  DocumentFaults faults;
};

inline ReadTarget read(std::string_view text, const http::Reach& reach = http::Reach{}) {
  ReadTarget found;
  auto faults = read_document(text, [&](const DocumentNode& node) { found.target = read_target(node, reach); });
  found.faults = faults ? *faults : DocumentFaults{{"", "unreadable"}};
  return found;
}

inline http::Answer answer(unsigned status, std::string body = "", std::vector<http::Header> headers = {}) {
  http::Answer made;
  made.response = {status, std::move(headers), std::move(body)};
  return made;
}

inline http::Answer failure(http::Failure kind) {
  http::Answer made;
  made.failure = kind;
  made.detail = "it failed";
  return made;
}

inline std::string_view header(const http::Call& call, std::string_view name) {
  for (const auto& one : call.headers) {
    if (one.name == name) return one.value;
  }
  return "";
}

}  // namespace weir::effects
