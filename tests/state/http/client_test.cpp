#include "state/http/client.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "tests/state/http/listener.hpp"

namespace weir::http {
namespace {

TEST(Client, SendsARequestAsItStandsAndHearsTheWholeAnswer) {
  const Listener listener;
  std::string heard;
  std::thread server([&] {
    heard = listener.serve("\r\n\r\nbody",
                           "HTTP/1.1 100 Continue\r\nX-No: 1\r\n\r\nHTTP/1.1 404 No\r\nX-Yes:  2\r\n"
                           "Content-Length: 4\r\n\r\ngone");
  });
  Client client;
  const auto answer = client.send({"PUT", listener.url("127.0.0.1") + "/a/../b", {{"X-A", "b"}}, "body"});
  server.join();
  EXPECT_TRUE(heard.starts_with("PUT /a/../b HTTP/1.1\r\n")) << heard;
  EXPECT_NE(heard.find("\r\nX-A: b\r\n"), std::string::npos);
  EXPECT_EQ(heard.find("Expect"), std::string::npos);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404u);
  EXPECT_EQ(answer->header("x-yes"), "2");
  EXPECT_EQ(answer->header("x-no"), "");
  EXPECT_EQ(answer->body, "gone");
}

TEST(Client, HasNoAnswerWhereTheConnectionEnds) {
  const Listener listener;
  std::thread server([&] { listener.serve("\r\n\r\n", "HTTP/1.1 200 Yes\r\nContent-Length: 10\r\n\r\nhalf"); });
  Client client;
  const auto answer = client.send({"GET", listener.url("127.0.0.1"), {}, ""});
  server.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::storage_failed);
}

}  // namespace
}  // namespace weir::http
