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
  ~ExportStream();

  /// The next piece; empty at the end. Shards that are elsewhere are read from their owners. Errors: storage_failed,
  /// state_format; shard_elsewhere, not_caught_up, overloaded (an owner cannot be asked).
  Result<std::string> next();

 private:
  struct Part;

  Result<void> open();
  void begin(const std::vector<Event>& events, std::string& out);
  Result<std::vector<Event>> next_events();
  Result<Part*> next_part();

  const feed::Snapshots snapshots_;
  const std::string workspace_, process_, format_;
  std::vector<std::unique_ptr<Part>> parts_;  // by shard, once they are open
  std::unique_ptr<ingest::ExportWriter> writer_;
  bool ended_ = false;
};

}  // namespace weir::app
