#include "api/app/router.hpp"

#include "api/app/answering.hpp"
#include "api/app/recording.hpp"
#include "api/auth/session_cookie.hpp"
#include "api/net/problem.hpp"

namespace weir::app {
namespace {

std::vector<std::string> segments_of(std::string_view pattern) {
  std::vector<std::string> segments;
  for (std::size_t at = 1; at < pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', at), pattern.size());
    const std::string_view segment = pattern.substr(at, end - at);
    const bool is_dotted = segment.find('.') != segment.npos;
    segments.emplace_back(!segment.starts_with('{') ? segment : is_dotted ? "." : std::string_view{});
    at = end + 1;
  }
  return segments;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](const std::string& wanted, const std::string& given) {
                      return wanted.empty() || wanted == given ||
                             (wanted == "." && given.find('.') != std::string::npos);
                    });
}

/// 0: written out, 1: with names that have a dot, 2: with any names.
constexpr int most_vague = 2;
int vagueness_of(const std::vector<std::string>& pattern) {
  int most = 0;
  for (const std::string& segment : pattern) most = std::max(most, segment.empty() ? 2 : segment == "." ? 1 : 0);
  return most;
}

std::vector<std::string> names_in(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].empty() || pattern[i] == ".") names.push_back(path[i]);
  }
  return names;
}

/// Methods are what the table has; a HEAD is a GET whose body the session leaves out.
net::Method asked(const net::RequestHead& head) {
  return head.method == net::Method::head ? net::Method::get : head.method;
}

std::string path_of(const net::RequestHead& head) { return head.target.substr(0, head.target.find('?')); }

/// Of all that a request asks: what the same key must come with again.
Hash128 hash_of(const net::Request& request) {
  std::string bytes = request.head.target;
  for (const net::Header& header : request.head.headers) {
    if (header.name != "content-type" && !header.name.starts_with("ce-")) continue;
    bytes.append(1, '\n').append(header.name).append(1, ':').append(header.value);
  }
  return hash128(bytes.append(2, '\n').append(request.body));
}

/// A browser sends the cookie along with whatever any page makes it send: what changes something, and what opens a
/// WebSocket, must be known to come from our own.
bool is_from_our_page(const net::RequestHead& head, std::string_view secret) {
  const std::string_view origin = head.header("origin");
  const bool foreign = !origin.empty() && !auth::is_same_origin(origin, head.header("host"));
  const bool silent_upgrade = origin.empty() && !head.header("upgrade").empty();
  if (foreign || silent_upgrade) return false;
  return asked(head) == net::Method::get || head.method == net::Method::options ||
         auth::is_csrf_token_of(secret, head.header("x-csrf-token"));
}

}  // namespace

Router::Router(Node& node, std::vector<Route> routes) : node_(node) {
  for (Route& route : routes) {
    auto segments = segments_of(route.pattern);
    const int vagueness = vagueness_of(segments);
    entries_.push_back({std::move(route), std::move(segments), vagueness});
  }
}

Router::Match Router::find(const net::RequestHead& head) const {
  Match match;
  for (int vagueness = 0; vagueness <= most_vague && match.entry == nullptr && match.allow.empty(); ++vagueness) {
    match = find(head, vagueness);
  }
  return match;
}

Router::Match Router::find(const net::RequestHead& head, int vagueness) const {
  Match match;
  for (const Entry& entry : entries_) {
    if (entry.vagueness != vagueness || !fits(entry.segments, head.segments)) continue;
    if (entry.route.method == asked(head)) return {&entry, {}};
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += entry.route.method == net::Method::get ? "GET, HEAD" : name_of(entry.route.method);
  }
  return match;
}

net::BodyPlan Router::admit(const net::RequestHead& head) {
  const Match match = find(head);
  if (match.entry == nullptr) {
    if (match.allow.empty()) return net::Refuse{net::problem({Code::not_found, ""}, head.trace_id)};
    net::Response response = net::problem({Code::method_not_allowed, ""}, head.trace_id);
    response.headers.push_back({"Allow", match.allow});
    return net::Refuse{std::move(response)};
  }
  const Route& route = match.entry->route;
  auth::Credential credential;
  if (route.permission) {
    if (node_.draining()) return net::Refuse{net::problem({Code::draining, ""}, head.trace_id)};
    auto known = authenticate(head, route);
    if (!known) return refuse_credential(head, known.error());
    credential = std::move(*known);
    if (const auto allowed = auth::authorise(credential, *route.permission); !allowed) {
      net::Response response = net::problem(allowed.error(), head.trace_id);
      if (!route.action.empty()) {
        node_.intake().offer(credential.workspace,
                             [this, head, credential, action = route.action, status = response.status] {
                               write_audit(node_, head, credential, action, {}, status);
                             });
      }
      return net::Refuse{std::move(response)};
    }
  }
  if (route.workspace_of) {
    if (node_.draining()) return net::Refuse{net::problem({Code::draining, ""}, head.trace_id)};
    auto workspace = route.workspace_of(names_in(match.entry->segments, head.segments));
    if (!workspace) return net::Refuse{net::problem(workspace.error(), head.trace_id)};
    credential.workspace = *std::move(workspace);
  }
  if (route.check) {
    if (const auto checked = route.check(head); !checked) {
      return net::Refuse{net::problem(checked.error(), head.trace_id)};
    }
  }
  return plan(*match.entry, head, std::move(credential));
}

