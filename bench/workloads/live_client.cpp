#include "bench/workloads/live_client.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::bench {
namespace {

constexpr unsigned addresses = 64;

sockaddr_in loopback(std::uint32_t last_byte, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last_byte);
  return address;
}

/// Masked, as a client's frames have to be; with the mask of zeros, which changes nothing.
std::string frame(unsigned char opcode, std::string_view payload) {
  std::string bytes(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    bytes += static_cast<char>(0x80 | payload.size());
  } else {
    bytes += static_cast<char>(0x80 | 126);
    bytes += static_cast<char>(payload.size() >> 8);
    bytes += static_cast<char>(payload.size() & 0xff);
  }
  return bytes.append(4, '\0').append(payload);
}

std::uint64_t number_after(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) throw std::runtime_error("no " + std::string(name) + " in " + std::string(text));
  return std::strtoull(text.data() + at + name.size(), nullptr, 10);
}

std::string text_after(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) throw std::runtime_error("no " + std::string(name) + " in " + std::string(text));
  const std::size_t begin = at + name.size();
  return std::string(text.substr(begin, text.find('"', begin) - begin));
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

LiveClient::LiveClient(const Subscription& subscription, unsigned number)
    : subscription_(subscription), number_(number) {}

LiveClient::~LiveClient() { reset(); }

void LiveClient::connect() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const sockaddr_in from = loopback(1 + number_ % addresses, 0);
  const sockaddr_in to = loopback(1, subscription_.port);
  ::bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
    throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
  }
  received_.clear();
  sent_ = open_ = told_ = false;
}

void LiveClient::reset() {
  if (socket_ < 0) return;
  const linger at_once{1, 0};  // no TIME_WAIT, or the loopback's ports run out
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket_);
  socket_ = -1;
}

void LiveClient::greet() {
  sent_ = true;
  send(
      "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " +
      subscription_.token + "\r\n\r\n");
}

void LiveClient::subscribe() {
  std::string asked = R"({"op":"subscribe","ref":1,"channel":")" + subscription_.channel + R"(","process":")" +
                      subscription_.process + '"';
  if (!epoch_.empty()) asked += R"(,"resume":{"epoch":")" + epoch_ + R"(","seq":)" + std::to_string(seq_) + '}';
  send(frame(1, asked + '}'));
}

void LiveClient::send(std::string_view bytes) {
  const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(bytes.size())) throw std::runtime_error("the server takes nothing");
}

bool LiveClient::read() {
  char bytes[64 * 1024];
  while (true) {
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
    if (size < 0 && errno == EAGAIN) break;
    if (size <= 0) throw std::runtime_error("the server closed the connection; last: " + received_.substr(0, 200));
    received_.append(bytes, static_cast<std::size_t>(size));
    if (size < static_cast<ssize_t>(sizeof bytes)) break;
  }
  if (!open_) take_handshake();
  return open_ && take_frames();
}

void LiveClient::take_handshake() {
  const std::size_t end = received_.find("\r\n\r\n");
  if (end == std::string::npos) return;
  if (!received_.starts_with("HTTP/1.1 101")) throw std::runtime_error("refused: " + received_.substr(0, 400));
  received_.erase(0, end + 4);
  open_ = true;
  subscribe();
}

bool LiveClient::take_frames() {
  bool changed = false;
  std::size_t at = 0;
  while (received_.size() - at >= 2) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(received_[at + i]); };
    std::uint64_t length = byte(1);
    const std::size_t length_bytes = length == 127 ? 8 : length == 126 ? 2 : 0;
    if (received_.size() - at < 2 + length_bytes) break;
    if (length_bytes > 0) length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) length = length << 8 | byte(2 + i);
    if (received_.size() - at < 2 + length_bytes + length) break;
    const std::string_view payload = std::string_view(received_).substr(at + 2 + length_bytes, length);
    const unsigned opcode = byte(0) & 0xf;
    if (opcode == 8)
      throw std::runtime_error("closed: " + std::string(payload.substr(std::min<std::size_t>(2, length))));
    if (opcode == 9) send(frame(10, payload));
    if (opcode == 1) {
      take_message(payload);
      changed = true;
    }
    at += 2 + length_bytes + length;
  }
  received_.erase(0, at);
  return changed;
}

void LiveClient::take_message(std::string_view message) {
  ++messages_;
  const std::string_view head = message.substr(0, 200);  // what is looked for stands before data
  if (has(head, R"("type":"delta")")) {
    if (number_after(head, R"("prev":)") != seq_) throw std::runtime_error("a gap: " + std::string(head));
    const std::uint64_t seq = number_after(head, R"("seq":)");
    if (seq <= seq_) throw std::runtime_error("not in order: " + std::string(head));
    seq_ = seq;
    take_count(message);
  } else if (has(head, R"("type":"snapshot")")) {
    const std::uint64_t seq = number_after(head, R"("seq":)");
    const bool recovered = has(head, R"("recovered":true)");
    if (recovered && (seq < seq_ || text_after(head, R"("epoch":")") != epoch_)) {
      throw std::runtime_error("recovered what never was: " + std::string(head));
    }
    ++(recovered ? recovered_ : snapshots_);
    epoch_ = text_after(head, R"("epoch":")");
    seq_ = seq;
    told_ = true;
    if (!recovered) take_count(message);
  } else if (has(head, R"("type":"heartbeat")")) {
    if (number_after(head, R"("seq":)") != seq_) throw std::runtime_error("a gap: " + std::string(head));
  } else {
    throw std::runtime_error("unexpected: " + std::string(head));
  }
}

void LiveClient::take_count(std::string_view message) {
  const std::size_t at = message.find(subscription_.counter);
  if (at == std::string_view::npos) return;  // nothing of it has changed, or there is nothing yet
  const std::uint64_t count = number_after(message, subscription_.counter);
  if (count < count_) throw std::runtime_error("runs backwards: " + std::string(message.substr(0, 400)));
  count_ = count;
}

}  // namespace weir::bench
