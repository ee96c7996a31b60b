// A WebSocket connection as the rest of api/ sees it: whole text messages in, pending messages out, one close. No
// socket, no library: framing, masking, heartbeats and deadlines stay behind it (RFC 6455).
//
// The application makes a WebSocketHandler per connection and gives it away with the plan `Upgrade` (handler.hpp); what
// it keeps is the WebSocket that opened() brings. Sending is by pull: what is to be said waits with the handler, where
// it can be bounded, conflated or dropped, until the connection can take it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::net {

/// Why a connection ended (RFC 6455, section 7.4); from 4000 on our own, named after HTTP's.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t not_text = 1003;
inline constexpr std::uint16_t no_code = 1005;   // the client closed and named none; never sent
inline constexpr std::uint16_t abnormal = 1006;  // no close frame came; never sent
inline constexpr std::uint16_t not_utf8 = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_large = 1009;
inline constexpr std::uint16_t internal = 1011;
inline constexpr std::uint16_t try_again = 1013;
inline constexpr std::uint16_t token_expired = 4401;
inline constexpr std::uint16_t forbidden = 4403;
}  // namespace close_code

struct WebSocketClose {
  std::uint16_t code = close_code::normal;
  std::string reason;  // at most 123 bytes of UTF-8

  friend bool operator==(const WebSocketClose&, const WebSocketClose&) = default;
};

/// One text message for one client: `own`, then `shared`. Both are sent as they are, in one frame; the shared part is
/// neither copied nor serialised per client, so that a message for thousands is built once.
struct WebSocketMessage {
  std::string own;
  std::shared_ptr<const std::string> shared = nullptr;  // UTF-8, never changed again; null: `own` is all

  std::size_t size_bytes() const { return own.size() + (shared ? shared->size() : 0); }
};

/// The connection. Thread-safe; may be kept as long as one likes and holds no socket open.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// Something became pending, or ready() true: the handler will be asked for it on the I/O thread. Calls before that
  /// are one. Cheap; may be called under the handler's own lock; nothing once the connection is closed.
  virtual void wake() = 0;
  /// Sends the close frame after what is being written, and nothing after it; what is still pending is not asked for
  /// any more. A client that does not answer is cut. The first call counts.
  virtual void close(WebSocketClose how) = 0;
};

/// What the application makes of one connection. All calls come from the connection's I/O thread, one at a time; none
/// may block or throw, and all may call the WebSocket. opened() is the first, closed() the last; a connection that
/// breaks before the handshake is through brings neither.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;

  virtual void opened(std::shared_ptr<WebSocket> socket) = 0;
  /// One whole message, valid UTF-8, at most WebSocketLimits::message_bytes. The view ends with the call.
  virtual void receive(std::string_view text) = 0;
  /// False: the client has to wait (its answers pile up); nothing more is read from it until wake() finds true.
  virtual bool ready() const { return true; }
  /// Moves what is to be sent to the end of `into`, oldest first: whole messages up to `bytes_max` together, but at
  /// least one where any is pending, so that none can be too large to go out. All of them leave in one write. Called
  /// after opened() and wake(), and after each write until nothing comes; never while a write is under way, so a slow
  /// reader's messages stay here.
  virtual void take_pending(std::size_t bytes_max, std::vector<WebSocketMessage>& into) = 0;
  /// About once a second: heartbeats, expiry, "behind for so long".
  virtual void tick() = 0;
  /// The server stops: the connection is closed with 1001 within seconds. Last words may be made pending.
  virtual void draining() {}
  /// The connection is no more. `how` as the client or we closed it; `abnormal` where it broke.
  virtual void closed(const WebSocketClose& how) = 0;
};

}  // namespace weir::net
