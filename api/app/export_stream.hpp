// The events of a process as a file, piece by piece, case by case in the order of their ids. For the server's answer
// and for the command alike.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"
#include "stream/feed/process_view.hpp"
#include "stream/ingest/export_writer.hpp"

namespace weir::app {

/// For one thread at a time. Memory: a few hundred cases.
class ExportStream {
 public:
  /// `format`: csv, xes or ndjson.
  ExportStream(feed::Snapshots snapshots, std::string workspace, std::string process, std::string format);

  /// The next piece; empty at the end. Errors: storage_failed, state_format.
  Result<std::string> next();

 private:
  void begin(const std::vector<Event>& events, std::string& out);
  Result<std::vector<Event>> next_events();

  const feed::Snapshots snapshots_;
  const std::string workspace_, process_, format_;
  std::unique_ptr<ingest::ExportWriter> writer_;
  std::string last_case_;
  bool ended_ = false;
};

}  // namespace weir::app
