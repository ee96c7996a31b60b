// All events of a process as a file, made while it is sent.
#include "api/app/export_stream.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "stream/asking/elsewhere.hpp"

namespace weir::app {
namespace {

/// A stream that goes on by readers, as fast as the client takes it.
class ExportSource final : public net::BodySource {
 public:
  ExportSource(Node& node, std::shared_ptr<ExportStream> stream) : node_(node), stream_(std::move(stream)) {}

  void pull(Next next) override {
    node_.readers().post([stream = stream_, next = std::move(next)] { next(stream->next()); });
  }

 private:
  Node& node_;
  std::shared_ptr<ExportStream> stream_;
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
        auto snapshots = node.snapshots();
        if (!snapshots) return snapshots.error();
        for (const auto& snapshot : *snapshots) {  // an owner that cannot be asked would end the answer in its middle
          if (const auto whole = asking::whole(snapshot, workspace); !whole) return whole.error();
        }
        net::Response response;
        tell_currency(response, node.currency(*snapshots));
        response.content_type = content_type_of(format);
        response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + process + '.' + format + '"'});
        response.source = std::make_shared<ExportSource>(
            node, std::make_shared<ExportStream>(*std::move(snapshots), workspace, process, format));
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
