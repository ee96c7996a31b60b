#include "stream/effects/salesforce_case.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/crypto/base64url.hpp"
#include "tests/stream/effects/making.hpp"
#include "tests/support/rsa_test_key.hpp"

namespace weir::effects {
namespace {

using Kind = Verdict::Kind;
using testing::HasSubstr;
using testing::StartsWith;

const Time now = *parse_rfc3339("2026-03-04T05:07:00Z");

std::string error(const char* code) { return R"([{"message":"m","errorCode":")" + std::string(code) + "\"}]"; }
const std::string token_answer = R"({"access_token":"T1","instance_url":"https://org.example","token_type":"Bearer"})";

class SalesforceTest : public ::testing::Test {
 protected:
  SalesforceCase receiver_{"https://login.example",
                           "https://login.example",
                           "client",
                           "user@x",
                           *crypto::RsaKey::read(rsa_test_key),
                           "v62.0",
                           "Key__c",
                           {{"Subject", CaseField::Source::title, "", {}},
                            {"Tier__c", CaseField::Source::field, "Policy", {}},
                            {"Status", CaseField::Source::text, "Closed", Action::resolve}}};
  Effect effect_ = an_effect();
  Session session_{"T0", "https://org.example"};
  std::unique_ptr<Conversation> conversation_ = converse_with_salesforce(receiver_, effect_, session_);

