// A WebSocket client that sends exactly the frames it is told to, right or wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/api/net/raw_client.hpp"

namespace weir::net::test {

inline constexpr std::uint8_t continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10;

struct Frame {
  std::uint8_t opcode = text;
  std::string payload = {};
  bool final = true;
  std::uint8_t reserved = 0;  // bits RSV1 (4) to RSV3 (1)

  friend bool operator==(const Frame&, const Frame&) = default;
};
/// For GoogleTest's messages.
void PrintTo(const Frame& frame, std::ostream* out);

/// As a client sends it, masked.
std::string bytes_of(const Frame& frame);
/// As bytes_of, but only the head and mask, saying whatever length in 0, 2 or 8 bytes more.
std::string head_of(const Frame& frame, std::uint64_t length, unsigned length_bytes);
Frame close_frame(std::uint16_t code, std::string_view reason = "");

class WebSocketClient {
 public:
  explicit WebSocketClient(std::uint16_t port, int receive_buffer_bytes = 0);

  const Answer& answer() const { return answer_; }
  bool send(const Frame& frame) { return raw_.send(bytes_of(frame)); }
  bool send_text(std::string_view payload) { return send({text, std::string(payload)}); }
  bool send_raw(std::string_view bytes) { return raw_.send(bytes); }
  /// The next frame; with opcode 255 when none comes.
  Frame receive();
  /// The code of the close frame that comes next, 1005 for one without; 0 when something else comes.
  std::uint16_t receive_close();
  RawClient& raw() { return raw_; }

 private:
  RawClient raw_;
  Answer answer_;
};

/// The fields with which a client asks for a WebSocket.
std::string upgrade_fields(std::string_view version = "13", std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==");

}  // namespace weir::net::test
