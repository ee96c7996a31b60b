// What the live contract stands on: the hub of views, and how many connections may look at them.
#pragma once

#include <memory>

#include "api/app/node.hpp"
#include "api/auth/places.hpp"
#include "api/live/hub.hpp"
#include "api/net/web_socket.hpp"

namespace weir::app {

class Uploads;

/// Thread-safe.
class Live {
 public:
  /// Both must outlive it.
  Live(Node& node, Uploads& uploads);

  void start() { hub_.start(); }
  /// Connections must be gone. Idempotent.
  void stop() { hub_.stop(); }

  /// What speaks for a new connection. Errors: overloaded, quota_exceeded (the workspace has too many).
  Result<std::shared_ptr<net::WebSocketHandler>> welcome(auth::Credential credential);

 private:
  Node& node_;
  auth::Places places_;
  live::Hub hub_;
};

}  // namespace weir::app
