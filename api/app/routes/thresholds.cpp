// How a threshold stands, and what it would measure now.
#include "api/app/answering.hpp"
#include "api/app/measurer.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/asking/elsewhere.hpp"
#include "stream/documents/documents.hpp"
#include "stream/runtime/threshold_book.hpp"

namespace weir::app {
namespace {

std::string_view name_of(thresholds::Phase phase) {
  switch (phase) {
    case thresholds::Phase::pending:
      return "pending";
    case thresholds::Phase::up:
      return "up";
    case thresholds::Phase::leaving:
      return "leaving";
    case thresholds::Phase::quiet:
      break;
  }
  return "quiet";
}

Result<net::Response> answer_standing(Node& node, const std::string& workspace, const std::string& name) {
  const format::Scope scope{workspace};
  const std::uint32_t partition = thresholds::partition_of(name, node.folder().shards());
  const auto snapshot = node.snapshot(partition);
  if (!snapshot) return snapshot.error();
  const auto known = documents::Documents::read(**snapshot, scope, documents::Kind::threshold, name);
  if (!known) return known.error();
  const documents::Version* const current = known->current(documents::Kind::threshold, name);
  const auto threshold = current == nullptr ? std::nullopt : thresholds::threshold_of(*current->body);
  if (!threshold) return Error{Code::not_found, ""};
  const auto whole = asking::whole(*snapshot, workspace);
  if (!whole) return whole.error();
  const auto kept = runtime::read_threshold(**whole, scope, name);
  if (!kept) return kept.error();
  const thresholds::Standing& standing = kept->standing;
  Measurer measurer(node, workspace);
  const auto value = measurer.measure(*threshold);
  if (!value) return value.error();
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("name", name).member("as_of", to_rfc3339(measurer.at()));
  json.member("condition", threshold->condition()).key("value");
  *value ? void(json.value(**value)) : void(json.value(nullptr));
  json.member("holds", threshold->holds(*value)).member("state", name_of(standing.phase)).key("since");
  standing.number > 0 ? void(json.value(to_rfc3339(standing.since))) : void(json.value(nullptr));
  json.member("alerts", standing.up_ever).end_object();
  return json_answer(std::move(body));
}

}  // namespace

std::vector<Route> threshold_routes(Node& node) {
  const auto prepare = [&node](const Call& call, query::Parameters&) -> Result<Answer> {
    return Answer{[&node, workspace = call.credential.workspace, name = call.names.front()] {
      return answer_standing(node, workspace, name);
    }};
  };
  return {query_route(node, "/v1/thresholds/{name}/standing", auth::Permission::read_views, prepare, false)};
}

}  // namespace weir::app
