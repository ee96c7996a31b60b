#include "stream/hooks/bot_token.hpp"

#include <gtest/gtest.h>

#include "schemas/crypto/base64url.hpp"
#include "stream/hooks/signature.hpp"
#include "tests/stream/hooks/delivering.hpp"
#include "tests/support/rsa_test_key.hpp"

namespace weir::hooks {
namespace {

constexpr const char* issuer = "https://api.botframework.com";
constexpr const char* body = R"({"type": "message", "channelId": "msteams", "serviceUrl": "https://smba.example/"})";
constexpr const char* header = R"({"alg":"RS256","kid":"k1"})";
constexpr const char* claims =
    R"({"iss":"https://api.botframework.com","aud":"app","exp":2000,"nbf":1000,"serviceurl":"https://smba.example/"})";

/// Of the test key, in base64url.
constexpr const char* modulus =
    "0FAxq3SxuhIqw54Ikl9RZYerdz7UbRj7KI9T-E1H8lYHMZU0shh6VXHCuP8MIe-iGeV54Y0S86i735XAtnT7XPA3uqAaGH8cIBWL"
    "7j-vfY-tyacVvi-bDCxvk3JgmqzvADDxDG0MmhNmXZUyEb0FoFsV3Z3NW3Jd29BtFTdfW5-uwdN3oh75Bpl7gjmgBO7YAbNi-Ppu"
    "ykRP8IfdDINY-VzTyhe3UbmGBdp-FUoRTAqA7LkoXDO2Gij4Mwesn_v705QxFvD52SncxfGNY5NRSeMFsWBs6Ns4VH2NfqRPypuR"
    "2ahjZqimg2TMcXc1-d6UmXrlY8WItoYJvUDVkjuwtQ";

const BotIdentity identity{"app", issuer, "https://login.example/config"};

/// The test key's public half, as Microsoft publishes its own.
std::string key_set(const std::string& more = "") {
  return R"({"keys":[{"kty":"EC","kid":"e"},{"kty":"RSA","kid":"k1","e":"AQAB","n":")" + std::string(modulus) + "\"" +
         more + "}]}";
}

std::string token(const std::string& head, const std::string& body_of_it) {
  const std::string bytes = crypto::to_base64url(head) + '.' + crypto::to_base64url(body_of_it);
  return bytes + '.' + crypto::to_base64url(crypto::RsaKey::read(rsa_test_key)->sign(bytes));
}

TokenVerdict judge(const std::string& given, std::int64_t second = 1500, const std::string& keys = key_set()) {
  return judge_token(given, identity, *read_bot_keys(keys), body, from_micros(second * 1'000'000));
}

TEST(BotToken, IsGoodForThisBotByAPublishedKey) {
  EXPECT_EQ(judge(token(header, claims)), TokenVerdict::good);
  EXPECT_EQ(judge(token(header, claims), 1500, key_set(R"(,"endorsements":["msteams"])")), TokenVerdict::good);
  EXPECT_EQ(judge(token(header, claims), 1500, key_set(R"(,"endorsements":["slack"])")), TokenVerdict::bad);
}

TEST(BotToken, HoldsForItsTimeAndFiveMinutes) {
  EXPECT_EQ(judge(token(header, claims), 2299), TokenVerdict::good);
  EXPECT_EQ(judge(token(header, claims), 2301), TokenVerdict::expired);
  EXPECT_EQ(judge(token(header, claims), 701), TokenVerdict::good);
  EXPECT_EQ(judge(token(header, claims), 699), TokenVerdict::expired);
}

TEST(BotToken, IsBadWhereItSaysHowToTrustIt) {
  for (const char* other :
       {R"({"alg":"none","kid":"k1"})", R"({"alg":"HS256","kid":"k1"})", R"({"alg":"RS256"})",
        R"({"alg":"RS256","kid":"k1","jku":"https://x"})", R"({"alg":"RS256","kid":"k1","jwk":{}})",
        R"({"alg":"RS256","kid":"k1","crit":[]})", R"({"alg":"RS256","kid":"k1","kid":"k1"})", "[]", "x"}) {
    EXPECT_EQ(judge(token(other, claims)), TokenVerdict::bad) << other;
  }
  EXPECT_EQ(judge(token(R"({"alg":"RS256","kid":"other"})", claims)), TokenVerdict::unknown_key);
}

TEST(BotToken, IsBadForAnother) {
  for (const auto& [what, instead] :
       std::vector<std::pair<std::string, std::string>>{{"\"aud\":\"app\"", "\"aud\":\"other\""},
                                                        {"\"aud\":\"app\",", ""},
                                                        {"api.botframework", "api.other"},
                                                        {"\"exp\":2000", "\"exp\":\"2000\""},
                                                        {"\"exp\":2000", "\"exp\":2e3"},
                                                        {"smba.example", "evil.example"},
                                                        {"\"nbf\":1000", "\"nbf\":1.5"}}) {
    std::string changed = claims;
    changed.replace(changed.find(what), what.size(), instead);
    EXPECT_EQ(judge(token(header, changed)), TokenVerdict::bad) << changed;
  }
}

TEST(BotToken, IsBadWithAnotherSignatureOrForm) {
  const std::string good = token(header, claims);
  std::string changed = good;
  changed[changed.size() - 3] = changed[changed.size() - 3] == 'A' ? 'B' : 'A';
  EXPECT_EQ(judge(changed), TokenVerdict::bad);
  for (const std::string& form : {good + ".x", good + "=", std::string("a.b"), std::string(), "." + good,
                                  good.substr(0, good.rfind('.') + 1), std::string(10'000, 'a')}) {
    EXPECT_EQ(judge(form), TokenVerdict::bad) << form.substr(0, 40);
  }
}

TEST(BotToken, KeysThatAreNoneAreRefused) {
  for (const char* keys :
       {"", "{}", "[]", R"({"keys":[]})", R"({"keys":[{"kty":"RSA","kid":"k","n":"AQAB","e":"AQAB"}]})",
        R"({"keys":[1,{"kty":"RSA","kid":"k"}]})"}) {
    EXPECT_FALSE(read_bot_keys(keys)) << keys;
  }
  EXPECT_EQ(keys_address(R"({"issuer":"x","jwks_uri":"https://login.example/keys"})").value(),
            "https://login.example/keys");
  EXPECT_FALSE(keys_address("{}"));
}

TEST(BotToken, SignsADelivery) {
  Sent sent{{{"authorization", "Bearer " + token(header, claims)}}, body, "", from_micros(1'500'000'000)};
  const Signing signing{Provider::bot_connector, {}, {}, identity};
  const auto keys = read_bot_keys(key_set());
  EXPECT_EQ(verify(signing, sent.delivery(), &*keys), Verdict::verified);
  EXPECT_EQ(verify(signing, sent.delivery()), Verdict::needs_keys);
  sent.headers.clear();
  EXPECT_EQ(verify(signing, sent.delivery(), &*keys), Verdict::not_signed);
}

}  // namespace
}  // namespace weir::hooks
