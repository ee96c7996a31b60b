// Rows 1 to 30 of the bad-input catalogue (reliability.md D) against a live server.
#include <algorithm>

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/api/net/raw_client.hpp"
#include "tests/api/net/test_server.hpp"

namespace weir::net::test {
namespace {

using namespace std::chrono_literals;

const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: weir.test\r\n\r\n";

std::string post(std::string_view fields, std::string_view body = "") { return request("POST /echo", fields, body); }

std::string chunked(std::string_view body) { return post("Transfer-Encoding: chunked\r\n", body); }

struct BadInput {
  const char* name;
  std::string bytes;
  unsigned status;
  const char* code;
};

class BadInputTest : public testing::TestWithParam<BadInput> {};

/// Refused with the status and code, then closed; the request glued behind is never parsed.
TEST_P(BadInputTest, IsRefusedAndNothingBehindItIsParsed) {
  TestServer server;
  RawClient client(server.port);
  client.send(GetParam().bytes + smuggled);
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.code(), GetParam().code);
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(answer.header("traceparent").size(), 55U);
  EXPECT_TRUE(client.is_closed());
  const auto admitted = server.handler.admitted();
  EXPECT_EQ(std::count(admitted.begin(), admitted.end(), "/smuggled"), 0);
}

std::vector<BadInput> framing() {
  const std::string te = "Transfer-Encoding: ";
  const std::string cl = "Content-Length: ";
  return {
      {"Row01TransferEncodingGzipAlone", post(te + "gzip\r\n"), 400, "bad_framing"},
      {"Row02ChunkedThenIdentity", post(te + "chunked, identity\r\n", "0\r\n\r\n"), 400, "bad_framing"},
      {"Row03XchunkedBeforeLength", post(te + "xchunked\r\n" + cl + "3\r\n", "abc"), 400, "bad_framing"},
      {"Row03LengthBeforeXchunked", post(cl + "3\r\n" + te + "xchunked\r\n", "abc"), 400, "bad_framing"},
      {"Row04QuotedChunked", post(te + "\"chunked\"\r\n", "0\r\n\r\n"), 400, "bad_framing"},
      {"Row05GzipThenChunked", post(te + "gzip, chunked\r\n", "0\r\n\r\n"), 400, "bad_framing"},
      {"Row06TwoTransferEncodings", post(te + "chunked\r\n" + te + "chunked\r\n", "0\r\n\r\n"), 400, "bad_framing"},
      {"Row06IdentityAndChunked", post(te + "identity\r\n" + te + "chunked\r\n", "0\r\n\r\n"), 400, "bad_framing"},
      {"Row06ChunkedWithParameter", post(te + "chunked;q=1\r\n", "0\r\n\r\n"), 400, "bad_framing"},
      {"Row06EmptyTransferEncoding", post(te + "\r\n"), 400, "bad_framing"},
      {"Row07TransferEncodingInHttp10", "POST /echo HTTP/1.0\r\nHost: a\r\n" + te + "chunked\r\n\r\n0\r\n\r\n", 400,
       "bad_framing"},
      {"Row08LengthThenChunked", post(cl + "5\r\n" + te + "chunked\r\n", "0\r\n\r\n"), 400, "bad_framing"},
      {"Row08ChunkedThenLength", post(te + "chunked\r\n" + cl + "5\r\n", "0\r\n\r\n"), 400, "bad_framing"},
      {"Row09LengthList", post(cl + "3, 3\r\n", "abc"), 400, "bad_framing"},
      {"Row09EqualLengthsTwice", post(cl + "3\r\n" + cl + "3\r\n", "abc"), 400, "bad_framing"},
      {"Row09DifferentLengths", post(cl + "3\r\n" + cl + "4\r\n", "abc"), 400, "bad_framing"},
      {"Row10PlusLength", post(cl + "+3\r\n", "abc"), 400, "bad_framing"},
      {"Row10NegativeLength", post(cl + "-1\r\n"), 400, "bad_framing"},
      {"Row10HexLength", post(cl + "0x3\r\n", "abc"), 400, "bad_framing"},
      {"Row10EmptyLength", post(cl + "\r\n"), 400, "bad_framing"},
      {"Row10LengthBeyond64Bits", post(cl + "18446744073709551619\r\n", "abc"), 400, "bad_framing"},
      {"Row11HexPrefixChunkSize", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400, "bad_framing"},
      {"Row11NegativeChunkSize", chunked("-1\r\nabc\r\n0\r\n\r\n"), 400, "bad_framing"},
      {"Row11SeventeenDigitChunkSize", chunked("00000000000000003\r\nabc\r\n0\r\n\r\n"), 400, "bad_framing"},
      {"Row11ChunkSizeWithSpace", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400, "bad_framing"},
      {"Row11EmptyChunkSize", chunked("\r\nabc\r\n0\r\n\r\n"), 400, "bad_framing"},
      {"Row12ChunkLongerThanItsSize", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400, "bad_framing"},
      {"Row13BareLineFeed", "GET /hello HTTP/1.1\nHost: a\n\n", 400, "bad_framing"},
      {"Row13BareCarriageReturn", "GET /hello HTTP/1.1\rHost: a\r\r", 400, "bad_framing"},
      {"Row13BareCarriageReturnInValue", request("GET /hello", "A: b\rC: d\r\n"), 400, "bad_framing"},
      {"Row13Nul", request("GET /hello", std::string("A: b\0c\r\n", 8)), 400, "bad_framing"},
      {"Row13ObsoleteFold", request("GET /hello", "A: b\r\n c\r\n"), 400, "bad_framing"},
      {"Row13SpaceBeforeColon", request("GET /hello", "A : b\r\n"), 400, "bad_framing"},
      {"Row13BareLineFeedInChunkLine", chunked("3\nabc\r\n0\r\n\r\n"), 400, "bad_framing"},
      {"Row15LongChunkExtension", chunked("3;" + std::string(100'000, 'x') + "\r\nabc\r\n0\r\n\r\n"), 400,
       "header_too_large"},
      {"Row15LongTrailers", chunked("0\r\nA: " + std::string(9'000, 'x') + "\r\n\r\n"), 400, "header_too_large"},
  };
}

std::vector<BadInput> heads() {
  return {
      {"Row16NoHost", "GET /hello HTTP/1.1\r\n\r\n", 400, "bad_request"},
      {"Row16TwoHosts", request("GET /hello", "Host: weir.test\r\n"), 400, "bad_request"},
      {"Row16HostWithUser", "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "bad_request"},
      {"Row16HostWithPath", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "bad_request"},
      {"Row16EmptyHost", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 400, "bad_request"},
      {"Row17AbsoluteFormForAnotherHost", request("GET http://other.test/hello"), 421, "misdirected_request"},
      {"Row18Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version_not_supported"},
      {"Row18Http12", "GET /hello HTTP/1.2\r\nHost: a\r\n\r\n", 505, "version_not_supported"},
      {"Row18TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400, "bad_request"},
      {"Row20Connect", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405, "method_not_allowed"},
      {"Row20Trace", request("TRACE /hello"), 405, "method_not_allowed"},
      {"Row20UnknownMethod", request("FOO!BAR /hello"), 501, "not_implemented"},
      {"Row20LowerCaseMethod", request("get /hello"), 501, "not_implemented"},
      {"Row21UnknownExpectation", post("Expect: 200-ok\r\nContent-Length: 3\r\n", "abc"), 417, "expectation_failed"},
      {"Row22LineBreakInTargetPercent", request("GET /hello%0"), 400, "bad_request"},
      {"Row94TwoAuthorizations", request("GET /hello", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400,
       "bad_request"},
  };
}

std::vector<BadInput> limits() {
  std::string many;
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  const std::string megabyte(1 << 20, 'x');
  return {
      {"Row23HeaderOf9KiB", request("GET /hello", "A: " + std::string(9 * 1024, 'x') + "\r\n"), 431,
       "header_too_large"},
      {"Row23TwoHundredFields", request("GET /hello", many), 431, "header_too_large"},
      {"Row24TargetOf9KiB", request("GET /" + std::string(9 * 1024, 'x')), 414, "uri_too_long"},
      {"Row25BodyOverTheLimitByLength", request("POST /small", "Content-Length: 101\r\n"), 413, "body_too_large"},
      {"Row25BodyOverTheLimitByChunks",
       request("POST /small", "Transfer-Encoding: chunked\r\n", "65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n"),
       413, "body_too_large"},
      {"Row25UploadOverTheLimitByLength", request("POST /upload", "Content-Length: 4194305\r\n"), 413,
       "body_too_large"},
      {"Row19GetWithBodyOf65KiB", request("GET /hello", "Content-Length: 66560\r\n", std::string(66'560, 'x')), 413,
       "body_too_large"},
      {"Row30DoublyEncoded", post("Content-Encoding: gzip, gzip\r\nContent-Length: 3\r\n", "abc"), 415,
       "unsupported_media_type"},
      {"Row30TwoEncodings", post("Content-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n", "abc"),
       415, "unsupported_media_type"},
      {"Row30UnknownEncoding", post("Content-Encoding: br\r\nContent-Length: 3\r\n", "abc"), 415,
       "unsupported_media_type"},
      {"Row30NotGzip", post("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "abc"), 422, "bad_archive"},
  };
}

std::string name_of_case(const testing::TestParamInfo<BadInput>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Framing, BadInputTest, testing::ValuesIn(framing()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Heads, BadInputTest, testing::ValuesIn(heads()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Limits, BadInputTest, testing::ValuesIn(limits()), name_of_case);

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string post_gzip(std::string_view packed) {
  return post("Content-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n", packed);
}

TEST(BadInputs, Row14TrailersAreIgnored) {
  TestServer server;
  RawClient client(server.port);
  client.send(chunked("3\r\nabc\r\n0\r\nAuthorization: Bearer x\r\nContent-Length: 9\r\nHost: other\r\n\r\n"));
  EXPECT_EQ(client.receive().body, "abc");
  EXPECT_EQ(server.handler.last().header("authorization"), "");
  EXPECT_EQ(server.handler.last().header("host"), "weir.test");
  client.send(request("GET /hello"));
  EXPECT_EQ(client.receive().status, 200U) << "the connection goes on";
}

TEST(BadInputs, Row17AbsoluteFormForTheSameHostIsServed) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET http://weir.test/hello?a=b"));
  EXPECT_EQ(client.receive().status, 200U);
  EXPECT_EQ(server.handler.last().target, "/hello?a=b");
}

TEST(BadInputs, Row19GetWithASmallBodyIsAnsweredThenClosed) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /hello", "Content-Length: 3\r\n", "abc") + smuggled);
  const Answer answer = client.receive();
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server.handler.admitted().size(), 1U);
}

TEST(BadInputs, Row22LineBreaksInAnEchoedValueAreEncoded) {
  TestServer server;
  RawClient client(server.port);
  client.send(request("GET /crlf/a%0D%0ASet-Cookie:%20b"));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.header("x-echo"), "a%0D%0ASet-Cookie: b");
  EXPECT_EQ(answer.header("set-cookie"), "");
}

TEST(BadInputs, Row26SlowHeaderIsCutOffWith408) {
  TestServer server;
  RawClient client(server.port);
  Answer answer;
  for (const char c : std::string_view("GET /hello HTTP/1.1\r\nHost: weir.test")) {
    client.send({&c, 1});
    if (!client.is_silent(50)) break;
  }
  answer = client.receive();
  EXPECT_EQ(answer.status, 408U);
  EXPECT_EQ(answer.code(), "request_timeout");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server.server.counters().timeouts, 1U);
}

TEST(BadInputs, Row26SlowBodyIsCutOffWith408) {
  TestServer server;
  RawClient client(server.port);
  client.send(post("Content-Length: 1000\r\n"));
  for (int i = 0; i < 100 && client.is_silent(50); ++i) client.send("x");
  EXPECT_EQ(client.receive().code(), "request_timeout");
  EXPECT_TRUE(client.is_closed());
}

TEST(BadInputs, Row26ReaderWhoDoesNotReadIsCutOff) {
  TestServer server;
  RawClient client(server.port, 4096);
  client.send(request("GET /large"));
  for (int i = 0; i < 500 && server.server.counters().timeouts == 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(server.server.counters().timeouts, 1U);
  EXPECT_EQ(client.receive().status, 0U) << "the answer is not whole";
}

TEST(BadInputs, Row27NewestConnectionIsRefusedAndOthersLive) {
  TestServer server;  // at most 20 from one address
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(server.port);
  for (RawClient& client : clients) client.send(request("GET /hello"));
  for (RawClient& client : clients) EXPECT_EQ(client.receive().status, 200U);
  RawClient newest(server.port);
  EXPECT_TRUE(newest.is_closed());
  clients.front().send(request("GET /hello"));
  EXPECT_EQ(clients.front().receive().status, 200U);
  EXPECT_EQ(server.server.counters().connections_refused, 1U);
  EXPECT_EQ(server.server.counters().connections_open, 20U);
}

TEST(BadInputs, Row28HundredPipelinedRequestsAreAnsweredInOrder) {
  TestServer server;
  RawClient client(server.port);
  std::string pipeline;
  for (int i = 0; i < 100; ++i) {
    const std::string body = "request " + std::to_string(i);
    pipeline += post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
  }
  client.send(pipeline + smuggled);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client.receive().body, "request " + std::to_string(i));
  EXPECT_TRUE(client.is_closed()) << "no more than 100 in a row";
}

TEST(BadInputs, Row30GzipIsUndone) {
  TestServer server;
  RawClient client(server.port);
  client.send(post_gzip(gzip("a body that was compressed")));
  EXPECT_EQ(client.receive().body, "a body that was compressed");
}

TEST(BadInputs, Row30GzipBombIsRefused) {
  TestServer server;
  RawClient client(server.port);
  client.send(post_gzip(gzip(std::string(20 << 20, '0'))));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 413U);
  EXPECT_EQ(answer.code(), "decompression_limit");
  EXPECT_TRUE(client.is_closed());
}

TEST(BadInputs, Row30CutGzipIsRefused) {
  TestServer server;
  RawClient client(server.port);
  const std::string packed = gzip("a body that was compressed");
  client.send(post_gzip(packed.substr(0, packed.size() - 5)));
  EXPECT_EQ(client.receive().code(), "bad_archive");
}

}  // namespace
}  // namespace weir::net::test
