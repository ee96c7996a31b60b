// The HTTP/1.1 server: listener, I/O threads, connections. Every request passes the gate of request_head.hpp before a
// handler sees it, and no connection can hold memory, a thread or a descriptor beyond the limits given here.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/net/handler.hpp"
#include "api/net/limits.hpp"
#include "schemas/base/clock.hpp"
#include "schemas/base/result.hpp"

namespace weir::net {

struct ServerOptions {
  std::string address = "127.0.0.1";  // IPv4 or IPv6 address
  std::uint16_t port = 0;             // 0: any free port
  unsigned threads = 1;
  Limits limits;
  std::string tls_certificate_path;  // PEM chain; empty: plain HTTP
  std::string tls_key_path;
  /// Told of faults that belong to no request (accept errors, exceptions of an I/O thread). From any I/O thread.
  std::function<void(std::string_view)> on_fault = [](std::string_view) {};
};

/// Totals since start; `…_open` and `…_buffered` are of this moment.
struct ServerCounters {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t requests = 0;
  std::array<std::uint64_t, 6> answers_by_class{};  // [4]: 4xx
  std::uint64_t gate_refusals = 0;                  // requests that no handler saw
  std::uint64_t timeouts = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t body_bytes_buffered = 0;
  std::uint64_t bodies_refused = 0;  // because their sharer held its share of the memory
  std::uint64_t web_sockets_open = 0;
  std::uint64_t web_sockets_opened = 0;
  std::uint64_t web_socket_violations = 0;  // connections closed for what the client sent
  std::uint64_t web_socket_writes = 0;      // each of many messages
  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
};

class Server {
 public:
  /// `handler` and `clock` must outlive the server.
  Server(ServerOptions options, Handler& handler, const Clock& clock);
  ~Server();  // stops

  /// Listens and starts the I/O threads. The port that was bound, or `cannot_listen` or `bad_certificate`. Once.
  Result<std::uint16_t> start();
  /// Accepts nothing more, closes idle connections, lets requests in flight finish with `Connection: close`; returns
  /// when no connection is left or the time is over. Not from an I/O thread.
  void drain(std::chrono::milliseconds at_most);
  /// Closes every connection and joins the threads. May be called twice. Not from an I/O thread.
  void stop();
  /// Reads certificate and key again; connections that are open keep theirs. On error the old ones stay in use.
  Result<void> reload_tls();
  /// Thread-safe.
  ServerCounters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::net
