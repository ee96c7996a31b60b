#include <gtest/gtest.h>

#include "tests/api/net/test_server.hpp"
#include "tests/api/net/web_socket_client.hpp"

namespace weir::net::test {
namespace {

using namespace std::chrono_literals;

ServerOptions with(const std::function<void(WebSocketLimits&)>& change) {
  ServerOptions options = TestServer::with(short_limits());
  change(options.limits.web_socket);
  return options;
}

/// A server with one WebSocket open on it.
struct Open {
  explicit Open(const ServerOptions& options = TestServer::with(short_limits()), int receive_buffer_bytes = 0)
      : server(options), client(server.port, receive_buffer_bytes), socket(server.handler.socket()) {
    EXPECT_TRUE(socket && socket->is_opened());
  }

  TestServer server;
  WebSocketClient client;
  std::shared_ptr<ShowingSocket> socket;
};

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 500 && !holds(); ++i) std::this_thread::sleep_for(10ms);
  return holds();
}

TEST(WebSocket, AnswersTheHandshakeOfTheStandard) {
  TestServer server;
  WebSocketClient client(server.port);
  EXPECT_EQ(client.answer().status, 101U);
  EXPECT_EQ(client.answer().header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(client.answer().header("upgrade"), "websocket");
  EXPECT_EQ(client.answer().header("connection"), "Upgrade");
  EXPECT_EQ(client.answer().header("server"), "weir");
  EXPECT_EQ(client.answer().header("sec-websocket-extensions"), "");
}

TEST(WebSocket, TakesFramesThatCameWithTheHandshake) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /socket", upgrade_fields()) + bytes_of({text, "early"}) + bytes_of({text, "birds"}));
  EXPECT_EQ(client.receive().status, 101U);
  EXPECT_EQ(client.take(14),
            "\x81\x05"
            "early"
            "\x81\x05"
            "birds");
}

TEST(WebSocket, ServesRequestsBeforeTheUpgrade) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /hello"));
  EXPECT_EQ(client.receive().body, "hello");
  client.send(request("GET /socket", upgrade_fields()) + bytes_of({text, "x"}));
  EXPECT_EQ(client.receive().status, 101U);
  EXPECT_EQ(client.take(3), "\x81\x01x");
}

TEST(WebSocket, SendsOwnAndSharedPartsAsOneFrame) {
  Open open;
  const auto small = std::make_shared<const std::string>(100, 's');
  const auto large = std::make_shared<const std::string>(70'000, 'l');
  open.socket->send({"a:", small});
  open.socket->send({"b:", large});
  open.socket->send({"c:"});
  open.socket->send({"", large});
  open.socket->send({""});
  EXPECT_EQ(open.client.receive(), (Frame{text, "a:" + *small}));
  EXPECT_EQ(open.client.receive(), (Frame{text, "b:" + *large}));
  EXPECT_EQ(open.client.receive(), (Frame{text, "c:"}));
  EXPECT_EQ(open.client.receive(), (Frame{text, *large}));
  EXPECT_EQ(open.client.receive(), (Frame{text, ""}));
}

TEST(WebSocket, SendsWhatIsPendingInOneWrite) {
  Open open;
  open.socket->echo(false);
  open.socket->be_ready(false);
  const auto shared = std::make_shared<const std::string>(600, 's');
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) open.socket->send({"x", shared});
    });
  }
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(open.client.receive().payload.size(), 601U);
  EXPECT_EQ(open.server.server.counters().messages_sent, 1000U);
  EXPECT_LT(open.server.server.counters().web_socket_writes, 1000U);
}

