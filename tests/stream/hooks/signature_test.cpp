// Each provider's signature: published examples where there are, else made by Python's hmac; and the bad inputs
// 104-107.
#include "stream/hooks/signature.hpp"

#include <array>

#include <gtest/gtest.h>

#include "tests/stream/hooks/delivering.hpp"

namespace weir::hooks {
namespace {

constexpr const char* standard_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* another_secret = "whsec_YW5vdGhlci1zZWNyZXQtb2YtYS1ob29rLXRlc3Q=";
constexpr const char* standard_mac = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr const char* slack_body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&"
    "user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack."
    "com%"
    "2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
    "803a0bc887a14d10d2c447fce8b6703c";
constexpr const char* twilio_url = "https://mycompany.com/myapp.php?foo=1&bar=2";

Time at(std::int64_t seconds) { return from_micros(seconds * 1'000'000); }

/// A rightly signed delivery of each provider, with the hook's signing.
struct Example {
  const char* name;
  Signing signing;
  Sent sent;
};

std::vector<Example> with_a_time() {
  return {
      {"standard",
       signing(Provider::standard, {standard_secret}),
       {{{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
         {"webhook-timestamp", "1614265330"},
         {"webhook-signature", standard_mac}},
        R"({"test": 2432232314})"}},
      {"standard, ed25519",
       signing(Provider::standard, {"whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}),
       {{{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
         {"webhook-timestamp", "1614265330"},
         {"webhook-signature",
          "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw=="}},
        R"({"test": 2432232314})"}},
      {"slack",
       signing(Provider::slack, {"8f742231b10e8888abcd99yyyzzz85a5"}),
       {{{"x-slack-request-timestamp", "1531420618"},
         {"x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"}},
        slack_body,
        "",
        at(1'531'420'618)}},
      {"stripe",
       signing(Provider::stripe, {"whsec_test_secret_of_stripe"}),
       {{{"stripe-signature",
          "t=1614265330,v1=fa24a3923b918c79e70d2e3b6088e6e35141c66306a1d5de5d2f6f290eeb949c,v0=00"}},
        R"({"id":"evt_1"})"}},
      {"zendesk",
       signing(Provider::zendesk, {"dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="}),
       {{{"x-zendesk-webhook-signature", "Kzt6t9TOqrEthKXVXg92iPllMQZqdoKVGvIpEW4vGtw="},
         {"x-zendesk-webhook-signature-timestamp", "2021-03-25T05:09:27Z"}},
        R"({"id":"1"})",
        "",
        at(1'616'648'967)}},
      {"mailgun",
       signing(Provider::mailgun, {"key-0123456789abcdef"}),
       {{},
        R"({"signature":{"timestamp":"1614265330","token":"b0c91a7e7d43",)"
        R"("signature":"47286f17e99f2497ff80a89bf6f8c29a835b5b4c35e020193f9c8e77c983e45c"}})"}},
      {"mailgun, a form",
       signing(Provider::mailgun, {"key-0123456789abcdef"}),
       {{{"content-type", "application/x-www-form-urlencoded"}},
        "timestamp=1614265330&token=b0c91a7e7d43&signature="
        "47286f17e99f2497ff80a89bf6f8c29a835b5b4c35e020193f9c8e77c983e45c"}},
  };
}

std::vector<Example> without() {
  return {
      {"github",
       signing(Provider::github, {"It's a Secret to Everybody"}),
       {{{"x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}},
        "Hello, World!"}},
      {"whatsapp",
       signing(Provider::whatsapp, {"app-secret-of-whatsapp"}),
       {{{"x-hub-signature-256", "sha256=e85de924b89ee2257b3297b05a9b8b9c2578a8281022208df38aa209d1237892"}},
        R"({"object":"whatsapp_business_account"})"}},
      {"teams",
       signing(Provider::teams, {"a2V5LW9mLXRlYW1zLXRoYXQtaXMtMzItYnl0ZXMteHg="}),
       {{{"authorization", "HMAC gyU4ac6av8xDtsL9V80v7qUdaEngLgirqo6QtoBYi1U="}}, R"({"type":"message"})"}},
      {"intercom",
       signing(Provider::intercom, {"client-secret-of-intercom"}),
       {{{"x-hub-signature", "sha1=1b089a3f17d29ab70cdc75f0463d95f63bc40729"}}, R"({"topic":"ping"})"}},
      {"basic",
       signing(Provider::basic, {"postmark:a-long-password"}),
       {{{"authorization", "Basic cG9zdG1hcms6YS1sb25nLXBhc3N3b3Jk"}}, "{}"}},
  };
}

std::vector<Example> examples() {
  std::vector<Example> all = with_a_time();
  for (Example& one : without()) all.push_back(std::move(one));
  return all;
}

/// Twilio's own examples have a secret of five bytes, which no hook may have.
Signing twilio() { return {Provider::twilio, {{"12345"}}, {}, {}}; }

Sent twilio_form() {
  return {{{"x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8="}},
          "To=%2B18005551212&From=%2B14158675309&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234",
          twilio_url};
}

TEST(Signature, OfEachProviderIsKnown) {
  for (Example& one : examples()) EXPECT_EQ(verify(one.signing, one.sent.delivery()), Verdict::verified) << one.name;
  EXPECT_EQ(verify(twilio(), twilio_form().delivery()), Verdict::verified);
}

TEST(Signature, OfOtherBytesIsBad) {
  for (Example& one : examples()) {
    if (one.signing.provider == Provider::mailgun || one.signing.provider == Provider::basic)
      continue;  // body unsigned
    one.sent.body += ' ';
    EXPECT_EQ(verify(one.signing, one.sent.delivery()), Verdict::bad_signature) << one.name;
  }
  Sent form = twilio_form();
  form.body += "&More=1";
  EXPECT_EQ(verify(twilio(), form.delivery()), Verdict::bad_signature);
}

TEST(Signature, OfAnotherSecretIsBad) {
  for (Example& one : examples()) {
    for (SigningKey& key : one.signing.keys) key.bytes.back() = static_cast<char>(key.bytes.back() ^ 1);
    EXPECT_EQ(verify(one.signing, one.sent.delivery()), Verdict::bad_signature) << one.name;
  }
}

TEST(Signature, ThatIsCutIsBad) {
  for (Example& one : examples()) {
    for (auto& [name, value] : one.sent.headers) {
      if (name.find("signature") == std::string::npos && name != "authorization") continue;
      if (name.ends_with("timestamp")) continue;
      if (one.signing.provider == Provider::stripe) {
        value.replace(value.find("949c"), 4, "94");
      } else {
        value.resize(value.size() - 2);
      }
    }
    if (one.signing.provider == Provider::mailgun) one.sent.body.replace(one.sent.body.find("e45c"), 4, "e4");
    EXPECT_EQ(verify(one.signing, one.sent.delivery()), Verdict::bad_signature) << one.name;
  }
}

TEST(Signature, ThatIsMissingOrThereTwiceIsNone) {
  for (Example& one : examples()) {
    if (one.signing.provider == Provider::mailgun) continue;
    Sent twice = one.sent;
    for (const auto& header : one.sent.headers) twice.headers.push_back(header);
    EXPECT_EQ(verify(one.signing, twice.delivery()), Verdict::not_signed) << one.name;
    one.sent.headers.clear();
    EXPECT_EQ(verify(one.signing, one.sent.delivery()), Verdict::not_signed) << one.name;
  }
}

TEST(Signature, HoldsForFiveMinutes) {
  int timed = 0;
  for (Example& one : examples()) {
    const Time signed_at = one.sent.now;
    const auto verdict_after = [&](Duration time) {
      one.sent.now = signed_at + time;
      return verify(one.signing, one.sent.delivery());
    };
    const bool has_time = verdict_after(std::chrono::hours{1}) == Verdict::stale;
    timed += has_time ? 1 : 0;
    const Verdict late = has_time ? Verdict::stale : Verdict::verified;
    EXPECT_EQ(verdict_after(std::chrono::minutes{5}), Verdict::verified) << one.name;
    EXPECT_EQ(verdict_after(-std::chrono::minutes{5}), Verdict::verified) << one.name;
    EXPECT_EQ(verdict_after(std::chrono::minutes{6}), late) << one.name;
    EXPECT_EQ(verdict_after(-std::chrono::minutes{6}), late) << one.name;
    one.sent.now = signed_at + std::chrono::minutes{6};
    one.signing.tolerance = std::chrono::minutes{10};
    EXPECT_EQ(verify(one.signing, one.sent.delivery()), Verdict::verified) << one.name;
  }
  EXPECT_EQ(timed, static_cast<int>(with_a_time().size()));
}

TEST(Signature, OfOneOfSeveralSecretsIsEnough) {
  Example standard = examples()[0];
  for (const auto& secrets :
       {std::array{another_secret, standard_secret}, std::array{standard_secret, another_secret}}) {
    standard.signing = signing(Provider::standard, {secrets[0], secrets[1]});
    EXPECT_EQ(verify(standard.signing, standard.sent.delivery()), Verdict::verified);
  }
  // And of several signatures one.
  standard.sent.headers[2].second = "v1,bm90IHRoaXMgb25l v2,x " + std::string(standard_mac) + " v1,bm90IHRoaXMgb25l";
  standard.signing = signing(Provider::standard, {standard_secret});
  EXPECT_EQ(verify(standard.signing, standard.sent.delivery()), Verdict::verified);
  standard.signing = signing(Provider::standard, {another_secret});
  EXPECT_EQ(verify(standard.signing, standard.sent.delivery()), Verdict::bad_signature);
}

TEST(Signature, OfTwilioIsOfTheUrlAsItIsCalled) {
  Sent json{{{"x-twilio-signature", "a9nBmqA0ju/hNViExpshrM61xv4="}},
            R"({"property": "value", "boolean": true})",
            std::string(twilio_url) + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"};
  EXPECT_EQ(verify(twilio(), json.delivery()), Verdict::verified);
  json.body = R"({"property": "value", "boolean": false})";
  EXPECT_EQ(verify(twilio(), json.delivery()), Verdict::bad_signature);
  Sent form = twilio_form();
  form.url = "https://mycompany.com:443/myapp.php?foo=1&bar=2";
  EXPECT_EQ(verify(twilio(), form.delivery()), Verdict::verified);
  for (const char* url : {"https://mycompany.com:8443/myapp.php?foo=1&bar=2",
                          "http://mycompany.com/myapp.php?foo=1&bar=2", "https://mycompany.com/myapp.php?foo=1"}) {
    form.url = url;
    EXPECT_EQ(verify(twilio(), form.delivery()), Verdict::bad_signature) << url;
  }
}

TEST(Signature, NeedsASecretThatIsOne) {
  for (const auto provider :
       {Provider::standard, Provider::slack, Provider::github, Provider::stripe, Provider::zendesk, Provider::whatsapp,
        Provider::twilio, Provider::teams, Provider::mailgun, Provider::intercom, Provider::basic}) {
    EXPECT_FALSE(signing_key(provider, "")) << name_of(provider);
    EXPECT_FALSE(signing_key(provider, "too:short")) << name_of(provider);
  }
  EXPECT_FALSE(signing_key(Provider::standard, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  EXPECT_FALSE(signing_key(Provider::standard, "whsec_c2hvcnQ="));
  EXPECT_FALSE(signing_key(Provider::standard, "whpk_c2hvcnQ="));
  EXPECT_FALSE(signing_key(Provider::basic, "a-long-password-without-user"));
}

TEST(Signature, OfMailgunIsOnceOnly) {
  for (Example& one : examples()) {
    const bool is_mailgun = one.signing.provider == Provider::mailgun;
    EXPECT_EQ(once_only(one.signing, one.sent.delivery()), is_mailgun ? "b0c91a7e7d43" : "") << one.name;
  }
}

}  // namespace
}  // namespace weir::hooks
