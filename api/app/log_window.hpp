// Appending much to the log from one thread, with few records on their way at a time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/app/node.hpp"

namespace weir::app {

/// For one thread.
class LogWindow {
 public:
  static constexpr unsigned appends_max = 4;  // on their way at a time

  LogWindow(Node& node, std::string workspace) : node_(node), workspace_(std::move(workspace)) {}

  /// Queues the records; waits while too many are on their way, or the log's queue is full. After an error nothing is
  /// taken any more.
  Result<void> append(std::vector<log::Addressed> records);
  /// The same record for every partition.
  Result<void> append_to_all(const log::Record& record);
  /// Waits until all is durable. The position behind all of it.
  Result<log::Position> finish();

 private:
  /// Shared with appends that are on their way, which may outlive the window.
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    unsigned on_their_way = 0;  // under mutex
    Result<void> outcome;       // under mutex
    log::Position position;     // under mutex
  };

  Result<void> wait_for_room();

  Node& node_;
  const std::string workspace_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace weir::app
