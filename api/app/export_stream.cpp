#include "api/app/export_stream.hpp"

#include <deque>
#include <iterator>
#include <set>

#include "stream/asking/elsewhere.hpp"
#include "stream/feed/case_scan.hpp"

namespace weir::app {
namespace {

constexpr std::size_t cases_per_piece = 200;     // and so many wait, of all shards together
constexpr std::size_t events_per_piece = 4'096;  // or so many, and one case more of each shard

}  // namespace

/// What one shard has of the process.
struct ExportStream::Part {
  struct Case {
    std::string id;
    std::vector<Event> events;
  };

  Part(std::shared_ptr<const store::Snapshot> of, const std::string& workspace, const std::string& process)
      : snapshot(std::move(of)), scan(*snapshot, workspace, process) {}

  /// Reads up to so many cases more, or until they have so many events.
  Result<void> read(std::size_t cases, std::size_t events) {
    std::size_t held = 0;
    bool is_enough = false;
    const auto take = [&](const feed::ScannedCase& one) {
      last = one.case_id;
      waiting.push_back({last, scan.events_of(one.entries, one.case_id)});
      held += waiting.back().events.size();
      is_enough = waiting.size() >= cases || held >= events;
      return !is_enough;
    };
    const auto scanned = scan.each({}, last, take);
    ended = !is_enough;
    return scanned;
  }

  std::shared_ptr<const store::Snapshot> snapshot;
  feed::ShardScan scan;
  std::deque<Case> waiting;  // the next ones, in the order of their ids
  std::string last;          // that was read
  bool ended = false;
};

ExportStream::ExportStream(feed::Snapshots snapshots, std::string workspace, std::string process, std::string format)
    : snapshots_(std::move(snapshots)),
      workspace_(std::move(workspace)),
      process_(std::move(process)),
      format_(std::move(format)) {}

ExportStream::~ExportStream() = default;

Result<void> ExportStream::open() {
  std::vector<std::unique_ptr<Part>> parts;
  for (const auto& snapshot : snapshots_) {
    auto whole = asking::whole(snapshot, workspace_);
    if (!whole) return whole.error();
    parts.push_back(std::make_unique<Part>(*std::move(whole), workspace_, process_));
    if (const auto opened = parts.back()->scan.open(); !opened) return opened;
  }
  parts_ = std::move(parts);
  return {};
}

Result<std::string> ExportStream::next() {
  if (parts_.empty()) {
    if (const auto opened = open(); !opened) return opened.error();
  }
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

/// The part with the least of the cases that are left; null: none are.
Result<ExportStream::Part*> ExportStream::next_part() {
  Part* least = nullptr;
  for (const auto& part : parts_) {
    if (part->waiting.empty() && !part->ended) {
      const auto read = part->read(std::max<std::size_t>(1, cases_per_piece / parts_.size()),
                                   events_per_piece / parts_.size());
      if (!read) return read.error();
    }
    if (part->waiting.empty()) continue;
    if (least == nullptr || part->waiting.front().id < least->waiting.front().id) least = part.get();
  }
  return least;
}

Result<std::vector<Event>> ExportStream::next_events() {
  std::vector<Event> events;
  for (std::size_t cases = 0; cases < cases_per_piece && events.size() < events_per_piece; ++cases) {
    const auto part = next_part();
    if (!part) return part.error();
    if (*part == nullptr) break;
    auto& of_case = (*part)->waiting.front().events;
    events.insert(events.end(), std::make_move_iterator(of_case.begin()), std::make_move_iterator(of_case.end()));
    (*part)->waiting.pop_front();
  }
  return events;
}

}  // namespace weir::app
