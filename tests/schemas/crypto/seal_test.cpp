#include "schemas/crypto/seal.hpp"

#include <gtest/gtest.h>

namespace weir::crypto {
namespace {

std::string_view bytes(const Seal& seal) { return {reinterpret_cast<const char*>(seal.data()), seal.size()}; }

TEST(SealTest, IsSipHashOf128Bits) {
  // The reference implementation's first vector: key 00 01 … 0f, no bytes.
  SealKey key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
  EXPECT_EQ(to_hex(bytes(seal(key, ""))), "a3817f04ba25a8e66df67214c7550293");
}

TEST(SealTest, HoldsForItsBytesAndKeyAlone) {
  const SealKey key = seal_key(Key{1}, "purpose");
  const Seal made = seal(key, "value");
  EXPECT_TRUE(is_sealed(key, "value", bytes(made)));
  EXPECT_FALSE(is_sealed(key, "valuE", bytes(made)));
  EXPECT_FALSE(is_sealed(key, "value", bytes(made).substr(1)));
  EXPECT_FALSE(is_sealed(key, "value", ""));
  EXPECT_FALSE(is_sealed(seal_key(Key{1}, "another"), "value", bytes(made)));
  EXPECT_FALSE(is_sealed(seal_key(Key{2}, "purpose"), "value", bytes(made)));
}

}  // namespace
}  // namespace weir::crypto
