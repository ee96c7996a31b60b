// Which shards this node owns, and what they hold of the caller's workspace.
#include "api/app/answering.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "stream/operators/totals.hpp"

namespace weir::app {
namespace {

struct Held {
  std::int64_t events = 0;
  std::int64_t cases = 0;
};

Result<Held> held_by(const std::shared_ptr<const store::Snapshot>& shard, const std::string& workspace,
                     const dataflow::Operators& operators) {
  const auto processes = feed::list_processes({shard}, workspace);
  if (!processes) return processes.error();
  Held held;
  for (const std::string& process : *processes) {
    const auto view = feed::read_view({shard}, workspace, process, operators, {dataflow::Table::totals});
    if (!view) return view.error();
    const dataflow::Cell* const totals = (*view)->views.find({dataflow::Table::totals});
    if (totals == nullptr) continue;
    held.events += totals->counts[operators::TotalsCell::events];
    held.cases += totals->counts[operators::TotalsCell::cases];
  }
  return held;
}

Result<net::Response> answer(Node& node, const std::string& workspace) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("as_of", as_of_now(node)).member("address", node.address());
  json.member("total", std::uint64_t{node.engine().shards()}).key("shards").begin_array();
  for (const runtime::ShardStatus& status : node.engine().status()) {
    const auto snapshot = node.engine().snapshot(status.shard);
    if (snapshot == nullptr) continue;  // it went meanwhile
    const auto held = held_by(snapshot, workspace, node.engine().operators());
    if (!held) return held.error();
    json.begin_object().member("shard", std::uint64_t{status.shard}).member("lag", status.lag);
    json.member("events", held->events).member("cases", held->cases).end_object();
  }
  json.end_array().end_object();
  return json_answer(std::move(body));
}

}  // namespace

std::vector<Route> shard_routes(Node& node) {
  return {query_route(
      node, "/v1/shards", auth::Permission::read_views,
      [&node](const Call& call, query::Parameters&) -> Result<Answer> {
        return Answer{[&node, workspace = call.credential.workspace] { return answer(node, workspace); }};
      },
      false)};
}

}  // namespace weir::app
