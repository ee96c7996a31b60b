#include "api/net/frame_gather.hpp"

#include <utility>

namespace weir::net {

void FrameGather::add_head(Opcode opcode, std::size_t payload_bytes) {
  constexpr unsigned final_frame = 0x80;
  const auto append_big_endian = [this, payload_bytes](unsigned bytes) {
    for (unsigned left = bytes; left > 0; --left) own_ += static_cast<char>(payload_bytes >> (8 * (left - 1)) & 0xff);
  };
  own_ += static_cast<char>(final_frame | static_cast<unsigned>(opcode));
  if (payload_bytes < 126) {
    append_big_endian(1);
  } else if (payload_bytes <= 0xffff) {
    own_ += static_cast<char>(126);
    append_big_endian(2);
  } else {
    own_ += static_cast<char>(127);
    append_big_endian(8);
  }
}

void FrameGather::add(Opcode opcode, std::string_view payload) {
  add_head(opcode, payload.size());
  own_.append(payload);
}

void FrameGather::add_text(WebSocketMessage message) {
  add_head(Opcode::text, message.size_bytes());
  own_.append(message.own);
  if (!message.shared || message.shared->empty()) return;
  if (message.shared->size() <= copied_bytes_max_) {
    own_.append(*message.shared);
  } else {
    inserts_.push_back({own_.size(), std::move(message.shared)});
  }
}

void FrameGather::add_close(const WebSocketClose& how) {
  std::string payload;
  if (how.code != close_code::no_code) {
    payload += static_cast<char>(how.code >> 8);
    payload += static_cast<char>(how.code & 0xff);
    payload += how.reason;
  }
  add(Opcode::close, payload);
}

std::vector<std::string_view> FrameGather::pieces() const {
  std::vector<std::string_view> pieces;
  pieces.reserve(2 * inserts_.size() + 1);
  std::size_t begin = 0;
  for (const Insert& insert : inserts_) {
    pieces.push_back(std::string_view(own_).substr(begin, insert.at - begin));
    pieces.emplace_back(*insert.bytes);
    begin = insert.at;
  }
  if (begin < own_.size()) pieces.push_back(std::string_view(own_).substr(begin));
  return pieces;
}

}  // namespace weir::net
