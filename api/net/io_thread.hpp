// One event loop on one thread, with the connections that live on it. Internal to api/net.
#pragma once

#include <memory>
#include <thread>
#include <unordered_set>

#include "api/net/asio.hpp"
#include "api/net/core.hpp"
#include "api/net/response_head.hpp"

namespace weir::net {

/// What the loop does to its connections. All on its thread.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Ends it if it took longer than it may.
  virtual void sweep(Clock::Steady now) = 0;
  /// Ends it if no request is in flight.
  virtual void drain() = 0;
  /// Ends it.
  virtual void cut() = 0;
};

/// Shared by its connections and by whoever will still answer one of them: the loop's memory outlives them all.
class IoThread {
 public:
  explicit IoThread(Core& core);

  asio::io_context& context() { return context_; }
  std::string_view date() { return date_.at(core_.clock.now()); }

  void start();
  /// Lets connections without a request in flight go. Thread-safe.
  void drain();
  /// Cuts every connection and joins the thread.
  void stop();

  /// On this thread, as leave(). A connection that comes while the thread stops is cut at once.
  void enter(Connection* connection);
  void leave(Connection* connection) { connections_.erase(connection); }

 private:
  void run();
  void sweep_later();

  Core& core_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer sweep_timer_;
  std::chrono::milliseconds sweep_period_;
  bool stopping_ = false;
  HttpDate date_;
  std::unordered_set<Connection*> connections_;
  std::thread thread_;
};

}  // namespace weir::net
