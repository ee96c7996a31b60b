#include "schemas/base/hash.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

// XXH3-128 of its specification: stored hashes must never change.
TEST(Hash128, IsTheSameForEver) {
  EXPECT_EQ(to_hex(hash128("")), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(to_hex(hash128("a")), "a96faf705af16834e6c632b61e964e1f");
}

TEST(Hash128, IsWrittenHighWordFirst) {
  EXPECT_EQ(to_hex({0x0123456789abcdef, 0xfedcba9876543210}), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(to_hex({0, 1}), "00000000000000000000000000000001");
}

TEST(Hash128, OrdersByItsHighWord) {
  EXPECT_LT((Hash128{0, 9}), (Hash128{1, 0}));
  EXPECT_LT((Hash128{1, 0}), (Hash128{1, 1}));
}

}  // namespace
}  // namespace weir
