#include "schemas/crypto/digest.hpp"

#include <set>

#include <gtest/gtest.h>

namespace weir::crypto {
namespace {

std::string hex(const Digest& digest) {
  std::string text;
  for (const auto byte : digest) text += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return text;
}

TEST(Digest, IsSha256ByTheVectorsOfFips180) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, IsHmacByTheVectorsOfRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, ComparesWholeTexts) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("same", "same"));
  EXPECT_FALSE(constant_time_equal("same", "some"));
  EXPECT_FALSE(constant_time_equal("same", "sam"));
}

TEST(Digest, DrawsNewKeysEachTime) {
  std::set<Key> keys;
  for (int i = 0; i < 100; ++i) keys.insert(random_key());
  EXPECT_EQ(keys.size(), 100u);
}

TEST(CaseFingerprint, DependsOnKeyWorkspaceProcessAndCase) {
  const auto key = random_key();
  const auto fingerprint = case_fingerprint(key, "acme", "orders", "case 1");
  EXPECT_EQ(fingerprint, case_fingerprint(key, "acme", "orders", "case 1"));
  EXPECT_NE(fingerprint, case_fingerprint(random_key(), "acme", "orders", "case 1"));
  EXPECT_NE(fingerprint, case_fingerprint(key, "acme", "orders", "case 2"));
  EXPECT_NE(fingerprint, case_fingerprint(key, "acme", "order", "scase 1"));
  EXPECT_NE(fingerprint, case_fingerprint(key, "acmeo", "rders", "case 1"));
}

TEST(CaseFingerprint, StaysWhatItIsBecauseErasuresAreKeptForEver) {
  Key key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
  EXPECT_EQ(to_hex(case_fingerprint(key, "acme", "orders", std::string("a\0b", 3))),
            "497124f898678db7b2332c44ba473f3f");
}

}  // namespace
}  // namespace weir::crypto
