#include "api/net/chunked.hpp"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

struct Decoded {
  std::string body;
  std::size_t consumed = 0;
  bool done = false;
  std::string fault;
};

/// Decodes `bytes`, given in pieces of `piece` bytes.
Decoded decode(std::string_view bytes, std::size_t piece) {
  ChunkedDecoder decoder(64);
  Decoded decoded;
  while (decoded.consumed < bytes.size() && !decoder.done()) {
    const auto step = decoder.decode(bytes.substr(decoded.consumed, piece));
    if (!step) {
      decoded.fault = name_of(step.error().code);
      break;
    }
    decoded.body.append(step->data);
    decoded.consumed += step->consumed;
  }
  decoded.done = decoder.done();
  return decoded;
}

TEST(ChunkedDecoder, ReadsTheSameHoweverTheBytesArrive) {
  const std::string body = "3\r\nabc\r\nA;name=\"value\"\r\n0123456789\r\n00\r\nTrailer: x\r\n\r\n";
  for (std::size_t piece = 1; piece <= body.size() + 5; ++piece) {
    const Decoded decoded = decode(body + "GET /", piece);
    EXPECT_EQ(decoded.body, "abc0123456789");
    EXPECT_TRUE(decoded.done);
    EXPECT_EQ(decoded.consumed, body.size()) << "what follows is left";
  }
}

TEST(ChunkedDecoder, RefusesWhatIsNotAChunk) {
  for (const char* body : {"0x3\r\nabc\r\n", "-1\r\n", "+3\r\nabc\r\n", " 3\r\nabc\r\n", "3 \r\nabc\r\n", "\r\n",
                           "g\r\n", "00000000000000003\r\n", "3\nabc\r\n", "3\rabc", "3\r\nabcd\r\n", "3\r\nabc\n",
                           "0\r\nA: b\n\r\n", "3;a\x01\r\nabc\r\n", "0\r\n\rX"}) {
    EXPECT_EQ(decode(body, 100).fault, "bad_framing") << body;
  }
}

TEST(ChunkedDecoder, BoundsExtensionsAndTrailersTogether) {
  EXPECT_EQ(decode("1;" + std::string(64, 'x') + "\r\na\r\n0\r\n\r\n", 7).fault, "");
  EXPECT_EQ(decode("1;" + std::string(65, 'x') + "\r\na\r\n0\r\n\r\n", 7).fault, "header_too_large");
  EXPECT_EQ(decode("1;" + std::string(60, 'x') + "\r\na\r\n0\r\nA: bcd\r\n\r\n", 7).fault, "header_too_large");
}

TEST(ChunkedDecoder, TakesTheLargestSizeWithoutOverflow) {
  EXPECT_EQ(decode("ffffffffffffffff\r\nabc", 100).body, "abc");
  EXPECT_FALSE(decode("ffffffffffffffff\r\nabc", 100).done);
}

}  // namespace
}  // namespace weir::net
