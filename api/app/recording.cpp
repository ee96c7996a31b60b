#include "api/app/recording.hpp"

#include "api/app/answering.hpp"
#include "api/net/problem.hpp"

namespace weir::app {
namespace {

/// Worth keeping: the request was done, or is wrong for good.
bool is_final(unsigned status) { return status < 400 || status == 409 || status == 422; }

net::Response as_response(auth::StoredAnswer kept) {
  net::Response response;
  response.status = kept.status;
  response.content_type = std::move(kept.content_type);
  response.body = std::move(kept.body);
  return response;
}

}  // namespace

void write_audit(Node& node, const net::RequestHead& head, const auth::Credential& credential, std::string_view action,
                 std::string_view object, unsigned status) {
  const std::string outcome = status < 400 ? "done" : std::to_string(status);
  const auto written = node.audit().append({node.clock().now(), credential.workspace, credential.actor(),
                                            std::string{action}, std::string{object}, outcome, head.trace_id},
                                           store::Durability::synced);
  if (!written) node.logger().log(LogLevel::error, written.error().detail, {}, head.trace_id);
}

net::Respond audited(Node& node, const net::RequestHead& head, const auth::Credential& credential,
                     std::string_view action, std::shared_ptr<const std::string> object, net::Respond respond) {
  return after_work(std::move(respond), head.trace_id, node.intake(),
                    [&node, head, credential, action, object = std::move(object)](net::Response& response) {
                      write_audit(node, head, credential, action, *object, response.status);
                    });
}

std::optional<net::Respond> answered_once(Node& node, const net::RequestHead& head, const auth::Credential& credential,
                                          const Hash128& request, net::Respond respond) {
  const std::string_view key = head.header("idempotency-key");
  if (key.empty()) return respond;
  const std::string path = head.target.substr(0, head.target.find('?'));
  auto begun = node.answers().begin(
      {credential.workspace, credential.actor(), std::string{name_of(head.method)} + ' ' + path, std::string{key}},
      request);
  if (!begun) {
    respond(begun.error());
    return std::nullopt;
  }
  if (auto* kept = std::get_if<auth::StoredAnswer>(&*begun)) {
    respond(as_response(std::move(*kept)));
    return std::nullopt;
  }
  using Reservation = auth::IdempotencyStore::Reservation;
  const auto reservation = std::make_shared<Reservation>(std::move(std::get<Reservation>(*begun)));
  return after_work(std::move(respond), head.trace_id, node.intake(),
                    [reservation, trace_id = head.trace_id](net::Response& response) {
                      if (is_final(response.status)) {
                        const auto kept = reservation->keep({response.status, response.content_type, response.body});
                        if (!kept) response = net::problem(kept.error(), trace_id);
                      }
                      reservation->end();
                    });
}

}  // namespace weir::app
