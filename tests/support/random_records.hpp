// What producers, uploads and people may send, drawn at random: fresh events, repeats, conflicts and control records.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/log/log.hpp"

namespace weir::support {

struct RecordOptions {
  std::size_t processes = 1;  // "p0", "p1", …
  std::size_t cases = 6;
  std::size_t activities = 5;
  std::int64_t span_micros = 400;  // over which events are spread; small: many ties
  double duplicates = 0.1;
  double conflicts = 0.03;
};

/// A control record, and the case that it is about; none: it goes to every partition.
struct Control {
  std::string process;
  std::optional<std::string> case_id;
  log::Record record;
};

class RandomRecords {
 public:
  RandomRecords(std::string workspace, const RecordOptions& options)
      : workspace_(std::move(workspace)), options_(options) {}

  /// An event of the span that begins at `first`: fresh, or one of before by the same or another bringer, unchanged or
  /// (a conflict) changed.
  Event event(std::mt19937_64& random, Time first);
  /// An erasure, a change of settings, an end, abort or withdrawal of an upload, or a version of a control document
  /// that holds from a time of the span that begins at `first` on.
  Control control(std::mt19937_64& random, Time first);

 private:
  Event fresh_event(std::mt19937_64& random, Time first);
  std::string upload_of(std::mt19937_64& random, const std::string& process);
  Control settings(std::mt19937_64& random, std::string process) const;
  Control document(std::mt19937_64& random, Time first) const;
  Control response(std::mt19937_64& random, Time first, Time effective_at) const;
  Control command(std::mt19937_64& random, Time first) const;
  Control delivery(std::mt19937_64& random, Time first) const;
  Control threshold(std::mt19937_64& random, Time first) const;

  std::string workspace_;
  RecordOptions options_;
  std::vector<Event> sent_;                                  // for duplicates and conflicts
  std::map<std::string, std::vector<std::string>> uploads_;  // by process
  std::uint64_t next_id_ = 0;
};

/// The record of an event.
log::Record event_record(const Event& event);

}  // namespace weir::support
