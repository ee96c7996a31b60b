#include "tests/api/net/web_socket_client.hpp"

#include <ostream>

namespace weir::net::test {
namespace {

constexpr std::string_view mask = "\x37\xfa\x21\x3d";

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

std::string big_endian(std::uint64_t number, unsigned bytes) {
  std::string text;
  for (unsigned left = bytes; left > 0; --left) text += static_cast<char>(number >> (8 * (left - 1)) & 0xff);
  return text;
}

}  // namespace

void PrintTo(const Frame& frame, std::ostream* out) {
  *out << "frame " << unsigned{frame.opcode} << (frame.final ? " final " : " ") << frame.payload.size() << " bytes "
       << frame.payload.substr(0, 60);
}

std::string head_of(const Frame& frame, std::uint64_t length, unsigned length_bytes) {
  std::string head;
  head += static_cast<char>((frame.final ? 0x80 : 0) | frame.reserved << 4 | frame.opcode);
  const std::uint64_t short_length = length_bytes == 0 ? length : length_bytes == 2 ? 126 : 127;
  head += static_cast<char>(0x80 | short_length);
  return head + big_endian(length, length_bytes) + std::string(mask);
}

std::string bytes_of(const Frame& frame) {
  const std::size_t size = frame.payload.size();
  std::string bytes = head_of(frame, size, size < 126 ? 0 : size <= 0xffff ? 2 : 8);
  bytes.reserve(bytes.size() + size);
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(frame.payload[i] ^ mask[i % 4]);
  return bytes;
}

Frame close_frame(std::uint16_t code, std::string_view reason) {
  return {closing, big_endian(code, 2) + std::string(reason)};
}

WebSocketClient::WebSocketClient(std::uint16_t port, int receive_buffer_bytes) : raw_(port, receive_buffer_bytes) {
  raw_.send(request("GET /socket", upgrade_fields()));
  answer_ = raw_.receive();
}

Frame WebSocketClient::receive() {
  const std::string head = raw_.take(2);
  if (head.size() < 2) return {255};
  Frame frame;
  frame.opcode = head[0] & 0x0f;
  frame.final = (head[0] & 0x80) != 0;
  frame.reserved = (head[0] & 0x70) >> 4;
  std::uint64_t length = static_cast<unsigned char>(head[1]);
  if (length >= 126) length = big_endian(raw_.take(length == 126 ? 2 : 8));
  frame.payload = raw_.take(length);
  return frame;
}

std::uint16_t WebSocketClient::receive_close() {
  const Frame frame = receive();
  if (frame.opcode != closing) return 0;
  if (frame.payload.size() < 2) return 1005;
  return static_cast<std::uint16_t>(big_endian(frame.payload.substr(0, 2)));
}

std::string upgrade_fields(std::string_view version, std::string_view key) {
  return "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: " + std::string(version) +
         "\r\nSec-WebSocket-Key: " + std::string(key) + "\r\n";
}

}  // namespace weir::net::test
