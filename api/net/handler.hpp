// What stands behind the server: decides per request from its head alone how the body is taken, then answers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <variant>

#include "api/net/handshake.hpp"
#include "api/net/http.hpp"
#include "api/net/web_socket.hpp"

namespace weir::net {

/// The one answer to one request. Copies share it; call it exactly once, at once or later, from any thread. When the
/// last copy goes without having been called, the client gets 500 `internal`. A client gone meanwhile is no fault.
class Respond {
 public:
  /// Takes the answer to where it is written; implemented by the session. Thread-safe.
  class Receiver {
   public:
    virtual ~Receiver() = default;
    virtual void receive(Response response) = 0;
  };

  Respond(std::shared_ptr<Receiver> receiver, std::string trace_id);
  void operator()(Response response) const;
  /// problem(error, trace_id): see problem.hpp.
  void operator()(const Error& error) const;

 private:
  struct Slot;
  std::shared_ptr<Slot> slot_;
};

/// Takes a body piece by piece (uploads). Calls come from one I/O thread at a time, in order, none after finish/abort.
class BodySink {
 public:
  using Ready = std::function<void(Result<void>)>;

  virtual ~BodySink() = default;
  /// Takes the next piece; it stays valid until `ready` was called. `ready` is called exactly once, at once or later,
  /// from any thread: nothing more is read from the socket before (backpressure). An error refuses the request with it.
  virtual void write(std::string_view bytes, Ready ready) = 0;
  /// The body is complete.
  virtual void finish(Respond respond) = 0;
  /// The body will never be complete: the client went away, was too slow or broke the framing.
  virtual void abort(const Error& reason) = 0;
};

/// Answer now. A small body is read and dropped so that the connection can go on.
struct Refuse {
  Response response;
};
/// Collect the whole body, at most `max_bytes` after undoing its coding (more: 413), then handle. `handle` is called on
/// an I/O thread and must not block.
struct Collect {
  std::uint64_t max_bytes = 0;
  std::function<void(Request, Respond)> handle;
  std::string sharer = {};  // whose share of the memory for bodies it takes (body_budget.hpp)
};
/// Give the body to the sink as it arrives, at most `max_bytes` after undoing its coding.
struct Stream {
  std::uint64_t max_bytes = 0;
  std::shared_ptr<BodySink> sink;
};
/// Let the connection become a WebSocket: `handler` speaks for it from then on (web_socket.hpp).
struct Upgrade {
  Handshake handshake;
  std::shared_ptr<WebSocketHandler> handler;
  std::string sharer = {};  // as in Collect, of messages that have not arrived whole
};
using BodyPlan = std::variant<Refuse, Collect, Stream, Upgrade>;

class Handler {
 public:
  virtual ~Handler() = default;
  /// Routes and authorises from the head, before any byte of the body is read. Called on I/O threads, several at once;
  /// must not block or throw.
  virtual BodyPlan admit(const RequestHead& head) = 0;
};

}  // namespace weir::net
