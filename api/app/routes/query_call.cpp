#include "api/app/routes/query_call.hpp"

#include "api/query/cursor.hpp"
#include "schemas/base/event.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::app {
namespace {

constexpr Clock::Steady wait_max = std::chrono::seconds{2};
constexpr std::uint64_t page_rows_max = 1'000;

/// A position that names shards which are not there was not given out here.
Result<std::optional<log::Position>> take_after(const runtime::Engine& engine, query::Parameters& parameters) {
  const auto token = parameters.one("after");
  if (!token) return std::optional<log::Position>{};
  auto position = log::parse_token(*token);
  if (!position) return position.error();
  for (const log::Position::Part& part : position->parts) {
    if (part.partition >= engine.shards()) return Error{Code::bad_query, "`after` is no position of this server"};
  }
  return std::optional{std::move(*position)};
}

constexpr std::string_view lag_header = "Weir-Lag";

bool tells_currency(const net::Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [](const net::Header& header) { return header.name == lag_header; });
}

void answer_now(Node& node, const std::string& workspace, const net::Respond& respond, Answer answer) {
  const bool taken = node.readers().offer(workspace, [&node, respond, answer = std::move(answer)] {
    auto response = answer();
    if (response) {
      if (!tells_currency(*response)) tell_currency(*response, node.currency());
      respond(std::move(*response));
    } else {
      respond(response.error());
    }
  });
  if (!taken) respond({Code::overloaded, ""});
}

void handle_query(Node& node, Call call, const Prepare& prepare, bool first_is_process) {
  if (first_is_process && !call.names.empty() && !is_plain_name(call.names.front())) {
    return call.respond({Code::not_found, ""});
  }
  query::Parameters parameters{call.head().query};
  const auto after = take_after(node.engine(), parameters);
  if (!after) return call.respond(after.error());
  auto answer = prepare(call, parameters);
  if (!answer) return call.respond(answer.error());
  if (const auto finished = parameters.finish(); !finished) return call.respond(finished.error());
  const std::string& workspace = call.credential.workspace;
  if (!*after) return answer_now(node, workspace, call.respond, std::move(*answer));
  node.engine().watch().when_included(
      workspace, **after, node.clock().steady() + wait_max,
      [&node, workspace, respond = call.respond, answer = std::move(*answer)](bool included) {
        if (!included) return respond({Code::not_caught_up, ""});
        answer_now(node, workspace, respond, answer);
      });
}

}  // namespace

Route query_route(Node& node, std::string_view pattern, auth::Permission permission, Prepare prepare,
                  bool first_is_process) {
  Route route;
  route.method = net::Method::get;
  route.pattern = pattern;
  route.permission = permission;
  route.where = Where::io;  // until the answer itself
  route.handle = [&node, prepare = std::move(prepare), first_is_process](Call call) {
    handle_query(node, std::move(call), prepare, first_is_process);
  };
  return route;
}

Result<Page> take_page(const Node& node, const Call& call, query::Parameters& parameters) {
  Page page;
  page.limit = parameters.number("limit", 1, page_rows_max).value_or(page.limit);
  page.question = query::question_of(call.credential.workspace, call.head());
  if (const auto cursor = parameters.one("cursor")) {
    auto place = query::open_cursor(node.secrets().cursor, page.question, *cursor);
    if (!place) return place.error();
    page.place = std::move(*place);
  }
  return page;
}

std::string next_cursor(const Node& node, const Page& page, std::string_view place) {
  return query::seal_cursor(node.secrets().cursor, page.question, place);
}

void tell_currency(net::Response& response, const Currency& currency) {
  const auto staleness = std::chrono::duration_cast<std::chrono::milliseconds>(currency.staleness);
  response.headers.push_back({std::string{lag_header}, std::to_string(currency.lag)});
  response.headers.push_back({"Weir-Staleness-Ms", std::to_string(staleness.count())});
}

std::string as_of_now(const Node& node) { return to_rfc3339(node.clock().now()); }

std::string as_of_views(const Node& node) {
  return to_rfc3339(node.clock().now() - std::chrono::duration_cast<Duration>(node.currency().staleness));
}

}  // namespace weir::app