  http::Call open() { return std::get<http::Call>(conversation_->open(now)); }
  Conversation::Next hear(const http::Answer& said) { return conversation_->hear(said, now); }
  http::Call asked(const http::Answer& said) { return std::get<http::Call>(std::get<http::Outgoing>(hear(said))); }
  Verdict concluded(const http::Answer& said) { return std::get<Verdict>(hear(said)); }
};

TEST_F(SalesforceTest, UpsertsByTheKey) {
  const auto call = open();
  EXPECT_EQ(call.method, "PATCH");
  EXPECT_EQ(call.url, "https://org.example/services/data/v62.0/sobjects/Case/Key__c/sla-42");
  EXPECT_EQ(call.body, R"({"Subject":"Resolution breached: case 42","Tier__c":"gold"})");
  EXPECT_EQ(header(call, "authorization"), "Bearer T0");
  EXPECT_EQ(concluded(answer(201)).kind, Kind::delivered);
}

TEST_F(SalesforceTest, SendsFieldsOfAnActionWithItAlone) {
  effect_.action = Action::resolve;
  EXPECT_THAT(open().body, HasSubstr(R"("Status":"Closed")"));
}

TEST_F(SalesforceTest, SignsInByAnAssertion) {
  session_ = {};
  const auto call = open();
  EXPECT_EQ(call.url, "https://login.example/services/oauth2/token");
  constexpr std::string_view prefix = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
  ASSERT_THAT(call.body, StartsWith(std::string(prefix)));
  const std::string assertion = call.body.substr(prefix.size());
  const auto first = assertion.find('.'), second = assertion.rfind('.');
  EXPECT_EQ(*crypto::from_base64url(assertion.substr(0, first)), R"({"alg":"RS256"})");
  EXPECT_EQ(*crypto::from_base64url(assertion.substr(first + 1, second - first - 1)),
            R"({"iss":"client","sub":"user@x","aud":"https://login.example","exp":1772601000})");
  EXPECT_EQ(*crypto::from_base64url(assertion.substr(second + 1)), receiver_.key.sign(assertion.substr(0, second)));
  EXPECT_EQ(header(asked(answer(200, token_answer)), "authorization"), "Bearer T1");
  EXPECT_EQ(session_.token, "T1");
  EXPECT_EQ(concluded(answer(200, R"({"created":false})")).kind, Kind::delivered);
}

TEST_F(SalesforceTest, SignsInAnewOnceWhereTheTokenHasExpired) {
  open();
  EXPECT_THAT(asked(answer(401, error("INVALID_SESSION_ID"))).url, HasSubstr("/oauth2/token"));
  EXPECT_EQ(header(asked(answer(200, token_answer)), "authorization"), "Bearer T1");
  EXPECT_EQ(concluded(answer(401, error("INVALID_SESSION_ID"))).kind, Kind::again);
  EXPECT_EQ(session_.token, "");
}

TEST_F(SalesforceTest, TakesTheTokenThatAnotherAttemptGotMeanwhile) {
  open();
  session_ = {"T9", "https://org.example"};
  EXPECT_EQ(header(asked(answer(401, error("INVALID_SESSION_ID"))), "authorization"), "Bearer T9");
  EXPECT_EQ(concluded(answer(204)).kind, Kind::delivered);
}

TEST_F(SalesforceTest, TakesTheNewerTokenOfTwoThatSignedInAtOnce) {
  session_ = {};
  open();
  asked(answer(200, token_answer));
  session_ = {"T2", "https://org.example"};
  EXPECT_EQ(header(asked(answer(401, error("INVALID_SESSION_ID"))), "authorization"), "Bearer T2");
}

TEST_F(SalesforceTest, UpdatesWhereItLostTheRaceToCreate) {
  open();
  EXPECT_EQ(asked(answer(400, error("DUPLICATE_VALUE"))).url,
            "https://org.example/services/data/v62.0/sobjects/Case/Key__c/sla-42?updateOnly=true");
  EXPECT_EQ(concluded(answer(204)).kind, Kind::delivered);
}

TEST_F(SalesforceTest, DoesNotUpdateForEver) {
  open();
  asked(answer(400, error("DUPLICATE_VALUE")));
  EXPECT_EQ(concluded(answer(400, error("DUPLICATE_VALUE"))).kind, Kind::again);
}

TEST_F(SalesforceTest, KnowsWhatItsErrorsMean) {
  const auto kind = [&](unsigned status, const std::string& body) {
    conversation_ = converse_with_salesforce(receiver_, effect_, session_);
    open();
    return concluded(answer(status, body)).kind;
  };
  EXPECT_EQ(kind(300, R"(["/a","/b"])"), Kind::refused);
  EXPECT_EQ(kind(400, error("UNABLE_TO_LOCK_ROW")), Kind::again);
  EXPECT_EQ(kind(403, error("REQUEST_LIMIT_EXCEEDED")), Kind::limited);
  EXPECT_EQ(kind(400, error("DUPLICATES_DETECTED")), Kind::refused);
  EXPECT_EQ(kind(400, error("INVALID_FIELD")), Kind::refused);
  EXPECT_EQ(kind(404, error("NOT_FOUND")), Kind::refused);
  EXPECT_EQ(kind(503, "<html>"), Kind::again);
  EXPECT_EQ(kind(410, ""), Kind::again);
}

TEST_F(SalesforceTest, WaitsLongWhereTheDaysCallsAreUsedUp) {
  open();
  EXPECT_EQ(concluded(answer(403, error("REQUEST_LIMIT_EXCEEDED"))).wait, std::chrono::minutes{15});
}

TEST_F(SalesforceTest, GetsNoTokenFromALie) {
  for (const char* lie : {"", "{}", R"({"access_token":"T"})", R"({"access_token":"T","instance_url":"x"})",
                          R"({"access_token":"T","instance_url":"http://org.example"})",
                          R"({"access_token":"T\r\nX: y","instance_url":"https://org.example"})"}) {
    session_ = {};
    conversation_ = converse_with_salesforce(receiver_, effect_, session_);
    open();
    EXPECT_EQ(concluded(answer(200, lie)).kind, Kind::again) << lie;
    EXPECT_EQ(session_.token, "");
  }
}

TEST_F(SalesforceTest, TriesAgainWhereItIsGivenNoToken) {
  session_ = {};
  open();
  const auto verdict = concluded(answer(400, R"({"error":"invalid_grant","error_description":"user"})"));
  EXPECT_EQ(verdict.kind, Kind::again);
  EXPECT_EQ(verdict.why, "it gives no token to this client and user");
}

TEST(SalesforceExternalId, IsTheKeyOrItsHash) {
  EXPECT_EQ(external_id_of("sla-42_A"), "sla-42_A");
  for (const char* key : {"a.inc", "a/b", "a b", "a?b", "ä", "../x"}) EXPECT_EQ(external_id_of(key).size(), 40u) << key;
  EXPECT_NE(external_id_of("a.b"), external_id_of("a.c"));
}

}  // namespace
}  // namespace weir::effects
