// The reading half of RFC 6455, by Boost.Beast: frames, masks, fragments, UTF-8, the closing handshake. It only reads;
// what Beast would say by itself (pongs, close frames) is left to the session, which alone writes. The only file with
// Beast in it is this one's source. Internal to api/net; everything on the connection's I/O thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/net/handshake.hpp"
#include "api/net/web_socket.hpp"
#include "api/net/wire.hpp"

namespace weir::net {

/// Told of control frames while next() runs.
class ControlFrames {
 public:
  virtual ~ControlFrames() = default;
  virtual void pinged(std::string_view payload) = 0;
  virtual void ponged() = 0;
};

class MessageReader {
 public:
  /// What is left to do after the last message.
  struct End {
    enum class By : std::uint8_t { client, violation, break_off } by = By::break_off;
    WebSocketClose how{close_code::abnormal, ""};  // as the client closed; with what a violation is to be answered
  };

  /// All must outlive it. `sharer`: whose share of the memory half messages take.
  MessageReader(Core& core, Wire& wire, asio::io_context& context, ControlFrames& told, std::string sharer);
  ~MessageReader();

  /// Begins to read; the `Sec-WebSocket-Accept` that answers the handshake. Once.
  asio::awaitable<std::string> accept(const Handshake& handshake);
  /// The next text message, valid until the next call; none after the last: end() says why.
  asio::awaitable<std::optional<std::string_view>> next();
  const End& end() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::net
