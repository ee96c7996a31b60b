// A hook as a document (`schemas/definitions/hook.schema.json`): who may send to it, and what becomes of it.
//   {"provider": "github", "secrets": ["…"], "process": "development"}
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "schemas/codec/document.hpp"
#include "stream/hooks/signature.hpp"
#include "stream/hooks/template.hpp"
#include "stream/rules/condition.hpp"

namespace weir::hooks {

/// What one event is made of.
struct Mapping {
  std::optional<Pointer> each;  // an event for each place that it has; none: one for the body
  std::optional<rules::Condition> when;
  std::optional<Template> case_id, activity, timestamp, id, resource;
  std::vector<std::pair<std::string, std::variant<Template, std::string>>> attributes;  // text: JSON as it stands
};

struct Hook {
  Signing signing;
  std::string process;
  std::vector<Mapping> mappings;
  std::string verify_token;          // of whatsapp: by which Meta asks whether this is the place
  std::string reply;                 // of teams, which waits for one
  std::string public_url;            // of twilio: scheme and host as it calls them; empty: as the request has them
  std::vector<std::string> secrets;  // pointers to what is not to be shown again
};

/// Nothing if the node is no hook; then it has faults.
std::optional<Hook> read_hook(const DocumentNode& node);

/// What `events` is where a hook does not say: a case is the issue, the ticket, the conversation.
std::string_view usual_events(Provider provider);

}  // namespace weir::hooks
