// A rule tried on the cases that are stored, before it counts.
#include "api/app/answering.hpp"
#include "api/app/document_desk.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/alerts/rule_books.hpp"
#include "stream/asking/elsewhere.hpp"
#include "stream/feed/case_scan.hpp"
#include "stream/rules/trial.hpp"

namespace weir::app {
namespace {

constexpr std::size_t cases_max = 100'000;
constexpr std::chrono::seconds time_max{10};
constexpr std::size_t differences_max = 10'000;  // that are held

struct Asked {
  std::string workspace;
  std::string name;
  std::string process;
  std::size_t limit = 100;
};

struct Tried {
  std::size_t cases = 0;
  bool all = true;
  std::size_t fired = 0;
};

void write_firing(JsonWriter& json, const rules::WouldFire& one) {
  json.begin_object().member("case", one.case_id).member("at", to_rfc3339(one.firing.at)).key("deeds").begin_array();
  for (const rules::Deed& deed : one.firing.deeds) {
    json.begin_object().member("type", deed.kind == rules::ActionKind::alert ? "alert" : "notify");
    json.member("severity", effects::name_of(alerts::as_effect(deed.severity)));
    json.member("title", deed.title).member("text", deed.text).key("notify").begin_array();
    for (const std::string& target : deed.targets) json.value(target);
    json.end_array().end_object();
  }
  json.end_array();
  if (one.firing.explanation) one.firing.explanation->write(json.key("why"));
  json.end_object();
}

void write_firings(JsonWriter& json, std::string_view name, const std::vector<rules::WouldFire>& firings,
                   std::size_t limit) {
  json.key(name).begin_array();
  for (std::size_t i = 0; i < std::min(limit, firings.size()); ++i) write_firing(json, firings[i]);
  json.end_array();
}

/// Case by case, so that no more than one is held at a time.
Result<Tried> try_cases(Node& node, const feed::Snapshots& snapshots, const Asked& asked, rules::Trial& trial) {
  Tried tried;
  const Clock::Steady end = node.clock().steady() + time_max;
  for (const auto& snapshot : snapshots) {
    const auto whole = asking::whole(snapshot, asked.workspace);
    if (!whole) return whole.error();
    feed::ShardScan scan(**whole, asked.workspace, asked.process);
    if (const auto opened = scan.open(); !opened) return opened.error();
    const auto take = [&](const feed::ScannedCase& one) {
      const std::size_t differences = trial.comparison().added.size() + trial.comparison().gone.size();
      tried.all = tried.cases < cases_max && differences < differences_max && node.clock().steady() < end;
      if (!tried.all) return false;
      ++tried.cases;
      const std::string case_id{one.case_id};
      tried.fired += trial.hear(scan.events_of(one.entries, case_id), rules::Explaining::yes).size();
      return true;
    };
    if (const auto scanned = scan.each({}, "", take); !scanned) return scanned.error();
    if (!tried.all) break;
  }
  return tried;
}

Result<net::Response> answer_test(Node& node, DocumentDesk& desk, const Asked& asked, const std::string& body) {
  const auto documents = desk.read(asked.workspace);
  if (!documents) return documents.error();
  const documents::Version* const held = documents->current(documents::Kind::rule, asked.name);
  auto former = held == nullptr ? std::nullopt : alerts::rule_of(*held->body);
  auto rule = body.empty() ? former : alerts::rule_of(body);
  if (!rule) return Error{Code::not_found, ""};
  const Time now = node.clock().now();
  sla::CalendarPool calendars;
  rules::Trial trial(asked.name, *std::move(rule), std::move(former), alerts::calendars_at(*documents, now, calendars),
                     now);
  const auto snapshots = node.snapshots();
  if (!snapshots) return snapshots.error();
  const auto tried = try_cases(node, *snapshots, asked, trial);
  if (!tried) return tried.error();
  const rules::Comparison& comparison = trial.comparison();
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("process", asked.process).member("as_of", to_rfc3339(now));
  json.member("cases", tried->cases).member("all_cases", tried->all).member("fired", tried->fired);
  json.member("same", comparison.same).member("reworded", comparison.reworded);
  write_firings(json, "added", comparison.added, asked.limit);
  write_firings(json, "gone", comparison.gone, asked.limit);
  json.end_object();
  return json_answer(std::move(text));
}

/// The process and how many firings to show; the rest of the query is unknown.
Result<Asked> asked_of(const Call& call) {
  query::Parameters parameters{call.head().query};
  Asked asked{call.credential.workspace, call.names.front(), {}, 100};
  const auto process = parameters.one("process");
  if (!process || !is_plain_name(*process)) parameters.refuse("process", "must be the name of one");
  if (process) asked.process = *process;
  asked.limit = parameters.number("limit", 1, 1'000).value_or(asked.limit);
  if (const auto finished = parameters.finish(); !finished) return finished.error();
  return asked;
}

void test_rule(Node& node, DocumentDesk& desk, const Call& call) {
  auto asked = asked_of(call);
  if (!asked) return call.respond(asked.error());
  if (!is_plain_name(asked->name)) return call.respond({Code::not_found, ""});
  auto body = call.request.body.empty() ? Result<std::string>{""} : json_of(call.request);
  if (!body) return call.respond(body.error());
  if (!body->empty()) {
    const auto draft = desk.draft({asked->workspace, documents::Kind::rule, asked->name}, *body);
    if (!draft) return call.respond(draft.error());
    const DocumentFaults& faults = draft->checked.faults;
    if (!faults.empty()) return call.respond(invalid_document(faults, call.head().trace_id));
  }
  auto answer = answer_test(node, desk, *asked, *body);
  answer ? call.respond(std::move(*answer)) : call.respond(answer.error());
}

}  // namespace

std::vector<Route> rule_routes(Node& node, DocumentDesk& desk) {
  Route post;
  post.method = net::Method::post;
  post.pattern = "/v1/rules/{name}/test";
  post.permission = auth::Permission::write_documents;
  post.where = Where::readers;
  post.body_bytes_max = control_document_bytes_max;
  post.handle = [&node, &desk](const Call& call) { test_rule(node, desk, call); };
  return {std::move(post)};
}

}  // namespace weir::app
