#include "api/auth/token.hpp"

#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "schemas/crypto/base64url.hpp"
#include "schemas/crypto/key_file.hpp"
#include "state/format/keys.hpp"

namespace weir::auth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time start = from_micros(1'767'225'600'000'000);

class Token : public testing::Test {
 protected:
  std::string issue(Role role = Role::analyst) const {
    return issue_token(ring_, {.workspace = "acme", .role = role}, start).value();
  }
  // Every refusal must look the same, or an attacker learns from it (bad inputs 87 to 98).
  void expect_invalid(std::string_view token, Time now = start) const {
    const auto verified = verify_token(ring_, token, now);
    ASSERT_FALSE(verified.ok()) << token;
    EXPECT_EQ(verified.error(), verify_token(ring_, "", start).error()) << token;
    EXPECT_EQ(verified.error().code, Code::invalid_token);
  }

  const crypto::Key key_ = crypto::random_key();
  const KeyRing ring_{{key_}};
};

// Signs whatever claims a test makes up, as nobody without the key could.
struct Forge {
  std::string key_id;
  char version = 1;
  char role = 0;
  std::uint64_t issued = 1'767'225'600;
  std::uint64_t not_before = 1'767'225'600;
  std::uint64_t expires = 0;
  std::string workspace = "acme";

  std::string token(const crypto::Key& key) const {
    std::string claims(1, version);
    claims += key_id + "token-id" + role;
    for (const auto value : {issued, not_before, expires}) format::append_big_endian(claims, value);
    claims += workspace;
    const auto mac = crypto::hmac_sha256(key, std::string("weir token") + '\0' + claims);
    return "weir_" + crypto::to_base64url(claims + std::string(crypto::bytes_of(mac)));
  }
};

TEST_F(Token, SaysWorkspaceAndRole) {
  for (const auto role : {Role::admin, Role::analyst, Role::viewer, Role::producer}) {
    const auto credential = verify_token(ring_, issue(role), start).value();
    EXPECT_EQ(credential.workspace, "acme");
    EXPECT_EQ(credential.role, role);
    EXPECT_EQ(credential.token_id.size(), 16u);
  }
}

TEST_F(Token, HasAnIdOfItsOwnThatIsNotPartOfItsText) {
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    const auto token = issue();
    const auto credential = verify_token(ring_, token, start).value();
    ids.insert(credential.token_id);
    EXPECT_EQ(token.find(credential.token_id), std::string::npos);
  }
  EXPECT_EQ(ids.size(), 50u);
}

TEST_F(Token, FitsTheLimitWithTheLongestWorkspace) {
  const auto token = issue_token(ring_, {.workspace = std::string(64, 'w')}, start).value();
  EXPECT_LE(token.size(), token_bytes_max);
  EXPECT_TRUE(verify_token(ring_, token, start).ok());
}

TEST_F(Token, IsNotIssuedForAWorkspaceThatIsNoPlainNameOrReserved) {
  for (const auto* workspace : {"", "Acme", "a/b", "a b", "a\xff", "_node"}) {
    const auto token = issue_token(ring_, {.workspace = workspace}, start);
    ASSERT_FALSE(token.ok()) << workspace;
    EXPECT_EQ(token.error().code, Code::bad_request);
  }
}

TEST_F(Token, IsNotIssuedToExpireBeforeItBegins) {
  EXPECT_FALSE(issue_token(ring_, {.workspace = "acme", .expires = start - hours(1)}, start).ok());
  EXPECT_FALSE(
      issue_token(ring_, {.workspace = "acme", .not_before = start + hours(2), .expires = start + hours(1)}, start)
          .ok());
}

TEST_F(Token, Row87RefusesAnEmptyMissingOrShortSignature) {
  const auto bytes = *crypto::from_base64url(issue().substr(5));
  for (const std::size_t cut : {1u, 16u, 32u, 33u}) {
    expect_invalid("weir_" + crypto::to_base64url(bytes.substr(0, bytes.size() - cut)));
  }
  expect_invalid("weir_" + crypto::to_base64url(bytes.substr(0, bytes.size() - 32) + std::string(32, '\0')));
  expect_invalid("weir_" + crypto::to_base64url(std::string(32, '\0')));
}

TEST_F(Token, Row87RefusesAnyChangedBit) {
  auto bytes = *crypto::from_base64url(issue().substr(5));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    expect_invalid("weir_" + crypto::to_base64url(bytes));
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
}

TEST_F(Token, Row87And88RefuseJsonWebTokensOfAnyAlgorithm) {
  const auto claims = crypto::to_base64url(R"({"sub":"acme","role":"admin"})");
  for (const auto* header : {R"({"alg":"none"})", R"({"alg":"nOnE"})", R"({"alg":"HS256","typ":"JWT"})"}) {
    const auto body = crypto::to_base64url(header) + "." + claims;
    expect_invalid(body + ".");
    expect_invalid(body + "." + crypto::to_base64url(crypto::bytes_of(crypto::hmac_sha256(key_, body))));
  }
}

