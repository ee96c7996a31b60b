// The thread that commits what is appended to an embedded log.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "stream/log/embedded_log.hpp"

namespace weir::log {

class AppenderThread {
 public:
  /// `on_fatal` is called once, on the thread, when a commit failed: the thread has ended, and so should the process.
  AppenderThread(EmbeddedLog& log, std::function<void(const Error&)> on_fatal);
  /// Commits what is queued, saves the high water and ends. Nothing may append any more.
  ~AppenderThread();

  AppenderThread(const AppenderThread&) = delete;
  AppenderThread& operator=(const AppenderThread&) = delete;

 private:
  void run();

  EmbeddedLog& log_;
  std::function<void(const Error&)> on_fatal_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace weir::log