TEST(WebSocket, ASlowReadersMessagesStayWithTheHandler) {
  Open open(with([](WebSocketLimits&) {}), 4'096);
  const auto shared = std::make_shared<const std::string>(60'000, 's');
  for (int i = 0; i < 1'000; ++i) open.socket->send({std::to_string(i), shared});
  std::this_thread::sleep_for(100ms);  // time to take more than it should
  EXPECT_GT(open.socket->pending(), 800U);
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(open.client.receive().payload, std::to_string(i) + *shared);
}

TEST(WebSocket, AReaderThatTakesNothingIsCut) {
  Open open(with([](WebSocketLimits&) {}), 4'096);
  const auto shared = std::make_shared<const std::string>(60'000, 's');
  for (int i = 0; i < 1'000; ++i) open.socket->send({"", shared});
  EXPECT_EQ(open.socket->closed_as(), (WebSocketClose{close_code::abnormal, ""}));
  EXPECT_EQ(open.server.server.counters().timeouts, 1U);
}

TEST(WebSocket, AHandlerThatIsNotReadyHoldsTheClientUp) {
  Open open;
  open.client.send_text("0");
  EXPECT_TRUE(open.socket->has_received(1));
  open.socket->be_ready(false);
  for (int i = 1; i < 10; ++i) open.client.send_text(std::to_string(i));
  std::this_thread::sleep_for(50ms);
  EXPECT_LE(open.socket->received(), 2U) << "one more, whose reading had begun";
  open.socket->be_ready(true);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(open.client.receive().payload, std::to_string(i));
}

TEST(WebSocket, ClosesWithCodeAndReason) {
  Open open;
  open.socket->close({4401, "token_expired"});
  const Frame frame = open.client.receive();
  EXPECT_EQ(frame, close_frame(4401, "token_expired"));
  open.client.send(close_frame(4401));
  EXPECT_TRUE(open.client.raw().is_closed());
  EXPECT_EQ(open.socket->closed_as(), (WebSocketClose{4401, "token_expired"}));
}

TEST(WebSocket, TellsHowTheClientClosed) {
  Open open;
  open.client.send(close_frame(3001, "enough"));
  EXPECT_EQ(open.client.receive_close(), 3001);
  EXPECT_EQ(open.socket->closed_as(), (WebSocketClose{3001, "enough"}));
  Open silent;
  silent.client.send({closing});
  EXPECT_EQ(silent.socket->closed_as(), (WebSocketClose{close_code::no_code, ""}));
}

TEST(WebSocket, SendsNothingAfterItsCloseFrame) {
  Open open;
  open.socket->close({close_code::normal, ""});
  EXPECT_EQ(open.client.receive_close(), 1000);
  open.socket->send({"late"});
  open.client.send_text("later");
  open.client.send({ping});
  EXPECT_TRUE(open.client.raw().is_silent(50));
  EXPECT_EQ(open.socket->received(), 0U);
}

TEST(WebSocket, CutsAClientThatDoesNotAnswerTheClose) {
  Open open(with([](WebSocketLimits& limits) { limits.close_time = 100ms; }));
  open.socket->close({close_code::policy, "enough"});
  EXPECT_EQ(open.client.receive_close(), 1008);
  EXPECT_EQ(open.socket->closed_as(), (WebSocketClose{close_code::policy, "enough"}));
  EXPECT_TRUE(open.client.raw().is_closed());
}

TEST(WebSocket, TellsOfAClientThatVanished) {
  auto open = std::make_unique<Open>();
  {
    const WebSocketClient gone = std::move(open->client);
  }
  EXPECT_EQ(open->socket->closed_as(), (WebSocketClose{close_code::abnormal, ""}));
  EXPECT_TRUE(eventually([&] { return open->server.server.counters().connections_open == 0; }));
  EXPECT_EQ(open->server.server.counters().web_sockets_open, 0U);
}

TEST(WebSocket, AHandlerThatThrowsClosesItsConnectionAlone) {
  Open open;
  open.client.send_text("throw");
  EXPECT_EQ(open.client.receive_close(), 1011);
  WebSocketClient other(open.server.port);
  other.send_text("fine");
  EXPECT_EQ(other.receive().payload, "fine");
}

TEST(WebSocket, PingsAndKeepsWhoAnswers) {
  Open open(with([](WebSocketLimits& limits) {
    limits.ping_time = 50ms;
    limits.pong_time = 200ms;
  }));
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(open.client.receive().opcode, ping);
    open.client.send({pong});
  }
  open.client.send_text("here");
  Frame frame = open.client.receive();
  if (frame.opcode == ping) frame = open.client.receive();
  EXPECT_EQ(frame.payload, "here");
}

TEST(WebSocket, CutsWhoDoesNotAnswerAPing) {
  Open open(with([](WebSocketLimits& limits) {
    limits.ping_time = 50ms;
    limits.pong_time = 100ms;
  }));
  EXPECT_EQ(open.client.receive().opcode, ping);
  open.client.send_raw(head_of({text}, 100, 0));  // half a frame is no sign of life
  EXPECT_EQ(open.socket->closed_as(), (WebSocketClose{close_code::abnormal, ""}));
}

TEST(WebSocket, DoesNotCutWhomItDoesNotRead) {
  Open open(with([](WebSocketLimits& limits) {
    limits.ping_time = 50ms;
    limits.pong_time = 50ms;
  }));
  open.client.send_text("0");
  EXPECT_TRUE(open.socket->has_received(1));
  open.socket->be_ready(false);
  open.client.send_text("whose reading had begun");
  std::this_thread::sleep_for(300ms);
  open.socket->be_ready(true);
  open.client.send_text("1");
  EXPECT_TRUE(open.socket->has_received(3));
}

TEST(WebSocket, TicksAboutEverySecond) {
  Open open;
  std::this_thread::sleep_for(1'500ms);
  EXPECT_EQ(open.socket->ticks, 1);
}

TEST(WebSocket, DrainsWithLastWords) {
  Open open(with([](WebSocketLimits& limits) { limits.drain_time = 100ms; }));
  std::jthread draining([&] { open.server.server.drain(5s); });
  EXPECT_EQ(open.client.receive().payload, "draining");
  EXPECT_EQ(open.client.receive(), close_frame(1001, "draining"));
  open.client.send(close_frame(1001));
  EXPECT_TRUE(open.client.raw().is_closed());
}

TEST(WebSocket, StoppingTheServerEndsIt) {
  auto open = std::make_unique<Open>();
  open->server.server.stop();
  EXPECT_EQ(open->socket->closed_as(), (WebSocketClose{close_code::abnormal, ""}));
  open->socket->send({"nobody listens"});
  open->socket->close({});
}

TEST(WebSocket, TheHandleOutlivesTheServer) {
  std::shared_ptr<ShowingSocket> kept;
  {
    Open open;
    kept = open.socket;
  }
  kept->send({"nobody listens"});
  kept->close({});
}

TEST(WebSocket, ClosingWhileAMessageWaitsForItsReader) {
  Open open(with([](WebSocketLimits& limits) { limits.close_time = 200ms; }), 4'096);
  const auto shared = std::make_shared<const std::string>(8 << 20, 's');
  open.socket->send({"", shared});
  std::this_thread::sleep_for(50ms);
  open.socket->close({close_code::try_again, "slow_consumer"});
  EXPECT_EQ(open.socket->closed_as(), (WebSocketClose{close_code::try_again, "slow_consumer"}));
}

}  // namespace
}  // namespace weir::net::test
