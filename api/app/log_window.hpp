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

  /// Once `stopping` (null: never) it does not wait for a log that does not answer; what is on its way is unknown then
  /// (draining).
  LogWindow(Node& node, std::string workspace, const std::atomic<bool>* stopping = nullptr)
      : node_(node), workspace_(std::move(workspace)), stopping_(stopping) {}

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

  Result<void> wait_for(unsigned on_their_way_max);
  bool stopping() const { return stopping_ != nullptr && *stopping_; }

  Node& node_;
  const std::string workspace_;
  const std::atomic<bool>* const stopping_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace weir::app
