// The WebSocket, and the tickets by which browsers open it.
#include "api/app/live.hpp"

#include "api/app/answering.hpp"
#include "api/app/routes/routes.hpp"
#include "api/net/handshake.hpp"
#include "api/net/problem.hpp"

namespace weir::app {
namespace {

net::BodyPlan open_socket(Live& live, const net::RequestHead& head, auth::Credential credential) {
  auto handshake = net::Handshake::of(head);
  if (!handshake) return net::Refuse{net::problem(handshake.error(), head.trace_id)};
  const std::string workspace = credential.workspace;
  auto handler = live.welcome(std::move(credential));
  if (!handler) return net::Refuse{net::problem(handler.error(), head.trace_id)};
  return net::Upgrade{std::move(*handshake), std::move(*handler), workspace};
}

void issue_ticket(auth::Tickets& tickets, const Call& call) {
  const auto ticket = tickets.issue(call.credential);
  if (!ticket) return call.respond(ticket.error());
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("ticket", *ticket);
  json.member("expires_in_s", std::chrono::duration_cast<std::chrono::seconds>(tickets.lifetime()).count());
  json.end_object();
  net::Response response = json_answer(std::move(body), 201);
  response.headers.push_back({"Cache-Control", "no-store"});
  call.respond(std::move(response));
}

}  // namespace

std::vector<Route> live_routes(Node& node, Live& live) {
  Route socket;
  socket.method = net::Method::get;
  socket.pattern = "/v1/ws";
  socket.permission = auth::Permission::read_views;
  socket.takes_ticket = true;
  socket.stream = [&live](const net::RequestHead& head, const std::vector<std::string>&, auth::Credential credential) {
    return open_socket(live, head, std::move(credential));
  };
  Route tickets;
  tickets.method = net::Method::post;
  tickets.pattern = "/v1/ws-tickets";
  tickets.permission = auth::Permission::read_views;
  tickets.where = Where::io;
  tickets.handle = [&node](const Call& call) { issue_ticket(node.people().tickets(), call); };
  return {std::move(socket), std::move(tickets)};
}

}  // namespace weir::app