Result<auth::Credential> Router::authenticate(const net::RequestHead& head, const Route& route) const {
  auth::Access& access = node_.people().access();
  const auto token = auth::bearer_token(head.all_headers("authorization"));
  if (const auto ticket = head.parameter("ticket"); ticket && route.takes_ticket) {
    if (token || token.error().code != Code::missing_token) return Error{Code::bad_request, "Send one credential."};
    const auto redeemed = node_.people().tickets().redeem(*ticket);
    if (!redeemed) return redeemed.error();
    return access.renew(*redeemed);
  }
  if (token) return access.by_token(*token);
  if (token.error().code != Code::missing_token) return token.error();
  const auto secret = auth::session_secret(head.all_headers("cookie"), head.secure);
  if (!secret) return secret.error();
  auto credential = access.by_session(*secret);
  if (credential && !is_from_our_page(head, *secret)) return Error{Code::csrf_refused, ""};
  return credential;
}

net::BodyPlan Router::refuse_credential(const net::RequestHead& head, const Error& why) const {
  if (why.code == Code::invalid_token) {
    if (const auto wait = node_.failed_authentications().record(head.remote_address)) {
      return net::Refuse{refused_for(Code::quota_exceeded, *wait, head.trace_id)};
    }
    auth::AuditEntry entry{node_.clock().now(), std::string{auth::node_workspace}, head.remote_address, "token.refused",
                           path_of(head),       std::string{name_of(why.code)},    head.trace_id};
    node_.intake().offer(auth::node_workspace, [this, entry] {
      const auto written = node_.audit().append(entry, store::Durability::buffered);
      if (!written) node_.logger().log(LogLevel::error, written.error().detail);
    });
  }
  return net::Refuse{net::problem(why, head.trace_id)};
}

net::BodyPlan Router::plan(const Entry& entry, const net::RequestHead& head, auth::Credential credential) const {
  const Route& route = entry.route;
  auto names = names_in(entry.segments, head.segments);
  if (route.stream) return route.stream(head, std::move(names), std::move(credential));
  const std::string workspace = credential.workspace;
  return net::Collect{route.body_bytes_max,
                      [this, &route, names = std::move(names), credential = std::move(credential)](
                          net::Request request, net::Respond respond) {
                        run(route, {std::move(request), names, credential, std::move(respond)});
                      },
                      workspace};
}

void Router::run(const Route& route, Call call) const {
  if (route.where == Where::io) return route.handle(std::move(call));
  const net::Respond respond = call.respond;
  auto held = std::make_shared<Call>(std::move(call));
  const std::string& workspace = held->credential.workspace;
  if (!workers_of(route.where).offer(workspace, [this, &route, held] { handle(route, std::move(*held)); }))
    respond({Code::overloaded, ""});
}

Workers& Router::workers_of(Where where) const {
  if (where == Where::passwords) return node_.people().passwords();
  return where == Where::intake ? node_.intake() : node_.readers();
}

/// On a worker.
void Router::handle(const Route& route, Call call) const {
  call.object = std::make_shared<std::string>(object_of(route, call));
  if (!route.action.empty()) {
    call.respond = audited(node_, call.head(), call.credential, route.action, call.object, call.respond);
  }
  if (route.method == net::Method::post && route.keep_answer) {
    auto respond = answered_once(node_, call.head(), call.credential, hash_of(call.request), call.respond);
    if (!respond) return;
    call.respond = std::move(*respond);
  }
  route.handle(std::move(call));
}

/// What the audit names: a case by what cannot be read back once it is erased.
std::string Router::object_of(const Route& route, const Call& call) const {
  if (route.permission == auth::Permission::erase_cases) {
    return call.names[0] + '/' + to_hex(node_.fingerprint(call.credential.workspace, call.names[0], call.names[1]));
  }
  return call.names.empty() ? std::string{} : call.names.front();
}

}  // namespace weir::app
