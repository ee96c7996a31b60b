// The examples of Amazon's documentation ("Signature Calculations for the Authorization Header", S3 API reference).
#include "state/checkpoint/sigv4.hpp"

#include <gtest/gtest.h>

#include "schemas/crypto/digest.hpp"

namespace weir::checkpoint {
namespace {

const SigningKey key{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"};
constexpr Time day = from_micros(1'369'353'600'000'000);  // 2013-05-24

std::string sha256_hex(std::string_view bytes) { return crypto::to_hex(crypto::bytes_of(crypto::sha256(bytes))); }

std::string signature_of(ToSign request) {
  request.host = "examplebucket.s3.amazonaws.com";
  request.at = day;
  for (const http::Header& header : sign(request, key)) {
    if (header.name == "authorization") return header.value.substr(header.value.rfind('=') + 1);
  }
  return {};
}

TEST(SigV4, SignsAsTheExamplesDo) {
  EXPECT_EQ(signature_of({"GET", "", "/test.txt", {}, {{"range", "bytes=0-9"}}, sha256_hex(""), {}}),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(signature_of({"PUT",
                          "",
                          encode_path("/test$file.text"),
                          {},
                          {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                          sha256_hex("Welcome to Amazon S3."),
                          {}}),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  EXPECT_EQ(signature_of({"GET", "", "/", {{"lifecycle", ""}}, {}, sha256_hex(""), {}}),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(signature_of({"GET", "", "/", {{"prefix", "J"}, {"max-keys", "2"}}, {}, sha256_hex(""), {}}),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4, EncodesStrictly) {
  EXPECT_EQ(encode_path("/a b/ü~+.txt"), "/a%20b/%C3%BC~%2B.txt");
  EXPECT_EQ(encode_query({{"prefix", "a/b"}, {"list-type", "2"}, {"uploads", ""}}),
            "list-type=2&prefix=a%2Fb&uploads=");
}

}  // namespace
}  // namespace weir::checkpoint
