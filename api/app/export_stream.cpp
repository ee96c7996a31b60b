#include "api/app/export_stream.hpp"

#include <iterator>
#include <set>

#include "stream/feed/cases.hpp"
#include "stream/log/partitioner.hpp"

namespace weir::app {
namespace {

constexpr std::size_t cases_per_piece = 200;

}  // namespace

ExportStream::ExportStream(feed::Snapshots snapshots, std::string workspace, std::string process, std::string format)
    : snapshots_(std::move(snapshots)),
      workspace_(std::move(workspace)),
      process_(std::move(process)),
      format_(std::move(format)) {}

Result<std::string> ExportStream::next() {
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
void ExportStream::begin(const std::vector<Event>& events, std::string& out) {
  std::set<std::string> names;
  for (const Event& event : events) {
    for (const Attribute& attribute : event.attributes) names.insert(attribute.name);
  }
  if (format_ == "csv") writer_ = ingest::csv_writer({names.begin(), names.end()});
  if (format_ == "xes") writer_ = ingest::xes_writer();
  if (format_ == "ndjson") writer_ = ingest::ndjson_writer();
  writer_->begin(out);
}

Result<std::vector<Event>> ExportStream::next_events() {
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

}  // namespace weir::app
