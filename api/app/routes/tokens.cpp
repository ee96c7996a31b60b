// The tokens of a workspace: made, listed, revoked.
#include "api/app/answering.hpp"
#include "api/app/routes/document.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::app {
namespace {

constexpr std::size_t token_name_bytes_max = 128;

void write_time(JsonWriter& json, std::string_view name, const std::optional<Time>& time) {
  json.key(name);
  if (time) {
    json.value(to_rfc3339(*time));
  } else {
    json.value(nullptr);
  }
}

void write_members(JsonWriter& json, const auth::TokenRecord& record) {
  json.member("id", record.id).key("name");
  if (record.name) {
    json.value(*record.name);
  } else {
    json.value(nullptr);
  }
  json.member("role", auth::name_of(record.role)).member("made", to_rfc3339(record.made));
  json.member("made_by", record.made_by);
  write_time(json, "expires", record.expires);
  write_time(json, "last_used", record.last_used);
}

/// Where a page ends: the token that it ends with, by what the list is sorted by.
std::string place_of(const auth::TokenRecord& record) {
  std::string place;
  format::append_big_endian(place, ~format::ordered(to_micros(record.made)));  // newest first
  return place + record.id;
}

net::Response list_tokens(Node& node, const std::string& workspace, const Page& page) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("as_of", as_of_now(node)).key("tokens").begin_array();
  const auto tokens = node.people().tokens().list(workspace);
  auto at = std::ranges::find_if(tokens, [&](const auto& record) { return place_of(record) > page.place; });
  for (std::size_t left = page.limit; at != tokens.end() && left > 0; ++at, --left) {
    json.begin_object();
    write_members(json, *at);
    json.end_object();
  }
  json.end_array().key("next");
  if (at == tokens.end()) {
    json.value(nullptr);
  } else {
    json.value(next_cursor(node, page, place_of(*std::prev(at))));
  }
  json.end_object();
  return json_answer(std::move(body));
}

struct NewToken {
  auth::Grant grant;
  std::string name;
};

NewToken read_token(Document& document, const std::string& workspace, Time now) {
  NewToken wanted;
  wanted.grant.workspace = workspace;
  wanted.name = document.text("name");
  const bool plain = std::ranges::none_of(wanted.name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (wanted.name.empty() || wanted.name.size() > token_name_bytes_max || !plain) {
    document.refuse("name", "must be 1 to 128 bytes without control characters");
  }
  wanted.grant.role = document.role("role");
  const auto expires = document.optional_text("expires");
  if (!expires) return wanted;
  wanted.grant.expires = parse_rfc3339(*expires);
  if (!wanted.grant.expires || *wanted.grant.expires < now + std::chrono::seconds(1)) {
    document.refuse("expires", "must be a time to come, RFC 3339 with an offset");
  }
  return wanted;
}

void make_token(Node& node, const Call& call) {
  const Time now = node.clock().now();
  auto document = Document::parse(call.request.body);
  if (!document) return call.respond(document.error());
  const NewToken wanted = read_token(*document, call.credential.workspace, now);
  if (auto refused = document->refusal(call.head().trace_id)) return call.respond(std::move(*refused));
  const auto token = auth::issue_token(node.secrets().tokens, wanted.grant, now);
  if (!token) return call.respond(token.error());
  const auto made = auth::verify_token(node.secrets().tokens, *token, now);
  if (!made) return call.respond(made.error());
  auth::TokenRecord record;
  record.id = made->token_id;
  record.name = wanted.name;
  record.role = made->role;
  record.made = now;
  record.made_by = call.credential.actor();
  record.expires = made->expires;
  *call.object = record.id;
  const auto added = node.people().tokens().add(call.credential.workspace, record);
  if (!added) return call.respond(added.error());
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("token", *token);
  write_members(json, record);
  json.end_object();
  net::Response response = json_answer(std::move(body), 201);
  response.headers.push_back({"Cache-Control", "no-store"});
  call.respond(std::move(response));
}

void revoke_token(Node& node, const Call& call) {
  const std::string& id = call.names.front();
  if (!auth::is_token_id(id)) return call.respond({Code::not_found, ""});
  const auto revoked = node.people().tokens().revoke(call.credential.workspace, id);
  if (!revoked) return call.respond(revoked.error());
  net::Response response;
  response.status = 204;
  call.respond(std::move(response));
}

}  // namespace

std::vector<Route> token_routes(Node& node) {
  using enum auth::Permission;
  Route make;
  make.method = net::Method::post;
  make.pattern = "/v1/tokens";
  make.permission = manage_access;
  make.where = Where::intake;
  make.check = check_document;
  make.keep_answer = false;
  make.action = "token.make";
  make.handle = [&node](const Call& call) { make_token(node, call); };
  Route revoke;
  revoke.method = net::Method::delete_;
  revoke.pattern = "/v1/tokens/{id}";
  revoke.permission = manage_access;
  revoke.where = Where::intake;
  revoke.action = "token.revoke";
  revoke.handle = [&node](const Call& call) { revoke_token(node, call); };
  const auto prepare = [&node](const Call& call, query::Parameters& parameters) -> Result<Answer> {
    const auto page = take_page(node, call, parameters);
    if (!page) return page.error();
    return Answer{[&node, workspace = call.credential.workspace, page = *page]() -> Result<net::Response> {
      return list_tokens(node, workspace, page);
    }};
  };
  return {std::move(make), std::move(revoke), query_route(node, "/v1/tokens", manage_access, prepare, false)};
}

}  // namespace weir::app
