#include "schemas/crypto/base64url.hpp"

#include <gtest/gtest.h>

#include "schemas/crypto/digest.hpp"

namespace weir::crypto {
namespace {

TEST(Base64url, EncodesTheVectorsOfRfc4648WithoutPadding) {
  EXPECT_EQ(to_base64url(""), "");
  EXPECT_EQ(to_base64url("f"), "Zg");
  EXPECT_EQ(to_base64url("fo"), "Zm8");
  EXPECT_EQ(to_base64url("foo"), "Zm9v");
  EXPECT_EQ(to_base64url("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64url("\xfb\xff\xbf"), "-_-_");
}

TEST(Base64url, GivesBackEveryLength) {
  for (std::size_t size = 0; size < 100; ++size) {
    const auto bytes = random_bytes(size);
    const auto text = to_base64url(bytes);
    EXPECT_EQ(from_base64url(text), bytes);
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
  }
}

TEST(Base64url, RefusesWhatItWouldNotHaveWritten) {
  for (const auto* text : {"Zg==", "Zg=", "Z", "Zm9vY", "Zm 9v", "Zm9v\n", "Zm+v", "Zm/v", "Zh", "Zm9", "Zm\xc3\xa9"}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
}

}  // namespace
}  // namespace weir::crypto
