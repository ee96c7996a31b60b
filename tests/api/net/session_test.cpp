#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/api/net/raw_client.hpp"
#include "tests/api/net/test_server.hpp"

namespace weir::net::test {
namespace {

using namespace std::chrono_literals;

std::string post(std::string_view target, std::string_view body, std::string_view fields = "") {
  return request("POST " + std::string(target),
                 std::string(fields) + "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

TEST(Session, KeepsTheConnectionAndSaysWhoAnswered) {
  TestServer server;
  RawClient client(server.port);
  for (int i = 0; i < 3; ++i) {
    client.send(post("/echo", "abc"));
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "abc");
    EXPECT_EQ(answer.header("server"), "weir");
    EXPECT_EQ(answer.header("date").size(), 29U);
    EXPECT_EQ(answer.header("connection"), "");
  }
  EXPECT_EQ(server.server.counters().connections_accepted, 1U);
  EXPECT_EQ(server.server.counters().requests, 3U);
  EXPECT_EQ(server.server.counters().answers_by_class[2], 3U);
}

TEST(Session, KeepsTheTraceOfTheCaller) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /hello", "traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01\r\n"));
  EXPECT_EQ(client.receive().header("traceparent").substr(0, 36), "00-0123456789abcdef0123456789abcdef-");
  EXPECT_EQ(server.handler.last().trace_id, "0123456789abcdef0123456789abcdef");
}

TEST(Session, GivesTheHandlerDecodedNames) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /a%2Fb/c%20d?x=1+2&y=%C3%A9&x=3&flag", "X-Some: thing\r\n"));
  EXPECT_EQ(client.receive().status, 200U);
  const RequestHead head = server.handler.last();
  EXPECT_EQ(head.segments, (std::vector<std::string>{"a/b", "c d"}));
  EXPECT_EQ(head.parameter("x"), "1 2");
  EXPECT_EQ(head.parameter("y"), "\xC3\xA9");
  EXPECT_EQ(head.parameter("flag"), "");
  EXPECT_EQ(head.parameter("absent"), std::nullopt);
  EXPECT_EQ(head.header("x-some"), "thing");
  EXPECT_EQ(head.remote_address, "127.0.0.1");
  EXPECT_FALSE(head.secure);
}

TEST(Session, TakesARequestByteByByte) {
  TestServer server;
  RawClient client(server.port);
  const std::string whole =
      request("POST /echo", "Transfer-Encoding: chunked\r\n", "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  for (const char c : whole) client.send({&c, 1});
  EXPECT_EQ(client.receive().body, "abcde");
}

TEST(Session, TakesALargeBody) {
  TestServer server;
  RawClient client(server.port);
  std::string body;
  for (int i = 0; body.size() < 900'000; ++i) body += std::to_string(i) + ",";
  client.send(post("/echo", body));
  EXPECT_EQ(client.receive().body, body);
  client.send(request("GET /hello"));  // taken up once the request before it is over
  EXPECT_EQ(client.receive().status, 200U);
  EXPECT_EQ(server.server.counters().body_bytes_buffered, 0U);
}

TEST(Session, InvitesABodyThatWaits) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("POST /echo", "Expect: 100-continue\r\nContent-Length: 3\r\n"));
  EXPECT_EQ(client.receive().status, 100U);
  client.send("abc");
  EXPECT_EQ(client.receive().body, "abc");
}

TEST(Session, RefusesABodyThatWaitsWithoutInvitingIt) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("POST /small", "Expect: 100-continue\r\nContent-Length: 300\r\n"));
  EXPECT_EQ(client.receive().status, 413U);
  EXPECT_TRUE(client.is_closed());
}

TEST(Session, AnswersHeadWithoutABody) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("HEAD /hello"));
  const Answer answer = client.receive(true);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.header("content-length"), "5");
  client.send(request("GET /hello"));
  EXPECT_EQ(client.receive().body, "hello") << "the next answer begins where it should";
}

TEST(Session, ServesHttp10) {
  TestServer server;
  RawClient closing(server.port);
  closing.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closing.receive().body, "hello");
  EXPECT_TRUE(closing.is_closed());
  RawClient keeping(server.port);
  keeping.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(keeping.receive().header("connection"), "keep-alive");
  keeping.send("GET /export HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(keeping.receive().body.substr(0, 16), "piece 0;piece 1;");
}

TEST(Session, ClosesWhenAsked) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /hello", "Connection: x, Close\r\n"));
  EXPECT_EQ(client.receive().header("connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Session, GoesOnAfterARefusalWithASmallBody) {
  TestServer server;
  RawClient client(server.port);
  client.send(post("/refused", "abc"));
  const Answer refused = client.receive();
  EXPECT_EQ(refused.status, 401U);
  EXPECT_EQ(refused.header("www-authenticate"), "Bearer");
  client.send(request("GET /hello"));
  EXPECT_EQ(client.receive().status, 200U);
}

TEST(Session, TakesAnswersFromOtherThreads) {
  TestServer server;
  RawClient client(server.port);
  for (int i = 0; i < 50; ++i) {
    client.send(request("GET /later"));
    ASSERT_EQ(client.receive().body, "later");
  }
}

TEST(Session, AnswersOneRequestAtATime) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /held") + request("GET /hello"));
  ASSERT_TRUE(server.handler.waits_for_release());
  EXPECT_TRUE(client.is_silent(50));
  EXPECT_EQ(server.handler.admitted().size(), 1U);
  server.handler.release();
  EXPECT_EQ(client.receive().body, "released");
  EXPECT_EQ(client.receive().body, "hello");
}

