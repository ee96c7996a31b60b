// What receivers do is in tests/effects; here is what they have no part in.
#include "state/http/exchanges.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::http {
namespace {

using namespace std::chrono_literals;

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
  bool is_called() const {
    pollfd ready{socket_, POLLIN, 0};
    return ::poll(&ready, 1, 0) == 1;
  }

 private:
  const int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address_{};
};

ExchangeLimits limits_with(Reach reach) {
  ExchangeLimits limits;
  limits.reach = std::move(reach);
  return limits;
}

Exchanges::Ended only_end(Exchanges& exchanges) {
  for (;;) {
    auto ended = exchanges.wait(10s);
    if (!ended.empty()) return std::move(ended.front());
  }
}

TEST(Exchanges, ReachNoAddressThatIsNotPermitted) {
  const Listener listener;
  for (const char* host : {"127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"}) {
    const auto exchanges = open_exchanges(limits_with(Reach{}));
    exchanges->start(1, Call{"POST", listener.url(host), {}, "x"});
    const auto ended = only_end(*exchanges);
    EXPECT_EQ(ended.answer.failure, Failure::forbidden_address) << host;
    EXPECT_FALSE(listener.is_called()) << host;
  }
}

TEST(Exchanges, ReachWhatIsPermitted) {
  const Listener listener;
  const auto exchanges = open_exchanges(limits_with(Reach{{*parse_network("127.0.0.0/8")}}));
  exchanges->start(1, Call{"POST", listener.url("127.0.0.1"), {}, "x"});
  exchanges->wait(1s);
  exchanges->wait(10ms);
  EXPECT_TRUE(listener.is_called());
}

TEST(Exchanges, SpeakNothingButHttpAndSmtp) {
  const auto exchanges = open_exchanges(limits_with(Reach{}));
  for (const char* url : {"file:///etc/passwd", "ftp://1.1.1.1/", "gopher://1.1.1.1/", "smtp://1.1.1.1/"}) {
    exchanges->start(1, Call{"GET", url, {}, ""});
    EXPECT_EQ(only_end(*exchanges).answer.failure, Failure::broken) << url;
  }
}

TEST(Exchanges, AreWokenByAnotherThread) {
  const auto exchanges = open_exchanges(limits_with(Reach{}));
  const auto begin = std::chrono::steady_clock::now();
  std::thread other([&] { exchanges->wake(); });
  EXPECT_TRUE(exchanges->wait(60s).empty());
  other.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
}

TEST(Exchanges, AreCutOffAtOnceWhenTheyGoAway) {
  const Listener listener;
  auto exchanges = open_exchanges(limits_with(Reach{{*parse_network("127.0.0.0/8")}}));
  for (std::uint64_t i = 0; i < 8; ++i) exchanges->start(i, Call{"POST", listener.url("127.0.0.1"), {}, "x"});
  exchanges->wait(10ms);
  const auto begin = std::chrono::steady_clock::now();
  exchanges.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

}  // namespace
}  // namespace weir::http
