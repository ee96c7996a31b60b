// The users of a workspace, as its admins keep them.
#include "api/app/answering.hpp"
#include "api/app/routes/document.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/password.hpp"

namespace weir::app {
namespace {

void write_user(JsonWriter& json, const auth::User& user, const std::string& workspace) {
  json.begin_object().member("user", user.name);
  json.member("role", auth::name_of(user.role_in(workspace).value_or(auth::Role::viewer)));
  json.member("made", to_rfc3339(user.made)).member("elsewhere", user.roles.size() > 1).end_object();
}

net::Response list_users(Node& node, const std::string& workspace, const Page& page) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("as_of", as_of_now(node)).key("users").begin_array();
  const auto directory = node.people().directory().current();
  const auto& users = directory->users();
  std::string last;
  bool more = false;
  std::size_t written = 0;
  for (auto at = users.upper_bound(page.place); at != users.end() && !more; ++at) {
    if (!at->second.role_in(workspace)) continue;
    more = written == page.limit;
    if (more) break;
    write_user(json, at->second, workspace);
    last = at->first;
    ++written;
  }
  json.end_array().key("next");
  if (more) {
    json.value(next_cursor(node, page, last));
  } else {
    json.value(nullptr);
  }
  json.end_object();
  return json_answer(std::move(body));
}

/// An admin of one workspace must not become somebody of another by giving that somebody a password.
Result<void> may_set_password(const auth::Directory& directory, const auth::Credential& credential,
                              const auth::User& user) {
  const auth::User* admin = credential.is_session() ? directory.find(credential.user) : nullptr;
  for (const auto& [workspace, role] : user.roles) {
    if (workspace == credential.workspace) continue;
    if (admin == nullptr || admin->role_in(workspace) != auth::Role::admin) {
      return Error{Code::forbidden, "The user has roles in workspaces of other admins."};
    }
  }
  return {};
}

/// Changes the directory unless that takes the workspace's last admin away.
Result<void> change_users(Node& node, const std::string& workspace, const auth::DirectoryFile::Change& change) {
  return node.people().directory().change([&](auth::Directory& directory) -> Result<void> {
    const bool had_admin = directory.has_admin(workspace);
    if (const auto changed = change(directory); !changed) return changed;
    if (had_admin && !directory.has_admin(workspace)) return Error{Code::last_admin, ""};
    return {};
  });
}

void answer_user(Node& node, const Call& call, const std::string& name, unsigned status) {
  const auto directory = node.people().directory().current();
  const auth::User* user = directory->find(name);
  if (user == nullptr) return call.respond({Code::not_found, ""});  // taken out again meanwhile
  std::string body;
  JsonWriter json(body);
  write_user(json, *user, call.credential.workspace);
  call.respond(json_answer(std::move(body), status));
}

void add_user(Node& node, const Call& call) {
  auto document = Document::parse(call.request.body);
  if (!document) return call.respond(document.error());
  const std::string name = document->text("user");
  const auth::Role role = document->role("role");
  const auto password = document->optional_text("password");
  if (!auth::is_user_name(name)) {
    document->refuse("user", "must be 1 to 64 of a-z, 0-9 and ._@+-, and begin with a letter or digit");
  } else {
    *call.object = name;
  }
  const auto fault = password ? auth::fault_of_password(*password, name) : std::nullopt;
  if (fault) document->refuse("password", *fault);
  if (auto refused = document->refusal(call.head().trace_id)) return call.respond(std::move(*refused));
  const std::string& workspace = call.credential.workspace;
  std::string hash = password ? crypto::hash_password(*password) : std::string{};
  const auto changed = change_users(node, workspace, [&](auth::Directory& directory) -> Result<void> {
    if (password) return directory.add(name, std::move(hash), workspace, role, node.clock().now());
    const auth::User* user = directory.find(name);
    if (user != nullptr && user->role_in(workspace)) return Error{Code::name_taken, "The user is in the workspace."};
    return directory.give_role(name, workspace, role);
  });
  if (!changed) return call.respond(changed.error());
  answer_user(node, call, name, 201);
}

void put_user(Node& node, const Call& call) {
  const std::string& name = call.names.front();
  const std::string& workspace = call.credential.workspace;
  auto document = Document::parse(call.request.body);
  if (!document) return call.respond(document.error());
  std::optional<auth::Role> role;
  if (document->has("role")) role = document->role("role");
  std::optional<std::string> password;
  if (document->has("password")) password = document->text("password");
  if (!role && !password) document->refuse("role", "is required where no password is given");
  const auto fault = password ? auth::fault_of_password(*password, name) : std::nullopt;
  if (fault) document->refuse("password", *fault);
  if (auto refused = document->refusal(call.head().trace_id)) return call.respond(std::move(*refused));
  std::string hash = password ? crypto::hash_password(*password) : std::string{};
  const auto changed = change_users(node, workspace, [&](auth::Directory& directory) -> Result<void> {
    const auth::User* user = directory.find(name);
    if (user == nullptr || !user->role_in(workspace)) return Error{Code::not_found, ""};
    if (password) {
      if (const auto may = may_set_password(directory, call.credential, *user); !may) return may;
      if (const auto set = directory.set_password(name, std::move(hash)); !set) return set;
    }
    return role ? directory.give_role(name, workspace, *role) : Result<void>{};
  });
  if (!changed) return call.respond(changed.error());
  answer_user(node, call, name, 200);
}

void remove_user(Node& node, const Call& call) {
  const std::string& workspace = call.credential.workspace;
  const auto changed = change_users(
      node, workspace, [&](auth::Directory& directory) { return directory.take_role(call.names.front(), workspace); });
  if (!changed) return call.respond(changed.error());
  net::Response response;
  response.status = 204;
  call.respond(std::move(response));
}

Route admin_route(net::Method method, std::string_view pattern, Where where, std::string_view action) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.permission = auth::Permission::manage_access;
  route.where = where;
  route.keep_answer = false;
  route.action = action;
  return route;
}

}  // namespace

std::vector<Route> user_routes(Node& node) {
  using enum net::Method;
  Route add = admin_route(post, "/v1/users", Where::passwords, "user.add");
  add.check = check_document;
  add.handle = [&node](const Call& call) { add_user(node, call); };
  Route set = admin_route(put, "/v1/users/{user}", Where::passwords, "user.put");
  set.check = check_document;
  set.handle = [&node](const Call& call) { put_user(node, call); };
  Route remove = admin_route(delete_, "/v1/users/{user}", Where::intake, "user.remove");
  remove.handle = [&node](const Call& call) { remove_user(node, call); };
  const auto prepare = [&node](const Call& call, query::Parameters& parameters) -> Result<Answer> {
    const auto page = take_page(node, call, parameters);
    if (!page) return page.error();
    return Answer{[&node, workspace = call.credential.workspace, page = *page]() -> Result<net::Response> {
      return list_users(node, workspace, page);
    }};
  };
  return {std::move(add), std::move(set), std::move(remove),
          query_route(node, "/v1/users", auth::Permission::manage_access, prepare, false)};
}

}  // namespace weir::app
