// A target as a document (`schemas/definitions/target.schema.json`): where effects are sent to.
//   {"kind": "webhook", "url": "https://ops.example/hook", "secrets": ["whsec_…"]}
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "schemas/codec/document.hpp"
#include "schemas/crypto/rsa.hpp"
#include "state/http/address.hpp"
#include "stream/effects/effect.hpp"
#include "stream/log/record_publisher.hpp"

namespace weir::effects {

/// By Standard Webhooks.
struct Webhook {
  std::string url;
  std::vector<std::string> keys;  // bytes; each signs, so that receivers can be moved from one to the next
  std::vector<std::pair<std::string, std::string>> headers;
};

/// An incoming webhook of Slack, or of what understands its messages.
struct Slack {
  std::string url;
};

/// An incoming webhook of Teams: a workflow, or a connector.
struct Teams {
  std::string url;
};

/// Events API v2, or what understands it.
struct PagerDuty {
  std::string url;
  std::string routing_key;
};

struct Email {
  std::string url;  // smtp or smtps
  bool starttls = true;
  std::string user;
  std::string password;
  std::string from;
  std::vector<std::string> to;
};

/// Where a field of a Case comes from.
struct CaseField {
  enum class Source : std::uint8_t { text, id, type, key, action, severity, title, summary, occurred, data, field };
  std::string name;  // of Salesforce
  Source source = Source::text;
  std::string text;              // what it says, or the name of the effect's field
  std::optional<Action> action;  // with effects of this one alone
};

struct SalesforceCase {
  std::string login_url;
  std::string audience;
  std::string client_id;
  std::string user;
  crypto::RsaKey key;
  std::string version;      // of the API, such as "v62.0"
  std::string external_id;  // the field that holds the effect's key; unique in Salesforce
  std::vector<CaseField> fields;
};

/// A topic, on whichever brokers.
struct KafkaTopic {
  log::BrokerAccess access;
  std::string topic;
};

using Receiver = std::variant<Webhook, Slack, Teams, PagerDuty, Email, SalesforceCase, KafkaTopic>;

struct Target {
  Receiver receiver;
  /// Members that are not to be shown again: JSON pointers from the target's own root.
  std::vector<std::string> secrets;
  std::string disabled = {};  // why nothing is sent there; empty: it is
};

/// Nothing if the node is no target; then it has faults. `reach`: which addresses this node permits beside public ones;
/// names are resolved, and judged again, with each connection.
std::optional<Target> read_target(const DocumentNode& node, const http::Reach& reach);

}  // namespace weir::effects
