// The frames that leave in one write: whole, unmasked, as a server sends them (RFC 6455, section 5). Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/net/web_socket.hpp"

namespace weir::net {

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

class FrameGather {
 public:
  /// Shared parts of up to `copied_bytes_max` are copied behind their frame's head, where a piece of its own would cost
  /// more than the copy; larger ones are held by reference until the gather goes.
  explicit FrameGather(std::size_t copied_bytes_max) : copied_bytes_max_(copied_bytes_max) {}

  void add(Opcode opcode, std::string_view payload);
  void add_text(WebSocketMessage message);
  void add_close(const WebSocketClose& how);

  bool empty() const { return own_.empty(); }
  /// Without what is held by reference.
  std::size_t own_bytes() const { return own_.size(); }
  /// What is to be written, in order. Valid until the next change.
  std::vector<std::string_view> pieces() const;

 private:
  void add_head(Opcode opcode, std::size_t payload_bytes);

  struct Insert {
    std::size_t at = 0;  // in own_
    std::shared_ptr<const std::string> bytes;
  };

  std::size_t copied_bytes_max_;
  std::string own_;
  std::vector<Insert> inserts_;
};

}  // namespace weir::net
