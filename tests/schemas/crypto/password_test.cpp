#include "schemas/crypto/password.hpp"

#include <gtest/gtest.h>

namespace weir::crypto {
namespace {

std::string_view parameters_of(std::string_view hash) { return hash.substr(0, hash.find(",p=1$")); }

TEST(Password, IsVerifiedByItsHashAlone) {
  const auto hash = hash_password("correct horse");
  EXPECT_TRUE(verify_password(hash, "correct horse"));
  EXPECT_FALSE(verify_password(hash, "correct horse "));
  EXPECT_FALSE(verify_password(hash, ""));
  EXPECT_EQ(hash.find("correct"), std::string::npos);
}

TEST(Password, TakesNulAndAnyBytes) {
  using namespace std::string_literals;
  const auto hash = hash_password("a\0b"s);
  EXPECT_TRUE(verify_password(hash, "a\0b"s));
  EXPECT_FALSE(verify_password(hash, "a\0c"s));
  EXPECT_FALSE(verify_password(hash, "a"));
}

TEST(Password, HashesDifferBySalt) { EXPECT_NE(hash_password("same password"), hash_password("same password")); }

TEST(Password, IsArgon2idWith19MiBAndTwoPasses) {
  EXPECT_EQ(parameters_of(hash_password("x")), "$argon2id$v=19$m=19456,t=2");
}

TEST(Password, OfNobodyCostsAsMuchAndIsUnknown) {
  EXPECT_EQ(parameters_of(hash_of_nobody()), parameters_of(hash_password("x")));
  EXPECT_EQ(hash_of_nobody().size(), hash_password("x").size());
  for (const auto* guess : {"", "password", "nobody"}) EXPECT_FALSE(verify_password(hash_of_nobody(), guess));
}

TEST(Password, WhatIsNoHashIsRefused) {
  const auto hash = hash_password("x");
  for (const auto& damaged :
       {std::string(), std::string("x"), std::string(500, '$'), hash.substr(0, hash.size() - 1)}) {
    EXPECT_FALSE(verify_password(damaged, "x")) << damaged;
  }
}

}  // namespace
}  // namespace weir::crypto
