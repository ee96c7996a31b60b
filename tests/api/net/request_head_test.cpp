#include "api/net/request_head.hpp"

#include <gtest/gtest.h>

#include "api/net/target.hpp"
#include "api/net/trace_context.hpp"

namespace weir::net {
namespace {

const Limits limits;

/// What the gate makes of a head: "ok", or the code of its refusal, or "more".
std::string verdict(const std::string& bytes) {
  HeadScanner scanner(limits);
  const auto size = scanner.scan(bytes);
  if (!size) return std::string(name_of(size.error().code));
  if (*size == 0) return "more";
  const auto head = parse_request_head(std::string_view(bytes).substr(0, *size), limits);
  return head ? "ok" : std::string(name_of(head.error().code));
}

std::string with_host(const std::string& host) { return verdict("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"); }

TEST(HeadScanner, FindsTheEndHoweverTheBytesArrive) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string bytes = head + "body\r\n\r\n";
  for (std::size_t cut = 0; cut < head.size(); ++cut) {
    HeadScanner scanner(limits);
    EXPECT_EQ(*scanner.scan(std::string_view(bytes).substr(0, cut)), 0U) << cut;
    EXPECT_EQ(*scanner.scan(bytes), head.size()) << cut;
  }
}

TEST(HeadScanner, RefusesBeforeTheEndIsThere) {
  EXPECT_EQ(verdict("GET / HTTP/1.1\n"), "bad_framing");
  EXPECT_EQ(verdict("GET / HTTP/1.1\rH"), "bad_framing");
  EXPECT_EQ(verdict("\r\nGET /"), "bad_request");
  EXPECT_EQ(verdict("\x16\x03\x01"), "bad_request");
  EXPECT_EQ(verdict("GET /" + std::string(9'000, 'x')), "uri_too_long");
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nA: " + std::string(9'000, 'x')), "header_too_large");
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nA: b"), "more");
}

TEST(HeadScanner, TakesWhatIsExactlyAtTheLimit) {
  const std::string target = "/" + std::string(limits.target_bytes - 1, 'x');
  EXPECT_EQ(verdict("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), "ok");
  EXPECT_EQ(verdict("GET " + target + "x HTTP/1.1\r\nHost: a\r\n\r\n"), "uri_too_long");
  std::string fields = "Host: a\r\n";
  for (std::size_t i = 1; i < limits.fields; ++i) fields += "A: b\r\n";
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\n" + fields + "\r\n"), "ok");
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\n" + fields + "A: b\r\n\r\n"), "header_too_large");
}

TEST(RequestHead, ReadsWhatIsThere) {
  const auto head = parse_request_head(
      "POST /v1/events?x=1 HTTP/1.1\r\nHost: a:8080\r\nCONTENT-Length:  42 \r\nContent-Encoding: GZIP\r\n"
      "Expect: 100-Continue\r\nConnection: close\r\n\r\n",
      limits);
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->method, Method::post);
  EXPECT_EQ(head->content_length, 42U);
  EXPECT_EQ(head->coding, ContentCoding::gzip);
  EXPECT_TRUE(head->expects_continue);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_FALSE(head->chunked);
  EXPECT_EQ(head->trace_id.size(), 32U);
}

TEST(RequestHead, RefusesRequestLinesThatReadDifferently) {
  for (const char* line : {"GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /a b HTTP/1.1", "GET a HTTP/1.1",
                           "GET / http/1.1", "GET / HTTP/11", "GET / HTTP/1.1x", "G(T / HTTP/1.1", "GET * HTTP/1.1",
                           "GET /\xC3\xA9 HTTP/1.1", "GET /#x HTTP/1.1", "GET ftp://a/ HTTP/1.1", "GET\t/ HTTP/1.1"}) {
    EXPECT_EQ(verdict(std::string(line) + "\r\nHost: a\r\n\r\n"), "bad_request") << line;
  }
}

TEST(RequestHead, KnowsAHost) {
  for (const char* host : {"a", "a.b:80", "127.0.0.1:8080", "[::1]", "[::1]:80", "my_host"}) {
    EXPECT_EQ(with_host(host), "ok") << host;
  }
  for (const char* host :
       {"", "a@b", "a/b", "a b", "a:b", "a:123456", "[::1", "[::1]x", "a,b", ":80", "[]", "a:80:80"}) {
    EXPECT_EQ(with_host(host), "bad_request") << host;
  }
}

TEST(RequestHead, KeepsAliveByVersionAndConnection) {
  const auto keeps = [](const std::string& version, const std::string& fields) {
    return parse_request_head("GET / " + version + "\r\nHost: a\r\n" + fields + "\r\n", limits)->keep_alive;
  };
  EXPECT_TRUE(keeps("HTTP/1.1", ""));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: x,CLOSE\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0", ""));
  EXPECT_TRUE(keeps("HTTP/1.0", "Connection: keep-alive\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0", "Connection: close\r\nConnection: keep-alive\r\n"));
}

TEST(Target, SplitsBeforeItDecodes) {
  const auto target = parse_target("/v1/a%2Fb//?k=v&&k=%26&=x");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->segments, (std::vector<std::string>{"v1", "a/b", "", ""}));
  EXPECT_EQ(target->query, (std::vector<Parameter>{{"k", "v"}, {"k", "&"}, {"", "x"}}));
  EXPECT_TRUE(parse_target("/")->segments.empty());
  EXPECT_TRUE(parse_target("/?a/b")->segments.empty());
  EXPECT_EQ(parse_target("/a+b?c+d")->segments.front(), "a+b") << "a plus is a space in queries only";
}

TEST(Target, RefusesCutEscapes) {
  for (const char* target : {"/%", "/%4", "/%zz", "/a?b=%", "/a?%4=b", "a", ""}) {
    EXPECT_FALSE(parse_target(target).ok()) << target;
  }
}

TEST(TraceContext, TakesOnlyAWellFormedParent) {
  const std::string id = "0af7651916cd43dd8448eb211c80319c";
  EXPECT_EQ(trace_id_of("00-" + id + "-b7ad6b7169203331-01"), id);
  EXPECT_EQ(trace_id_of("01-" + id + "-b7ad6b7169203331-01-more"), id);
  for (const std::string& value :
       {std::string(), "ff-" + id + "-b7ad6b7169203331-01", "00-" + std::string(32, '0') + "-b7ad6b7169203331-01",
        "00-" + id + "-0000000000000000-01", "00-" + id + "-B7AD6B7169203331-01", "00-" + id}) {
    const std::string fresh = trace_id_of(value);
    EXPECT_EQ(fresh.size(), 32U);
    EXPECT_NE(fresh, id);
    EXPECT_NE(fresh, trace_id_of(value)) << "a new one each time";
  }
}

}  // namespace
}  // namespace weir::net
