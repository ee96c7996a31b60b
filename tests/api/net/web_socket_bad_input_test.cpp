// The socket half of the bad-input catalogue's 31 to 50 (reliability.md), with the product's limits.
#include <gtest/gtest.h>

#include "tests/api/net/test_server.hpp"
#include "tests/api/net/web_socket_client.hpp"

namespace weir::net::test {
namespace {

using Bits = std::initializer_list<std::uint8_t>;
using Codes = std::initializer_list<std::uint16_t>;

Answer ask(std::string_view fields, std::string_view line = "GET /socket") {
  TestServer server;
  RawClient client(server.port);
  client.send(request(line, fields));
  return client.receive();
}

/// The code of the close frame that answers `bytes`.
std::uint16_t close_after(const std::string& bytes) {
  TestServer server;
  WebSocketClient client(server.port);
  client.send_raw(bytes);
  while (true) {
    const Frame frame = client.receive();
    if (frame.opcode == closing) return static_cast<std::uint16_t>(frame.payload[0] << 8 | (frame.payload[1] & 0xff));
    if (frame.opcode != pong) return 0;
  }
}

TEST(WebSocketBadInput, N32AnotherVersionIsToldWhichOneIsServed) {
  for (const std::string_view version : {"12", "8", "0", "", "13, 8", "013"}) {
    const Answer answer = ask(upgrade_fields(version));
    EXPECT_EQ(answer.status, 426U) << version;
    EXPECT_EQ(answer.header("sec-websocket-version"), "13");
    EXPECT_EQ(answer.code(), "upgrade_required");
  }
}

TEST(WebSocketBadInput, N32ABadKeyIsRefused) {
  for (const std::string_view key :
       {"", "short", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ==x",
        "dGhlIHNhbXBsZSBub25jZSE=", "dGhlIHNhbXBs!SBub25jZQ=="}) {
    EXPECT_EQ(ask(upgrade_fields("13", key)).status, 400U) << key;
  }
  EXPECT_EQ(ask(upgrade_fields() + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n").status, 400U);
}

TEST(WebSocketBadInput, N32WhoAsksForNoUpgradeIsToldSo) {
  EXPECT_EQ(ask("").status, 426U);
  EXPECT_EQ(ask("Upgrade: h2c\r\nConnection: Upgrade\r\n").status, 426U);
  EXPECT_EQ(ask("Upgrade: websocket\r\nConnection: keep-alive\r\n").status, 426U);
  EXPECT_EQ(ask(upgrade_fields() + "Content-Length: 1\r\n").status, 400U);
  EXPECT_EQ(ask(upgrade_fields(), "POST /socket").status, 400U);
}

TEST(WebSocketBadInput, N32Http10IsRefused) {
  TestServer server;
  RawClient client(server.port);
  client.send("GET /socket HTTP/1.0\r\nHost: weir.test\r\n" + upgrade_fields() + "\r\n");
  EXPECT_EQ(client.receive().status, 400U);
}

TEST(WebSocketBadInput, N34AnUnmaskedFrame) { EXPECT_EQ(close_after(std::string("\x81\x02hi", 4)), 1002); }

TEST(WebSocketBadInput, N35AReservedBit) {
  for (const std::uint8_t bit : Bits{1, 2, 4}) EXPECT_EQ(close_after(bytes_of({text, "x", true, bit})), 1002);
}

TEST(WebSocketBadInput, N36AReservedOpcode) {
  for (const std::uint8_t opcode : Bits{3, 7, 11, 15}) EXPECT_EQ(close_after(bytes_of({opcode, "x"})), 1002);
}

TEST(WebSocketBadInput, N37FragmentsOutOfOrder) {
  EXPECT_EQ(close_after(bytes_of({continuation, "x"})), 1002);
  EXPECT_EQ(close_after(bytes_of({text, "x", false}) + bytes_of({text, "y"})), 1002);
}

TEST(WebSocketBadInput, N38AControlFrameInFragmentsOrTooLong) {
  EXPECT_EQ(close_after(bytes_of({ping, "x", false})), 1002);
  EXPECT_EQ(close_after(bytes_of({ping, std::string(126, 'x')})), 1002);
}

TEST(WebSocketBadInput, N39ALengthInMoreBytesThanItNeeds) {
  EXPECT_EQ(close_after(head_of({text}, 1, 2)), 1002);
  EXPECT_EQ(close_after(head_of({text}, 1'000, 8)), 1002);
}

TEST(WebSocketBadInput, N40ALengthWithTheHighBit) {
  const std::uint16_t code = close_after(head_of({text}, 0x8000'0000'0000'0001, 8));
  EXPECT_TRUE(code == 1002 || code == 1009) << code;
}

TEST(WebSocketBadInput, N41TextThatIsNotUtf8) {
  EXPECT_EQ(close_after(bytes_of({text, "\xed\xa0\x80"})), 1007);
  EXPECT_EQ(close_after(bytes_of({text, "\xf0\x9f", false}) + bytes_of({continuation, "x"})), 1007);
  EXPECT_EQ(close_after(bytes_of(close_frame(1000, "\xff"))), 1007);
}

TEST(WebSocketBadInput, N42ACloseCodeThatNobodyMaySend) {
  for (const std::uint16_t code : Codes{0, 999, 1004, 1005, 1006, 1014, 1015, 2999, 5000}) {
    EXPECT_EQ(close_after(bytes_of(close_frame(code))), 1002) << code;
  }
}

TEST(WebSocketBadInput, N43ACloseOfOneByte) { EXPECT_EQ(close_after(bytes_of({closing, "x"})), 1002); }

TEST(WebSocketBadInput, N44ABinaryFrame) {
  EXPECT_EQ(close_after(bytes_of({binary, "x"})), 1003);
  EXPECT_EQ(close_after(bytes_of({binary, ""})), 1003);
}

TEST(WebSocketBadInput, N45AMessageBeyond64KiB) {
  EXPECT_EQ(close_after(bytes_of({text, std::string(64 * 1024 + 1, 'x')})), 1009);
  std::string fragments = bytes_of({text, "x", false});
  for (int i = 1; i < 65'537; ++i) fragments += bytes_of({continuation, "x", i == 65'536});
  EXPECT_EQ(close_after(fragments), 1009);
}

TEST(WebSocketBadInput, N45AMessageOf64KiBIsTaken) {
  TestServer server;
  WebSocketClient client(server.port);
  client.send_text(std::string(64 * 1024, 'x'));
  EXPECT_EQ(client.receive().payload.size(), 64U * 1024);
}

TEST(WebSocketBadInput, N46AFloodOfPings) {
  std::string pings;
  for (int i = 0; i < 50; ++i) pings += bytes_of({ping, "x"});
  EXPECT_EQ(close_after(pings), 1008);
}

TEST(WebSocketBadInput, N46AFloodOfEmptyFragments) {
  std::string fragments = bytes_of({text, "", false});
  for (int i = 0; i < 200'000; ++i) fragments += bytes_of({continuation, "", false});
  EXPECT_EQ(close_after(fragments), 1008);
}

TEST(WebSocketBadInput, N46TheMemoryOfAllUnfinishedMessagesIsBounded) {
  Limits limits = short_limits();
  limits.buffered_body_bytes = 130'000;
  TestServer server(TestServer::with(limits));
  WebSocketClient first(server.port);
  WebSocketClient second(server.port);
  first.send({text, std::string(60'000, 'x'), false});
  const auto wait_until = [&](auto holds) {
    for (int i = 0; i < 500 && !holds(server.server.counters().body_bytes_buffered); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  };
  wait_until([](std::uint64_t bytes) { return bytes >= 60'000; });
  second.send({text, std::string(60'000, 'x'), false});
  EXPECT_EQ(second.receive_close(), 1013);
  second.send(close_frame(1013));
  wait_until([](std::uint64_t bytes) { return bytes <= 60'000; });
  first.send({continuation, "y"});
  EXPECT_EQ(first.receive().payload.size(), 60'001U);
}

}  // namespace
}  // namespace weir::net::test
