// Alerts, and what was told of them to whom.
#include "api/app/answering.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "api/query/alert_answers.hpp"

namespace weir::app {
namespace {

std::optional<effects::Severity> severity_named(std::string_view name) {
  using enum effects::Severity;
  for (const effects::Severity one : {info, warning, error, critical}) {
    if (effects::name_of(one) == name) return one;
  }
  return std::nullopt;
}

Result<Answer> prepare_alerts(Node& node, const Call& call, query::Parameters& parameters) {
  auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  feed::AlertFilter filter{
      parameters.one("process"), parameters.one("policy"), parameters.one("rule"), parameters.one("threshold"), {}};
  const auto severity = parameters.one("severity");
  if (severity) filter.severity = severity_named(*severity);
  if (severity && !filter.severity) parameters.refuse("severity", "must be info, warning, error or critical");
  const std::string state = parameters.one("state").value_or("open");
  if (state != "open" && state != "ended") parameters.refuse("state", "must be open or ended");
  const auto list = [workspace = call.credential.workspace, are_over = state == "ended", filter](
                        const feed::Snapshots& snapshots, const std::string& after, std::size_t limit) {
    return feed::list_alerts(snapshots, workspace, are_over, filter, after, limit);
  };
  return page_of(node, *std::move(page), list, query::write_alerts);
}

std::optional<effects::Outcome> outcome_named(std::string_view name) {
  using enum effects::Outcome;
  for (const effects::Outcome one : {delivered, again, refused, given_up}) {
    if (effects::name_of(one) == name) return one;
  }
  return std::nullopt;
}

Result<Answer> prepare_deliveries(Node& node, const Call& call, query::Parameters& parameters) {
  auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  const auto target = parameters.one("target"), state = parameters.one("state");
  const std::string& workspace = call.credential.workspace;
  if (state == "waiting") {
    const auto list = [workspace, target](const feed::Snapshots& snapshots, const std::string& after,
                                          std::size_t limit) {
      return feed::list_waiting(snapshots, workspace, target, after, limit);
    };
    return page_of(node, *std::move(page), list, query::write_waiting);
  }
  feed::DeliveryFilter filter{target, state ? outcome_named(*state) : std::nullopt};
  if (state && !filter.outcome) parameters.refuse("state", "must be delivered, again, refused, given_up or waiting");
  const auto list = [workspace, filter](const feed::Snapshots& snapshots, const std::string& after, std::size_t limit) {
    return feed::list_deliveries(snapshots, workspace, filter, after, limit);
  };
  return page_of(node, *std::move(page), list, query::write_deliveries);
}

}  // namespace

std::vector<Route> alert_routes(Node& node) {
  using enum auth::Permission;
  const auto alerts = [&node](const Call& call, query::Parameters& parameters) {
    return prepare_alerts(node, call, parameters);
  };
  const auto deliveries = [&node](const Call& call, query::Parameters& parameters) {
    return prepare_deliveries(node, call, parameters);
  };
  return {query_route(node, "/v1/alerts", read_views, alerts, false),
          query_route(node, "/v1/deliveries", read_dead_letters, deliveries, false)};
}

}  // namespace weir::app
