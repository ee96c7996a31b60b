// The bytes of the primitives that every stored value is made of, and that damaged ones are told.
#include "state/format/codec.hpp"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace weir::format {
namespace {

using namespace std::string_literals;

template <class Write>
std::string written(Write write) {
  std::string bytes;
  Encoder out{bytes};
  write(out);
  return bytes;
}

TEST(Codec, WritesNumbersAsLeb128) {
  EXPECT_EQ(written([](Encoder& out) { out.number(0); }), "\0"s);
  EXPECT_EQ(written([](Encoder& out) { out.number(127); }), "\x7f"s);
  EXPECT_EQ(written([](Encoder& out) { out.number(300); }), "\xac\x02"s);
  EXPECT_EQ(written([](Encoder& out) { out.number(~std::uint64_t{0}); }), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s);
}

TEST(Codec, WritesSignedNumbersZigzag) {
  EXPECT_EQ(written([](Encoder& out) { out.signed_number(-1); }), "\x01"s);
  EXPECT_EQ(written([](Encoder& out) { out.signed_number(1); }), "\x02"s);
  EXPECT_EQ(written([](Encoder& out) { out.signed_number(-64); }), "\x7f"s);
}

TEST(Codec, WritesTextsHashesAndWideNumbers) {
  EXPECT_EQ(written([](Encoder& out) { out.text("a\0b"s); }), "\x03"s + "a\0b"s);
  EXPECT_EQ(written([](Encoder& out) { out.fixed64(0x0102030405060708); }), "\x08\x07\x06\x05\x04\x03\x02\x01"s);
  EXPECT_EQ(written([](Encoder& out) { out.hash({1, 2}); }), "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"s);
  EXPECT_EQ(written([](Encoder& out) { out.wide((static_cast<unsigned __int128>(1) << 64) | 2); }),
            "\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"s);
}

TEST(Codec, ReadsWhatItWrote) {
  std::mt19937_64 random{1};
  for (int round = 0; round < 1'000; ++round) {
    const std::uint64_t number = random() >> (random() % 64);
    const auto signed_number = static_cast<std::int64_t>(random() >> (random() % 64)) * (round % 2 == 0 ? 1 : -1);
    const std::string text(random() % 300, static_cast<char>(random()));
    const Hash128 hash{random(), random()};
    const std::string bytes = written([&](Encoder& out) {
      out.number(number);
      out.signed_number(signed_number);
      out.text(text);
      out.hash(hash);
    });
    Decoder in{bytes};
    ASSERT_EQ(in.number(), number);
    ASSERT_EQ(in.signed_number(), signed_number);
    ASSERT_EQ(in.text(), text);
    ASSERT_EQ(in.hash(), hash);
    ASSERT_TRUE(in.ok() && in.at_end());
  }
}

TEST(Codec, KeepsTheEndsOfTheRange) {
  for (const std::int64_t end : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    const std::string bytes = written([&](Encoder& out) { out.signed_number(end); });
    EXPECT_EQ(Decoder{bytes}.signed_number(), end);
  }
}

TEST(Codec, TellsEveryCut) {
  const std::string bytes = written([](Encoder& out) {
    out.number(300);
    out.text("text");
    out.hash({1, 2});
  });
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Decoder in{std::string_view{bytes}.substr(0, size)};
    in.number();
    in.text();
    in.hash();
    EXPECT_FALSE(in.ok()) << size;
  }
}

TEST(Codec, RefusesANumberWithoutAnEnd) {
  const std::string bytes(11, '\xff');
  Decoder in{bytes};
  EXPECT_EQ(in.number(), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(Codec, StaysRefused) {
  Decoder in{"\x01\x02"};
  in.refuse();
  EXPECT_EQ(in.byte(), 0);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace weir::format
