// Silences: the list with how each stands, and a new one under a name that it is given.
#include "api/app/answering.hpp"
#include "api/app/document_desk.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/base/hash.hpp"
#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/alerts/playbook.hpp"

namespace weir::app {
namespace {

using documents::Kind;
using documents::Version;

constexpr std::size_t name_random_bytes = 16;

std::string_view state_of(const alerts::Silence& silence, const Version& version, Time now) {
  if (silence.ends_at <= now) return "expired";
  return silence.starts_at.value_or(version.effective_at) > now ? "pending" : "active";
}

struct Listed {
  std::optional<std::string> state;
  std::string workspace;
  Page page;
};

Result<net::Response> list_silences(Node& node, DocumentDesk& desk, const Listed& asked) {
  const auto known = desk.read(asked.workspace);
  if (!known) return known.error();
  std::string body, next, last;
  JsonWriter json(body);
  json.begin_object().member("as_of", as_of_now(node)).key("silences").begin_array();
  std::size_t written = 0;
  for (const auto& [name, versions] : known->all(Kind::silence)) {
    if (name <= asked.page.place || versions.empty() || !versions.back().body) continue;
    const Version& version = versions.back();
    const auto silence = alerts::silence_of(*version.body);
    if (!silence) continue;
    const std::string_view state = state_of(*silence, version, node.clock().now());
    if (asked.state && state != *asked.state) continue;
    if (written++ == asked.page.limit) {
      next = next_cursor(node, asked.page, last);
      break;
    }
    last = name;
    json.begin_object().member("name", name).member("state", state);
    json.member("effective_at", to_rfc3339(version.effective_at)).key("document").raw(*version.body);
    json.end_object();
  }
  json.end_array().key("next");
  next.empty() ? void(json.value(nullptr)) : void(json.value(next));
  json.end_object();
  return json_answer(std::move(body));
}

Result<Answer> prepare_list(Node& node, DocumentDesk& desk, const Call& call, query::Parameters& parameters) {
  auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  const auto state = parameters.one("state");
  if (state && *state != "pending" && *state != "active" && *state != "expired") {
    parameters.refuse("state", "must be pending, active or expired");
  }
  return Answer{[&node, &desk, asked = Listed{state, call.credential.workspace, *std::move(page)}] {
    return list_silences(node, desk, asked);
  }};
}

/// The document with who asks for it, whatever it says itself. Errors: those of JsonParser::parse.
Result<std::string> signed_by(const std::string& document, const std::string& actor) {
  JsonParser parser;
  const auto parsed = parser.parse(document);
  if (!parsed) return parsed.error();
  if (!parsed->is(JsonKind::object)) return document;
  std::string signed_one, scratch;
  JsonWriter json(signed_one);
  json.begin_object();
  for (auto items = parsed->items(); !items.done();) {
    const std::string name{items.take().text(scratch)};
    const JsonValue value = items.take();
    if (name == "created_by") continue;
    json.key(name);
    value.is(JsonKind::string) ? void(json.value(value.text(scratch))) : void(json.raw(value.raw()));
  }
  json.member("created_by", actor).end_object();
  return signed_one;
}

std::string drawn_name() { return "silence-" + to_hex(hash128(crypto::random_bytes(name_random_bytes))); }

void post_silence(DocumentDesk& desk, const Call& call) {
  const auto given = json_of(call.request);
  if (!given) return call.respond(given.error());
  const auto document = signed_by(*given, call.credential.actor());
  if (!document) return call.respond(document.error());
  const DocumentDesk::Place place{call.credential.workspace, Kind::silence, drawn_name()};
  auto draft = desk.draft(place, *document);
  if (!draft) return call.respond(draft.error());
  if (!draft->checked.faults.empty()) {
    return call.respond(invalid_document(draft->checked.faults, call.head().trace_id));
  }
  const auto queued = desk.write({place, std::move(draft->body), {}, {}}, [name = place.name, respond = call.respond](
                                                                              Result<DocumentDesk::Written> written) {
    if (!written) return respond(written.error());
    std::string body;
    JsonWriter json(body);
    json.begin_object().member("name", name).member("effective_at", to_rfc3339(written->version.effective_at));
    json.key("document").raw(*written->version.body).key("position");
    written->position ? void(json.value(log::to_token(*written->position))) : void(json.value(nullptr));
    json.end_object();
    respond(json_answer(std::move(body), 201));
  });
  if (!queued) call.respond(queued.error());
}

}  // namespace

std::vector<Route> silence_routes(Node& node, DocumentDesk& desk) {
  Route post;
  post.method = net::Method::post;
  post.pattern = "/v1/silences";
  post.permission = auth::Permission::handle_alerts;
  post.where = Where::intake;
  post.body_bytes_max = control_document_bytes_max;
  post.action = "silence.post";
  post.check = check_control_document;
  post.handle = [&desk](const Call& call) { post_silence(desk, call); };
  const auto list = [&node, &desk](const Call& call, query::Parameters& parameters) {
    return prepare_list(node, desk, call, parameters);
  };
  return {std::move(post), query_route(node, "/v1/silences", auth::Permission::read_views, list, false)};
}

}  // namespace weir::app