TEST_F(Token, Row89RefusesAnUnknownKeyAndATokenOfAMegabyte) {
  expect_invalid(issue_token(KeyRing({crypto::random_key()}), {.workspace = "acme"}, start).value());
  for (const auto* id : {"../../..", "' OR 1=1", "\0\0\0\0\0\0\0\0"}) {
    expect_invalid(Forge{.key_id = std::string(id, 8)}.token(key_));
  }
  expect_invalid("weir_" + std::string(1'000'000, 'A'));
}

TEST_F(Token, Row92RefusesPaddingWhiteSpaceAndOtherSpellings) {
  const auto token = issue();
  for (const auto& other : {token + "=", token + "==", token + " ", " " + token, token + "\n", token + "A",
                            "WEIR_" + token.substr(5), token.substr(5), "weir_weir_" + token.substr(5)}) {
    expect_invalid(other);
  }
}

TEST_F(Token, Row93IsValidFromItsBeginningToItsExpiryWithAMinuteOfLeeway) {
  const auto token =
      issue_token(ring_, {.workspace = "acme", .not_before = start + hours(1), .expires = start + hours(2)}, start)
          .value();
  expect_invalid(token, start + hours(1) - seconds(61));
  EXPECT_TRUE(verify_token(ring_, token, start + hours(1) - seconds(60)).ok());
  EXPECT_TRUE(verify_token(ring_, token, start + hours(2) + seconds(59)).ok());
  expect_invalid(token, start + hours(2) + seconds(60));
}

TEST_F(Token, Row93WithoutAnExpiryIsValidForEver) {
  EXPECT_TRUE(verify_token(ring_, issue(), start + hours(24 * 365 * 50)).ok());
}

TEST_F(Token, Row93RefusesTimesThatOverflowAndClaimsOutOfForm) {
  const auto id = ring_.newest().id;
  ASSERT_TRUE(verify_token(ring_, Forge{.key_id = id}.token(key_), start).ok());
  constexpr auto huge = std::numeric_limits<std::uint64_t>::max();
  expect_invalid(Forge{.key_id = id, .expires = huge}.token(key_));
  expect_invalid(Forge{.key_id = id, .not_before = huge}.token(key_));
  expect_invalid(Forge{.key_id = id, .role = 4}.token(key_));
  expect_invalid(Forge{.key_id = id, .role = '\xff'}.token(key_));
  expect_invalid(Forge{.key_id = id, .version = 2}.token(key_));
  expect_invalid(Forge{.key_id = id, .version = 0}.token(key_));
  expect_invalid(Forge{.key_id = id, .workspace = ""}.token(key_));
  expect_invalid(Forge{.key_id = id, .workspace = std::string("acme\0x", 6)}.token(key_));
  expect_invalid(Forge{.key_id = id, .workspace = "../acme"}.token(key_));
}

TEST_F(Token, Row94TakesExactlyOneAuthorizationField) {
  using Values = std::vector<std::string_view>;
  EXPECT_EQ(bearer_token(Values{"Bearer abc"}).value(), "abc");
  EXPECT_EQ(bearer_token(Values{"bEARER abc"}).value(), "abc");
  EXPECT_EQ(bearer_token(Values{}).error().code, Code::missing_token);
  EXPECT_EQ(bearer_token(Values{"Bearer abc", "Bearer abc"}).error().code, Code::bad_request);
  for (const auto* value : {"", "Bearer", "Bearer ", "Basic YTpi", "abc"}) {
    EXPECT_EQ(bearer_token(Values{value}).error().code, Code::invalid_token) << value;
  }
}

TEST_F(Token, Row95IsNoOtherUseOfTheSameKey) {
  // A MAC by the same key over the same bytes, but made for something else.
  std::string claims = std::string(1, '\1') + ring_.newest().id + "token-id" + '\0';
  for (int i = 0; i < 3; ++i) format::append_big_endian(claims, std::uint64_t{0});
  claims += "acme";
  const auto mac = crypto::hmac_sha256(key_, claims);
  expect_invalid("weir_" + crypto::to_base64url(claims + std::string(crypto::bytes_of(mac))));
}

TEST_F(Token, Row96StaysValidWhileItsKeyIsKeptAndNotAfter) {
  const auto token = issue();
  const auto newer = crypto::random_key();
  const KeyRing overlap({key_, newer});
  EXPECT_TRUE(verify_token(overlap, token, start).ok());
  EXPECT_EQ(overlap.newest().key, newer);
  EXPECT_FALSE(verify_token(KeyRing({newer}), token, start).ok());
}

TEST_F(Token, Row98RoleCannotBeRaisedWithoutTheKey) {
  auto bytes = *crypto::from_base64url(issue(Role::viewer).substr(5));
  bytes[1 + 8 + 8] = static_cast<char>(Role::admin);
  expect_invalid("weir_" + crypto::to_base64url(bytes));
}

TEST(KeyRing, OfADataFolderIsTheSameForEveryProcess) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / ("weir-ring-" + crypto::to_base64url(crypto::random_bytes(6)));
  std::filesystem::create_directory(folder);
  const auto token = issue_token(KeyRing::open(folder).value(), {.workspace = "acme"}, start).value();
  EXPECT_TRUE(verify_token(KeyRing::open(folder).value(), token, start).ok());
  EXPECT_EQ(KeyRing::open(folder / "absent").error().code, Code::bad_key_file);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace weir::auth
