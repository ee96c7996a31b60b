#include "tests/api/net/raw_client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/net/characters.hpp"

namespace weir::net::test {

std::string Answer::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

std::string Answer::code() const {
  constexpr std::string_view key = "\"code\":\"";
  const std::size_t at = body.find(key);
  if (at == std::string::npos) return "";
  return body.substr(at + key.size(), body.find('"', at + key.size()) - at - key.size());
}

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  if (receive_buffer_bytes > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  const timeval limit{5, 0};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool RawClient::fill(int wait_ms) {
  pollfd readable{socket_, POLLIN, 0};
  if (::poll(&readable, 1, wait_ms) <= 0) return false;
  char bytes[16 * 1024];
  const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
  if (size <= 0) return false;
  received_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string RawClient::take_line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    if (!fill()) return "";
  }
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 2);
  return line;
}

Answer RawClient::receive(bool to_head) {
  Answer answer;
  const std::string status_line = take_line();
  if (status_line.size() < 12) return answer;
  answer.status = static_cast<unsigned>(std::stoul(status_line.substr(9, 3)));
  for (std::string line = take_line(); !line.empty(); line = take_line()) {
    const std::size_t colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << line;
    if (colon == std::string::npos) break;
    answer.headers[to_lower(line.substr(0, colon))] = line.substr(colon + 2);
  }
  const bool bodiless = to_head || answer.status < 200 || answer.status == 204 || answer.status == 304;
  if (!bodiless && !read_body(answer)) answer.status = 0;
  return answer;
}

bool RawClient::read_body(Answer& answer) {
  if (answer.header("transfer-encoding") == "chunked") return read_chunks(answer);
  const std::string length = answer.header("content-length");
  if (length.empty()) {
    while (fill()) {
    }
    answer.body = std::exchange(received_, "");
    return true;
  }
  const std::size_t size = std::stoul(length);
  while (received_.size() < size) {
    if (!fill()) return false;
  }
  answer.body = received_.substr(0, size);
  received_.erase(0, size);
  return true;
}

bool RawClient::read_chunks(Answer& answer) {
  while (true) {
    const std::string line = take_line();
    if (line.empty()) return false;
    const std::size_t size = std::stoul(line, nullptr, 16);
    while (received_.size() < size + 2) {
      if (!fill()) return false;
    }
    answer.body.append(received_, 0, size);
    received_.erase(0, size + 2);
    if (size == 0) return true;
  }
}

std::string RawClient::take(std::size_t bytes) {
  while (received_.size() < bytes && fill()) {
  }
  std::string taken = received_.substr(0, bytes);
  received_.erase(0, taken.size());
  return taken;
}

bool RawClient::is_closed() {
  if (!received_.empty()) return false;
  pollfd readable{socket_, POLLIN, 0};
  if (::poll(&readable, 1, 5000) <= 0) return false;
  char byte = 0;
  return ::recv(socket_, &byte, 1, 0) <= 0;
}

bool RawClient::is_silent(int wait_ms) {
  pollfd readable{socket_, POLLIN, 0};
  return received_.empty() && ::poll(&readable, 1, wait_ms) == 0;
}

std::string request(std::string_view line, std::string_view fields, std::string_view body) {
  std::string text(line);
  text.append(" HTTP/1.1\r\nHost: weir.test\r\n").append(fields).append("\r\n").append(body);
  return text;
}

}  // namespace weir::net::test
