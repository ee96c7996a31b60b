// What receivers do is in tests/effects; here is what they have no part in.
#include "state/http/exchanges.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "tests/state/http/listener.hpp"

namespace weir::http {
namespace {

using namespace std::chrono_literals;

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
