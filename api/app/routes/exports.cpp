// All events of a process as a file, made while it is sent.
#include <set>

#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "stream/feed/cases.hpp"
#include "stream/ingest/export_writer.hpp"
#include "stream/log/partitioner.hpp"

namespace weir::app {
namespace {

constexpr std::size_t cases_per_piece = 200;

/// Reads the cases of one snapshot in the order of their ids, some for each piece. One piece at a time.
class ExportSource final : public net::BodySource, public std::enable_shared_from_this<ExportSource> {
 public:
  ExportSource(Node& node, std::string workspace, std::string process, std::string format)
      : node_(node),
        workspace_(std::move(workspace)),
        process_(std::move(process)),
        format_(std::move(format)),
        snapshots_(node.snapshots()) {}

  void pull(Next next) override {
    node_.readers().post([self = shared_from_this(), next = std::move(next)] { next(self->piece()); });
  }

 private:
  Result<std::string> piece() {
    std::string out;
    while (out.empty() && !ended_) {
      auto events = next_events();
      if (!events) return events.error();
      if (!writer_) begin(*events, out);
      for (const Event& event : *events) writer_->event(event, out);
      if (events->empty()) {
        writer_->end(out);
        ended_ = true;
      }
    }
    return out;
  }

  /// The attributes of the first cases get columns of their own; the others share one.
  void begin(const std::vector<Event>& events, std::string& out) {
    std::set<std::string> names;
    for (const Event& event : events) {
      for (const Attribute& attribute : event.attributes) names.insert(attribute.name);
    }
    if (format_ == "csv") writer_ = ingest::csv_writer({names.begin(), names.end()});
    if (format_ == "xes") writer_ = ingest::xes_writer();
    if (format_ == "ndjson") writer_ = ingest::ndjson_writer();
    writer_->begin(out);
  }

  Result<std::vector<Event>> next_events() {
    std::vector<Event> events;
    const auto rows = feed::list_cases(snapshots_, workspace_, process_, {}, last_case_, cases_per_piece);
    if (!rows) return rows.error();
    for (const feed::CaseRow& row : *rows) {
      const auto shard = log::partition_of(process_, row.case_id, static_cast<std::uint32_t>(snapshots_.size()));
      auto of_case = feed::read_case(*snapshots_[shard], workspace_, process_, row.case_id);
      if (!of_case) return of_case.error();
      events.insert(events.end(), std::make_move_iterator(of_case->begin()), std::make_move_iterator(of_case->end()));
    }
    if (!rows->empty()) last_case_ = rows->back().case_id;
    return events;
  }

  Node& node_;
  const std::string workspace_, process_, format_;
  const feed::Snapshots snapshots_;
  std::unique_ptr<ingest::ExportWriter> writer_;
  std::string last_case_;
  bool ended_ = false;
};

std::string content_type_of(const std::string& format) {
  if (format == "csv") return "text/csv; charset=utf-8; header=present";
  return format == "xes" ? "application/xml" : "application/x-ndjson";
}

Result<Answer> prepare_export(Node& node, const Call& call, query::Parameters& parameters) {
  const std::string format = parameters.one("format").value_or("csv");
  if (format != "csv" && format != "xes" && format != "ndjson") {
    parameters.refuse("format", "must be csv, xes or ndjson");
  }
  return Answer{
      [&node, workspace = call.credential.workspace, process = call.names.front(), format]() -> Result<net::Response> {
        net::Response response;
        response.content_type = content_type_of(format);
        response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + process + '.' + format + '"'});
        response.source = std::make_shared<ExportSource>(node, workspace, process, format);
        return response;
      }};
}

}  // namespace

std::vector<Route> export_routes(Node& node) {
  return {query_route(
      node, "/v1/processes/{process}/export", auth::Permission::export_events,
      [&node](const Call& call, query::Parameters& parameters) { return prepare_export(node, call, parameters); })};
}

}  // namespace weir::app
