// A port of loopback that listens.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::http {

/// Listens, and takes no connection by itself.
class Listener {
 public:
  Listener() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address_), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size), 0);
  }
  ~Listener() { ::close(socket_); }

  std::string url(const std::string& host) const {
    return "http://" + host + ':' + std::to_string(ntohs(address_.sin_port));
  }
  /// Takes one connection: reads until `end` has come, says what it is to say and hangs up. -> what it read
  std::string serve(std::string_view end, std::string_view said) const {
    const int connection = ::accept(socket_, nullptr, nullptr);
    std::string heard;
    char bytes[4096];
    while (heard.find(end) == std::string::npos) {
      const ssize_t size = ::read(connection, bytes, sizeof bytes);
      if (size <= 0) break;
      heard.append(bytes, static_cast<std::size_t>(size));
    }
    EXPECT_EQ(::write(connection, said.data(), said.size()), static_cast<ssize_t>(said.size()));
    ::close(connection);
    return heard;
  }
  bool is_called() const {
    pollfd ready{socket_, POLLIN, 0};
    return ::poll(&ready, 1, 0) == 1;
  }

 private:
  const int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address_{};
};

}  // namespace weir::http
