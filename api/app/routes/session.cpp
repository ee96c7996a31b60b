// Signing in and out, and what one does with one's own session.
#include "api/app/answering.hpp"
#include "api/app/recording.hpp"
#include "api/app/routes/document.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/routes.hpp"
#include "api/auth/session_cookie.hpp"
#include "api/net/problem.hpp"
#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/password.hpp"

namespace weir::app {
namespace {

/// How signing in ends, as the scrape tells it.
struct SignInMeters {
  explicit SignInMeters(metrics::Registry& registry)
      : done(counter(registry, {{"verdict", "done"}})),
        refused(counter(registry, {{"verdict", "refused"}})),
        held(counter(registry, {{"verdict", "held"}})) {}

  static metrics::Counter counter(metrics::Registry& registry, metrics::Labels labels) {
    return registry.counter("weir_sign_ins_total", "Tries to sign in; held: too many, the password was not looked at.",
                            labels);
  }

  metrics::Counter done, refused, held;
};

struct SignIn {
  std::string user, password;
  std::optional<std::string> workspace, link;
};

SignIn read_sign_in(Document& document) {
  SignIn wanted;
  if (document.has("link")) {
    wanted.link = document.text("link");
    return wanted;
  }
  wanted.user = document.text("user");
  for (char& c : wanted.user) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  wanted.password = document.text("password");
  wanted.workspace = document.optional_text("workspace");
  return wanted;
}

void write_session(JsonWriter& json, const auth::User& user, const auth::Session& session,
                   const auth::Sessions::Limits& limits, std::string_view secret) {
  json.begin_object().member("user", user.name).member("workspace", session.workspace);
  json.member("role", auth::name_of(user.role_in(session.workspace).value_or(auth::Role::viewer)));
  json.key("workspaces").begin_array();
  for (const auto& [workspace, role] : user.roles) {
    json.begin_object().member("workspace", workspace).member("role", auth::name_of(role)).end_object();
  }
  json.end_array().member("csrf_token", auth::csrf_token_of(secret));
  json.member("expires", to_rfc3339(std::chrono::floor<std::chrono::seconds>(session.began + limits.lifetime)));
  json.member("idle_s", std::chrono::floor<std::chrono::seconds>(limits.idle).count()).end_object();
}

/// The session as it is now.
net::Response tell_session(Node& node, const net::RequestHead& head, const auth::Session& session,
                           std::string_view secret) {
  const auto directory = node.people().directory().current();
  const auth::User* user = directory->find(session.user);
  if (user == nullptr) return net::problem({Code::session_over, ""}, head.trace_id);
  std::string body;
  JsonWriter json(body);
  write_session(json, *user, session, node.people().sessions().limits(), secret);
  net::Response response = json_answer(std::move(body));
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

/// A new session and its cookie.
Result<net::Response> begin_session(Node& node, const net::RequestHead& head, const std::string& name,
                                    const std::string& workspace) {
  const auto directory = node.people().directory().current();
  const auth::User* user = directory->find(name);
  if (user == nullptr) return Error{Code::wrong_password, ""};
  const auto role = user->role_in(workspace);
  if (!role) return Error{Code::forbidden, "The user has no role in this workspace."};
  auth::Sessions& sessions = node.people().sessions();
  const auto begun = sessions.begin(name, user->generation, workspace);
  if (!begun) return begun.error();
  write_audit(node, head, {.workspace = workspace, .role = *role, .token_id = begun->session.id, .user = name},
              "session.begin", begun->session.id, 201);
  net::Response response = tell_session(node, head, begun->session, begun->secret);
  const auto cookie = auth::session_cookie(begun->secret, head.secure, sessions.limits().lifetime);
  response.headers.push_back({"Set-Cookie", cookie});
  return response;
}

/// Whether it is the user's password; as slow for nobody's.
bool is_password_of(const auth::User* user, std::string_view password) {
  const std::string_view hash = user != nullptr ? std::string_view(user->password_hash) : crypto::hash_of_nobody();
  return crypto::verify_password(hash, password) && user != nullptr;
}

/// The name of a user who is there; what else was typed may be a password.
std::string known_name(Node& node, const std::string& name) {
  return node.people().directory().current()->find(name) != nullptr ? name : std::string{};
}

void audit_refusal(Node& node, const net::RequestHead& head, std::string name) {
  const auto written = node.audit().append(
      {node.clock().now(), std::string{auth::node_workspace}, head.remote_address, "session.refused", std::move(name),
       std::string{name_of(Code::wrong_password)}, head.trace_id},
      store::Durability::buffered);
  if (!written) node.logger().log(LogLevel::error, written.error().detail, {}, head.trace_id);
}

/// Who signs in. Nothing: `call` was answered.
std::optional<std::string> user_of_password(Node& node, const Call& call, const SignInMeters& meters,
                                            const SignIn& wanted) {
  People& people = node.people();
  const net::RequestHead& head = call.head();
  if (const auto wait = people.attempts().begin(wanted.user, head.remote_address)) {
    meters.held.add(1);
    call.respond(refused_for(Code::too_many_attempts, *wait, head.trace_id));
    return std::nullopt;
  }
  const auto directory = people.directory().current();
  if (is_password_of(directory->find(wanted.user), wanted.password)) {
    people.attempts().succeeded(wanted.user, head.remote_address);
    return wanted.user;
  }
  meters.refused.add(1);
  audit_refusal(node, head, known_name(node, wanted.user));
  call.respond({Code::wrong_password, ""});
  return std::nullopt;
}

std::optional<std::string> user_of_link(Node& node, const Call& call, const SignInMeters& meters,
                                        const std::string& link) {
  std::string name;
  const auto redeemed = node.people().directory().change([&](auth::Directory& directory) -> Result<void> {
    auto user = directory.redeem_link(link, node.clock().now());
    if (!user) return user.error();
    name = std::move(*user);
    return {};
  });
  if (redeemed) return name;
  meters.refused.add(1);
  const auto wait = node.failed_authentications().record(call.head().remote_address);
  if (wait) {
    call.respond(refused_for(Code::too_many_attempts, *wait, call.head().trace_id));
  } else {
    audit_refusal(node, call.head(), "");
    call.respond(redeemed.error());
  }
  return std::nullopt;
}

void sign_in(Node& node, const SignInMeters& meters, const Call& call) {
  auto document = Document::parse(call.request.body);
  if (!document) return call.respond(document.error());
  const SignIn wanted = read_sign_in(*document);
  if (auto refused = document->refusal(call.head().trace_id)) return call.respond(std::move(*refused));
  if (const auto fresh = node.people().directory().refresh(); !fresh) return call.respond(fresh.error());
  const auto name =
      wanted.link ? user_of_link(node, call, meters, *wanted.link) : user_of_password(node, call, meters, wanted);
  if (!name) return;
  const auto directory = node.people().directory().current();
  const auth::User* user = directory->find(*name);
  if (user == nullptr) return call.respond({Code::wrong_password, ""});
  auto response = begin_session(node, call.head(), *name, wanted.workspace.value_or(user->roles.begin()->first));
  if (!response) return call.respond(response.error());
  meters.done.add(1);
  response->status = 201;
  call.respond(std::move(*response));
}

/// The session behind a call, with its secret. `forbidden`: the call came with a token.
struct Own {
  auth::Session session;
  std::string secret;
};

Result<Own> own_session(Node& node, const Call& call) {
  if (!call.credential.is_session()) return Error{Code::forbidden, "A token has no session."};
  const auto secret = auth::session_secret(call.head().all_headers("cookie"), call.head().secure);
  const auto session = node.people().sessions().find_id(call.credential.token_id);
  if (!secret || !session) return Error{Code::session_over, ""};
  return Own{*session, std::string(*secret)};
}

void get_session(Node& node, const Call& call) {
  const auto own = own_session(node, call);
  if (!own) return call.respond(own.error());
  call.respond(tell_session(node, call.head(), own->session, own->secret));
}

void switch_workspace(Node& node, const Call& call) {
  auto own = own_session(node, call);
  if (!own) return call.respond(own.error());
  auto document = Document::parse(call.request.body);
  if (!document) return call.respond(document.error());
  const std::string workspace = document->text("workspace");
  if (auto refused = document->refusal(call.head().trace_id)) return call.respond(std::move(*refused));
  *call.object = workspace;
  const auto directory = node.people().directory().current();
  const auth::User* user = directory->find(own->session.user);
  if (user == nullptr || !user->role_in(workspace)) {
    return call.respond({Code::forbidden, "The user has no role in this workspace."});
  }
  const auto moved = node.people().sessions().move(own->session.id, workspace);
  if (!moved) return call.respond(moved.error());
  own->session.workspace = workspace;
  call.respond(tell_session(node, call.head(), own->session, own->secret));
}

void sign_out(Node& node, const Call& call) {
  const auto own = own_session(node, call);
  if (!own) return call.respond(own.error());
  if (const auto ended = node.people().sessions().end(own->session.id); !ended) return call.respond(ended.error());
  net::Response response;
  response.status = 204;
  response.headers.push_back({"Set-Cookie", auth::no_session_cookie(call.head().secure)});
  call.respond(std::move(response));
}

void change_password(Node& node, const Call& call) {
  const auto own = own_session(node, call);
  if (!own) return call.respond(own.error());
  const std::string& name = own->session.user;
  auto document = Document::parse(call.request.body);
  if (!document) return call.respond(document.error());
  const std::string current = document->text("current"), wanted = document->text("new");
  if (const auto fault = auth::fault_of_password(wanted, name)) document->refuse("new", *fault);
  if (auto refused = document->refusal(call.head().trace_id)) return call.respond(std::move(*refused));
  People& people = node.people();
  if (const auto wait = people.attempts().begin(name, call.head().remote_address)) {
    return call.respond(refused_for(Code::too_many_attempts, *wait, call.head().trace_id));
  }
  if (!is_password_of(people.directory().current()->find(name), current)) {
    return call.respond({Code::wrong_password, ""});
  }
  people.attempts().succeeded(name, call.head().remote_address);
  std::string hash = crypto::hash_password(wanted);
  const auto changed = people.directory().change(
      [&](auth::Directory& directory) { return directory.set_password(name, std::move(hash)); });
  if (!changed) return call.respond(changed.error());
  auto response = begin_session(node, call.head(), name, own->session.workspace);
  call.respond(response ? std::move(*response) : net::problem(response.error(), call.head().trace_id));
}

Route own_route(net::Method method, std::string_view pattern, Where where, std::string_view action,
                std::function<void(const Call&)> handle) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.permission = auth::Permission::use_session;
  route.where = where;
  route.keep_answer = false;
  route.action = action;
  route.handle = std::move(handle);
  return route;
}

}  // namespace

std::vector<Route> session_routes(Node& node) {
  using enum net::Method;
  Route enter;
  enter.method = post;
  enter.pattern = "/v1/session";
  enter.where = Where::passwords;
  enter.keep_answer = false;
  enter.check = check_document;  // JSON: what a form of another site cannot send
  enter.handle = [&node, meters = SignInMeters{node.metrics()}](const Call& call) { sign_in(node, meters, call); };
  Route move = own_route(put, "/v1/session", Where::intake, "session.switch",
                         [&node](const Call& call) { switch_workspace(node, call); });
  Route password = own_route(post, "/v1/session/password", Where::passwords, "password.change",
                             [&node](const Call& call) { change_password(node, call); });
  move.check = password.check = check_document;
  return {std::move(enter), std::move(move), std::move(password),
          own_route(get, "/v1/session", Where::io, "", [&node](const Call& call) { get_session(node, call); }),
          own_route(delete_, "/v1/session", Where::intake, "session.end",
                    [&node](const Call& call) { sign_out(node, call); })};
}

}  // namespace weir::app
