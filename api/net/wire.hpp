// A connection as HTTP sees it: received bytes, sending, and how long each may take. Internal to api/net; everything on
// the connection's I/O thread.
#pragma once

#include <string_view>
#include <vector>

#include "api/net/core.hpp"
#include "api/net/deadline.hpp"
#include "api/net/input_buffer.hpp"
#include "api/net/transport.hpp"

namespace weir::net {

class Wire {
 public:
  Wire(Core& core, Transport transport) : core_(core), transport_(std::move(transport)) {}

  bool secure() const { return transport_.secure(); }
  /// True where the connection is fit for requests.
  asio::awaitable<bool> handshake();

  std::string_view received() const { return input_.view(); }
  void consume(std::size_t bytes) { input_.consume(bytes); }
  /// Receives at least one byte more; false when none will come: failure() says why. Invalidates received().
  asio::awaitable<bool> receive(std::size_t buffer_bytes);
  /// Sends all of it; false when the client is gone or too slow.
  asio::awaitable<bool> send(std::string_view bytes);
  /// As send(), of pieces one after another in as few system calls as they fit.
  asio::awaitable<bool> send(const std::vector<std::string_view>& pieces);
  /// Ends the sending side, then gives the client time to read what it was sent before the socket goes.
  asio::awaitable<void> linger();

  /// For a reader with a buffer of its own: first what was received already, at most as much as fits, or 0; then it
  /// goes on with the transport.
  std::size_t take_received(asio::mutable_buffer into) { return input_.move_to(into.data(), into.size()); }
  Transport& transport() { return transport_; }

  void begin_waiting() { begin(Deadline::Doing::waiting_for_request, core_.options.limits.idle_time); }
  void begin_head() { begin(Deadline::Doing::reading_head, core_.options.limits.head_time); }
  void begin_body() { begin_transfer(Deadline::Doing::reading_body); }
  void begin_answer() { begin_transfer(Deadline::Doing::writing); }
  /// Nothing is expected of the client until the next begin.
  void begin_nothing() { deadline_.clear(); }
  /// Between these two we are the slow side.
  void suspend() { deadline_.suspend(core_.clock.steady()); }
  void resume() { deadline_.resume(core_.clock.steady()); }

  /// `request_timeout`, or `upload_aborted` where there is nobody left to tell.
  Error failure() const;
  bool broken() const { return broken_; }

  void sweep(Deadline::Steady now);
  /// Ends a connection that waits for a request; no other is touched.
  void stop_waiting();
  void close() { transport_.close(); }

 private:
  /// Accounts for what was just sent; false when nothing was.
  bool sent(std::size_t bytes);
  void begin(Deadline::Doing doing, std::chrono::milliseconds allowed);
  void begin_transfer(Deadline::Doing doing);

  Core& core_;
  Transport transport_;
  InputBuffer input_;
  Deadline deadline_;
  bool timed_out_ = false;
  bool broken_ = false;
};

}  // namespace weir::net