TEST(Session, SaysSoWhenAHandlerFailsOrForgets) {
  std::string fault;
  ServerOptions options = TestServer::with(short_limits());
  options.threads = 1;
  options.on_fault = [&](std::string_view text) { fault = text; };
  TestServer server(options);
  RawClient client(server.port);
  for (const char* target : {"GET /dropped", "GET /throws"}) {
    client.send(request(target));
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, 500U);
    EXPECT_EQ(answer.code(), "internal");
  }
  EXPECT_EQ(fault, "handler");
}

TEST(Session, SendsABodyThatIsMadeOnTheWay) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /export"));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.header("transfer-encoding"), "chunked");
  EXPECT_EQ(answer.body.size(), 80U);
  client.send(request("GET /hello"));
  EXPECT_EQ(client.receive().status, 200U);
}

TEST(Session, CutsABodyThatBreaks) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /broken-export"));
  EXPECT_EQ(client.receive().status, 0U) << "a broken body never looks whole";
  EXPECT_TRUE(client.is_closed());
}

TEST(Upload, StreamsToTheSink) {
  TestServer server;
  RawClient client(server.port);
  client.send(post("/upload", std::string(3 << 20, 'x')));
  EXPECT_EQ(client.receive().body, std::to_string(3 << 20));
  client.send(request("POST /upload", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"));
  EXPECT_EQ(client.receive().body, std::to_string((3 << 20) + 3));
}

TEST(Upload, ReadsNoMoreThanTheSinkTakes) {
  TestServer server;
  server.handler.sink->hold();
  RawClient client(server.port);
  std::thread sender([&] { client.send(post("/upload", std::string(4 << 20, 'x'))); });
  std::this_thread::sleep_for(500ms);  // longer than a slow body may take: the sink's time is not the client's
  EXPECT_LE(server.handler.sink->received(), 64U * 1024);
  server.handler.sink->release();
  sender.join();
  EXPECT_EQ(client.receive().body, std::to_string(4 << 20));
}

TEST(Upload, TellsTheSinkThatTheClientWentAway) {
  TestServer server;
  {
    RawClient client(server.port);
    client.send(request("POST /upload", "Content-Length: 1000\r\n", "abc"));
  }
  EXPECT_EQ(server.handler.sink->aborted_with(), Code::upload_aborted);
}

TEST(Upload, AnswersWithTheFaultThatTheSinkFound) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("POST /upload", "Content-Length: 100000\r\n", "poison"));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 422U);
  EXPECT_EQ(answer.code(), "bad_csv");
  EXPECT_NE(answer.body.find("\"detail\":\"A row is wrong.\""), std::string::npos);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, RefusesBodiesBeyondAFairShareOfTheBudget) {
  TestServer server;  // two MiB for all bodies
  RawClient holder(server.port);
  holder.send(post("/held", std::string(1'000'000, 'x')));
  for (int i = 0; i < 500 && server.server.counters().body_bytes_buffered < 1'000'000; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  RawClient other(server.port);
  other.send(post("/echo", std::string(200'000, 'x'), "X-Sharer: other\r\n"));
  EXPECT_EQ(other.receive().status, 200U);
  RawClient late(server.port);
  late.send(post("/echo", std::string(200'000, 'x')));
  const Answer refused = late.receive();
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(refused.code(), "overloaded");
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(server.server.counters().bodies_refused, 1U);
  server.handler.release();
  EXPECT_EQ(holder.receive().status, 200U);
}

TEST(Server, DrainsWithoutLosingARequest) {
  TestServer server;
  RawClient idle(server.port);
  idle.send(request("GET /hello"));
  EXPECT_EQ(idle.receive().status, 200U);
  RawClient busy(server.port);
  busy.send(request("GET /held"));
  ASSERT_TRUE(server.handler.waits_for_release());
  std::thread drain([&] { server.server.drain(5s); });
  EXPECT_TRUE(idle.is_closed());
  EXPECT_TRUE(busy.is_silent(50));
  server.handler.release();
  const Answer answer = busy.receive();
  EXPECT_EQ(answer.body, "released");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(busy.is_closed());
  drain.join();
  EXPECT_EQ(server.server.counters().connections_open, 0U);
}

TEST(Server, StopsWithRequestsInFlight) {
  auto server = std::make_unique<TestServer>();
  RawClient client(server->port);
  client.send(request("GET /held"));
  ASSERT_TRUE(server->handler.waits_for_release());
  server->server.stop();
  EXPECT_TRUE(client.is_closed());
  server->handler.release();  // nobody is left to be answered
}

TEST(Server, OutlivesALackOfDescriptors) {
  TestServer server;
  RawClient living(server.port);
  living.send(request("GET /hello"));
  EXPECT_EQ(living.receive().status, 200U);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{256, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  std::vector<int> taken;
  for (int copy = dup(0); copy >= 0; copy = dup(0)) taken.push_back(copy);
  close(taken.back());  // one is left: the next client's own
  taken.pop_back();
  RawClient refused(server.port);
  EXPECT_TRUE(refused.is_closed());
  living.send(request("GET /hello"));
  EXPECT_EQ(living.receive().status, 200U);
  for (const int copy : taken) close(copy);
  setrlimit(RLIMIT_NOFILE, &before);
  RawClient served(server.port);
  served.send(request("GET /hello"));
  EXPECT_EQ(served.receive().status, 200U);
}

TEST(Server, SaysWhyItCannotListen) {
  TestServer first;
  ServerOptions options;
  options.port = first.port;
  ShowingHandler handler;
  Server second(options, handler, first.clock);
  const auto port = second.start();
  ASSERT_FALSE(port.ok());
  EXPECT_EQ(port.error().code, Code::cannot_listen);
  ServerOptions nowhere;
  nowhere.address = "weir.test";
  EXPECT_EQ(Server(nowhere, handler, first.clock).start().error().code, Code::cannot_listen);
}

}  // namespace
}  // namespace weir::net::test
