// Map, variants, KPIs, handover: the views of a process, whole or filtered.
#include <charconv>

#include "api/app/answering.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "api/query/answers.hpp"
#include "api/query/filter.hpp"
#include "stream/feed/cases.hpp"

namespace weir::app {
namespace {

using dataflow::Table;

struct ViewCall {
  std::string workspace;
  std::string process;
  feed::Filter filter;
  std::vector<Table> tables;
};

/// Writes a view as the answer. Runs on a reader.
using WriteView = std::function<Result<net::Response>(feed::ProcessView& view, const ViewCall& call,
                                                      const feed::Snapshots& snapshots, const std::string& as_of)>;

Result<net::Response> answer_view(Node& node, const ViewCall& call, const WriteView& write) {
  const std::string as_of = call.filter.takes_all() ? as_of_views(node) : as_of_now(node);
  const auto snapshots = node.snapshots();
  if (!snapshots) return snapshots.error();
  auto view = call.filter.takes_all()
                  ? feed::read_view(*snapshots, call.workspace, call.process, node.engine().operators(), call.tables)
                  : feed::scan_view(*snapshots, call.workspace, call.process, node.engine().operators(), call.filter);
  if (!view) return view.error();
  auto response = write(**view, call, *snapshots, as_of);
  if (response && !call.filter.takes_all()) tell_currency(*response, node.currency(*snapshots));
  return response;
}

Answer view_answer(Node& node, const Call& call, query::Parameters& parameters, std::vector<Table> tables,
                   WriteView write) {
  ViewCall view_call{call.credential.workspace, call.names.front(), query::take_filter(parameters), std::move(tables)};
  return [&node, view_call = std::move(view_call), write = std::move(write)] {
    return answer_view(node, view_call, write);
  };
}

using WriteJson = void (*)(JsonWriter&, feed::ProcessView&, std::string_view, std::string_view);

WriteView as_json(WriteJson write) {
  return [write](feed::ProcessView& view, const ViewCall& call, const feed::Snapshots&,
                 const std::string& as_of) -> Result<net::Response> {
    std::string body;
    JsonWriter json(body);
    write(json, view, call.process, as_of);
    return json_answer(std::move(body));
  };
}

Result<net::Response> write_dot(feed::ProcessView& view, const ViewCall& call, const feed::Snapshots&,
                                const std::string&) {
  net::Response response;
  response.content_type = "text/vnd.graphviz; charset=utf-8";
  response.body = query::map_as_dot(view, call.process);
  return response;
}

Result<Answer> prepare_map(Node& node, const Call& call, query::Parameters& parameters) {
  const std::string format = parameters.one("format").value_or("json");
  if (format != "json" && format != "dot") parameters.refuse("format", "must be json or dot");
  return view_answer(node, call, parameters, {Table::activities, Table::edges, Table::starts, Table::ends},
                     format == "dot" ? WriteView{write_dot} : as_json(query::write_map));
}

Result<Answer> prepare_variants(Node& node, const Call& call, query::Parameters& parameters) {
  const auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  query::VariantPage rows{0, page->limit};
  std::from_chars(page->place.data(), page->place.data() + page->place.size(), rows.skip);
  return view_answer(
      node, call, parameters, {Table::variants},
      [&node, page = *page, rows](feed::ProcessView& view, const ViewCall& view_call, const feed::Snapshots& snapshots,
                                  const std::string& as_of) -> Result<net::Response> {
        std::string body;
        JsonWriter json(body);
        const auto written = query::write_variants(
            json, query::VariantList{view}, view_call.process, as_of, rows,
            [&](const std::string& case_id) {
              return feed::activities_of(snapshots, view_call.workspace, view_call.process, view_call.filter, case_id);
            },
            [&](std::size_t skip) { return next_cursor(node, page, std::to_string(skip)); });
        if (!written) return written.error();
        return json_answer(std::move(body));
      });
}

}  // namespace

std::vector<Route> view_routes(Node& node) {
  using enum auth::Permission;
  const auto of_tables = [&node](std::vector<Table> tables, WriteJson write) -> Prepare {
    return
        [&node, tables = std::move(tables), write](const Call& call, query::Parameters& parameters) -> Result<Answer> {
          return view_answer(node, call, parameters, tables, as_json(write));
        };
  };
  const auto of = [&node](auto prepare) -> Prepare {
    return
        [&node, prepare](const Call& call, query::Parameters& parameters) { return prepare(node, call, parameters); };
  };
  return {
      query_route(node, "/v1/processes/{process}/map", read_views, of(prepare_map)),
      query_route(node, "/v1/processes/{process}/variants", read_views, of(prepare_variants)),
      query_route(node, "/v1/processes/{process}/kpis", read_views,
                  of_tables({Table::totals, Table::variants, Table::activities, Table::quarters}, query::write_kpis)),
      query_route(node, "/v1/processes/{process}/handover", read_views,
                  of_tables({Table::resources, Table::handovers}, query::write_handover)),
  };
}

}  // namespace weir::app
