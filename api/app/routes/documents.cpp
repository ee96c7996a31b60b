// Control documents: SLA policies, calendars, targets, hooks, rules, silences, escalations, thresholds. Each
// kind has the same four calls; a calendar takes holidays of others besides.
#include <array>

#include "api/app/answering.hpp"
#include "api/app/document_desk.hpp"
#include "api/app/hook_desk.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/base/event.hpp"
#include "schemas/calendar/calendar_document.hpp"
#include "schemas/calendar/imported_holidays.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/documents/accepted.hpp"

namespace weir::app {
namespace {

using documents::Kind;
using documents::Version;

constexpr std::size_t icalendar_bytes_max = std::size_t{1} << 20;

/// What the calls of all kinds stand on.
struct Shelf {
  DocumentDesk& desk;
  const HookAddresses& addresses;
};

/// Of a hook also where its provider sends to.
void write_version(JsonWriter& json, const Shelf& shelf, const DocumentDesk::Place& place, const Version& version) {
  json.member("name", place.name).member("effective_at", to_rfc3339(version.effective_at));
  if (place.kind == Kind::hook) json.member("url", "/v1/hooks/" + shelf.addresses.of(place.workspace, place.name));
  json.key("document");
  version.body ? void(json.raw(*version.body)) : void(json.value(nullptr));
}

/// Members of an answer beside those of the version.
using More = std::function<void(JsonWriter& json)>;

net::Response written_answer(const Shelf& shelf, const DocumentDesk::Place& place, const DocumentDesk::Written& written,
                             const More& more) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_version(json, shelf, place, written.version);
  json.key("position");
  written.position ? void(json.value(log::to_token(*written.position))) : void(json.value(nullptr));
  if (more) more(json);
  json.end_object();
  net::Response response = json_answer(std::move(body));
  if (written.version.body) response.headers.push_back({"ETag", etag_of(written.version)});
  return response;
}

DocumentDesk::Place place_of(Kind kind, const Call& call) {
  return {call.credential.workspace, kind, call.names.front()};
}

void write(const Shelf& shelf, const Call& call, DocumentDesk::Writing writing, const More& more = {}) {
  if (const std::string_view given = call.head().header("if-match"); !given.empty()) writing.only_if = given;
  const auto place = writing.place;
  const auto queued = shelf.desk.write(std::move(writing), [shelf, place, more, respond = call.respond](auto written) {
    written ? respond(written_answer(shelf, place, *written, more)) : respond(written.error());
  });
  if (!queued) call.respond(queued.error());
}

void put_document(const Shelf& shelf, Kind kind, const Call& call) {
  if (!is_plain_name(call.names.front())) return call.respond({Code::not_found, ""});
  const auto body = json_of(call.request);
  if (!body) return call.respond(body.error());
  auto draft = shelf.desk.draft(place_of(kind, call), *body);
  if (!draft) return call.respond(draft.error());
  auto& [document, checked] = *draft;
  if (!checked.faults.empty()) return call.respond(invalid_document(checked.faults, call.head().trace_id));
  write(shelf, call, {place_of(kind, call), std::move(document), std::move(checked.secrets), {}});
}

// ---- holidays of a calendar -----------------------------------------------------------------------------------------

Result<void> check_icalendar(const net::RequestHead& head) {
  const std::string_view type = head.header("content-type");
  if (type.substr(0, type.find(';')) == "text/calendar") return check_no_query(head);
  return Error{Code::unsupported_media_type, "text/calendar"};
}

std::string told(const ImportedHolidays::LeftOut& one) {
  if (one.line == 0) return one.why;
  const std::string name = one.summary.empty() ? "" : " (" + one.summary + ')';
  return "the event of line " + std::to_string(one.line) + name + ": " + one.why;
}

void write_import(JsonWriter& json, std::size_t added, const ImportedHolidays& imported) {
  json.member("added", added).member("known", imported.dates.size() - added).key("left_out").begin_array();
  for (const ImportedHolidays::LeftOut& one : imported.left_out) {
    json.begin_object().member("line", one.line).member("summary", one.summary).member("why", one.why).end_object();
  }
  json.end_array();
}

/// The calendar as it holds, with the holidays of an iCalendar file besides.
void add_holidays(const Shelf& shelf, const Call& call) {
  const DocumentDesk::Place place = place_of(Kind::calendar, call);
  const auto known = shelf.desk.read(place.workspace);
  if (!known) return call.respond(known.error());
  const Version* const current = known->current(place.kind, place.name);
  const auto calendar = current == nullptr ? std::nullopt : documents::read_accepted(*current->body, read_calendar);
  if (!calendar) return call.respond({Code::not_found, ""});
  ImportedHolidays imported = import_holidays(call.request.body, calendar->zone);
  if (imported.dates.empty()) {
    DocumentFaults faults;
    for (const ImportedHolidays::LeftOut& one : imported.left_out) faults.push_back({"", told(one)});
    if (faults.empty()) faults.push_back({"", "there is no event in it"});
    return call.respond(invalid_document(faults, call.head().trace_id));
  }
  std::set<OpeningHours::Date> holidays = calendar->hours.holidays;
  holidays.insert(imported.dates.begin(), imported.dates.end());
  const std::size_t added = holidays.size() - calendar->hours.holidays.size();
  auto draft = shelf.desk.draft(place, added == 0 ? *current->body : with_holidays(*current->body, holidays));
  if (!draft) return call.respond(draft.error());
  if (const auto& faults = draft->checked.faults; !faults.empty()) {
    return call.respond(invalid_document(faults, call.head().trace_id));
  }
  write(shelf, call, {place, std::move(draft->body), {}, etag_of(*current)},
        [added, imported = std::move(imported)](JsonWriter& json) { write_import(json, added, imported); });
}

Route holidays_route(const Shelf& shelf) {
  Route post;
  post.method = net::Method::post;
  post.pattern = "/v1/calendars/{name}/holidays";
  post.permission = auth::Permission::write_documents;
  post.where = Where::readers;
  post.body_bytes_max = icalendar_bytes_max;
  post.action = "calendar.holidays";
  post.check = check_icalendar;
  post.handle = [shelf](const Call& call) { add_holidays(shelf, call); };
  return post;
}

// ---- the calls that all kinds have ----------------------------------------------------------------------------------

Result<net::Response> list_documents(Node& node, DocumentDesk& desk, Kind kind, const std::string& workspace,
                                     const Page& page) {
  const auto known = desk.read(workspace);
  if (!known) return known.error();
  std::string body, next;
  JsonWriter json(body);
  json.begin_object().member("as_of", as_of_now(node)).key("documents").begin_array();
  std::size_t written = 0;
  std::string last;
  for (const auto& [name, versions] : known->all(kind)) {
    if (name <= page.place || versions.empty() || !versions.back().body) continue;
    if (written++ == page.limit) {
      next = next_cursor(node, page, last);
      break;
    }
    last = name;
    json.begin_object().member("name", name).member("effective_at", to_rfc3339(versions.back().effective_at));
    json.member("versions", versions.size()).end_object();
  }
  json.end_array().key("next");
  next.empty() ? void(json.value(nullptr)) : void(json.value(next));
  json.end_object();
  return json_answer(std::move(body));
}

Result<net::Response> show_document(const Shelf& shelf, const DocumentDesk::Place& place) {
  const auto& [workspace, kind, name] = place;
  const auto known = shelf.desk.read(workspace);
  if (!known) return known.error();
  const Version* const current = known->current(kind, name);
  if (current == nullptr) return Error{Code::not_found, ""};
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_version(json, shelf, place, *current);
  json.key("versions").begin_array();
  for (const Version& version : known->versions(kind, name)) {
    json.begin_object().member("effective_at", to_rfc3339(version.effective_at));
    json.member("withdrawn", !version.body).end_object();
  }
  json.end_array().end_object();
  net::Response response = json_answer(std::move(body));
  response.headers.push_back({"ETag", etag_of(*current)});
  return response;
}

struct Paths {
  Kind kind;
  std::string_view list;  // empty: it is listed by routes of its own
  std::string_view one;
  std::string_view put;     // as the audit calls it
  std::string_view remove;  // the same
  auth::Permission permission = auth::Permission::write_documents;
};

constexpr std::array<Paths, 8> all_paths{
    {{Kind::sla_policy, "/v1/sla-policies", "/v1/sla-policies/{name}", "sla_policy.put", "sla_policy.delete"},
     {Kind::calendar, "/v1/calendars", "/v1/calendars/{name}", "calendar.put", "calendar.delete"},
     {Kind::target, "/v1/targets", "/v1/targets/{name}", "target.put", "target.delete"},
     {Kind::hook, "/v1/hooks", "/v1/hooks/{name}", "hook.put", "hook.delete"},
     {Kind::rule, "/v1/rules", "/v1/rules/{name}", "rule.put", "rule.delete"},
     {Kind::silence, "", "/v1/silences/{name}", "silence.put", "silence.delete", auth::Permission::handle_alerts},
     {Kind::escalation, "/v1/escalations", "/v1/escalations/{name}", "escalation.put", "escalation.delete"},
     {Kind::threshold, "/v1/thresholds", "/v1/thresholds/{name}", "threshold.put", "threshold.delete"}}};

std::vector<Route> routes_of(Node& node, const Shelf& shelf, const Paths& paths) {
  using enum auth::Permission;
  const Kind kind = paths.kind;
  Route put;
  put.method = net::Method::put;
  put.pattern = paths.one;
  put.permission = paths.permission;
  put.where = Where::intake;
  put.body_bytes_max = control_document_bytes_max;
  put.action = paths.put;
  put.check = check_control_document;
  put.handle = [shelf, kind](const Call& call) { put_document(shelf, kind, call); };
  Route withdraw = put;
  withdraw.method = net::Method::delete_;
  withdraw.action = paths.remove;
  withdraw.check = check_no_query;
  withdraw.handle = [shelf, kind](const Call& call) { write(shelf, call, {place_of(kind, call), {}, {}, {}}); };
  const auto prepare_list = [&node, &desk = shelf.desk, kind](const Call& call,
                                                              query::Parameters& parameters) -> Result<Answer> {
    const auto page = take_page(node, call, parameters);
    if (!page) return page.error();
    return Answer{[&node, &desk, kind, workspace = call.credential.workspace, page = *page] {
      return list_documents(node, desk, kind, workspace, page);
    }};
  };
  const auto prepare_one = [shelf, kind](const Call& call, query::Parameters&) -> Result<Answer> {
    return Answer{[shelf, place = place_of(kind, call)] { return show_document(shelf, place); }};
  };
  std::vector<Route> routes{std::move(put), std::move(withdraw), query_route(node, paths.one, read_views, prepare_one)};
  if (!paths.list.empty()) routes.push_back(query_route(node, paths.list, read_views, prepare_list, false));
  return routes;
}

}  // namespace

std::vector<Route> document_routes(Node& node, DocumentDesk& desk, const HookDesk& hooks) {
  const Shelf shelf{desk, hooks.addresses()};
  std::vector<Route> routes;
  for (const Paths& paths : all_paths) {
    for (Route& route : routes_of(node, shelf, paths)) routes.push_back(std::move(route));
  }
  routes.push_back(holidays_route(shelf));
  return routes;
}

}  // namespace weir::app
