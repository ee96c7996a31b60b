#include "schemas/codec/json_writer.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "schemas/codec/json_reader.hpp"

namespace weir {
namespace {

template <class T>
std::string written(const T& value) {
  std::string out;
  JsonWriter(out).value(value);
  return out;
}

TEST(JsonWriter, SetsTheCommas) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("a", 1).key("b").begin_array().value("x").value(true).value(nullptr).begin_object();
  json.end_object().begin_array().end_array().end_array().key("c").raw("[1,2]").member("d", 2.5).end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x",true,null,{},[]],"c":[1,2],"d":2.5})");
}

TEST(JsonWriter, EscapesWhatMustBe) {
  EXPECT_EQ(written(std::string("\0\x1f\n\r\t\b\f\"\\/\x7f", 11)), R"("\u0000\u001f\n\r\t\b\f\"\\/)"
                                                                   "\x7f\"");
  EXPECT_EQ(written("Zürich 😀 \u202e"), "\"Zürich 😀 \u202e\"");
  EXPECT_EQ(written(""), "\"\"");
}

TEST(JsonWriter, WritesEveryWidthOfInteger) {
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written(std::uint8_t{200}), "200");
  EXPECT_EQ(written(Int128{0}), "0");
  EXPECT_EQ(written(Int128{-1}), "-1");
  const auto most = static_cast<Int128>(~static_cast<unsigned __int128>(0) >> 1);
  EXPECT_EQ(written(most), "170141183460469231731687303715884105727");
  EXPECT_EQ(written(-most - 1), "-170141183460469231731687303715884105728");
}

TEST(JsonWriter, WritesDoublesForPeople) {
  EXPECT_EQ(written(0.0), "0");
  EXPECT_EQ(written(-0.0), "-0");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(1e6), "1000000");
  EXPECT_EQ(written(123456.75), "123456.75");
  EXPECT_EQ(written(0.000001), "0.000001");
  EXPECT_EQ(written(1e300), "1e+300");
  EXPECT_EQ(written(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(written(-std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWriter, WritesDoublesThatReadBack) {
  std::mt19937_64 random(2);
  JsonParser parser;
  for (int i = 0; i < 100'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const auto read = parser.parse(written(value));
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(read->as_double(), value);
  }
}

}  // namespace
}  // namespace weir
