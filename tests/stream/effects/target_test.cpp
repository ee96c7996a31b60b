#include "stream/effects/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/codec/json_writer.hpp"
#include "tests/stream/effects/making.hpp"
#include "tests/support/rsa_test_key.hpp"

namespace weir::effects {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* good_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::string webhook(const std::string& url, const std::string& more = "") {
  return R"({"kind": "webhook", "url": ")" + url + R"(", "secrets": [")" + good_secret + "\"]" + more + "}";
}

DocumentFaults faults_of_url(const std::string& url, const http::Reach& reach = http::Reach{}) {
  return read(webhook(url), reach).faults;
}

TEST(Target, IsAWebhook) {
  const auto found = read(webhook("https://ops.example/hook", R"(, "headers": {"X-Team": "ops"})"));
  ASSERT_THAT(found.faults, IsEmpty());
  const auto& webhook = std::get<Webhook>(found.target->receiver);
  EXPECT_EQ(webhook.url, "https://ops.example/hook");
  ASSERT_EQ(webhook.keys.size(), 1u);
  EXPECT_EQ(webhook.keys[0].size(), 24u);
  EXPECT_THAT(webhook.headers, ElementsAre(FieldsAre("X-Team", "ops")));
  EXPECT_THAT(found.target->secrets, UnorderedElementsAre("/secrets/0", "/headers/X-Team"));
}

TEST(Target, IsAMessageHookOrAnOnCallService) {
  const auto slack = read(R"({"kind": "slack", "url": "https://hooks.example/T/B/x"})");
  EXPECT_EQ(std::get<Slack>(slack.target->receiver).url, "https://hooks.example/T/B/x");
  EXPECT_THAT(slack.target->secrets, ElementsAre("/url"));
  const auto teams = read(R"({"kind": "teams", "url": "https://teams.example/x"})");
  EXPECT_EQ(std::get<Teams>(teams.target->receiver).url, "https://teams.example/x");
  const auto duty = read(R"({"kind": "pagerduty", "routing_key": "R1"})");
  EXPECT_EQ(std::get<PagerDuty>(duty.target->receiver).url, "https://events.pagerduty.com/v2/enqueue");
  EXPECT_THAT(duty.target->secrets, ElementsAre("/routing_key"));
}

TEST(Target, IsAMailServer) {
  const auto found = read(R"({"kind": "email", "url": "smtp://mail.example:587", "user": "u", "password": "p",
                              "from": "weir@ops.example", "to": ["a@ops.example", "b+c@x.example"]})");
  ASSERT_THAT(found.faults, IsEmpty());
  const auto& email = std::get<Email>(found.target->receiver);
  EXPECT_TRUE(email.starttls);
  EXPECT_THAT(email.to, ElementsAre("a@ops.example", "b+c@x.example"));
  EXPECT_THAT(found.target->secrets, ElementsAre("/password"));
}

TEST(Target, IsATopicOfKafka) {
  const auto found =
      read(R"({"kind": "kafka", "brokers": ["k1.example:9092", "[2606:4700::1]:9093"], "topic": "alerts.v1",
                              "user": "u", "password": "p"})");
  ASSERT_THAT(found.faults, IsEmpty());
  const auto& topic = std::get<KafkaTopic>(found.target->receiver);
  EXPECT_EQ(topic.access.brokers, "k1.example:9092,[2606:4700::1]:9093");
  EXPECT_TRUE(topic.access.tls);
  EXPECT_EQ(topic.access.mechanism, log::BrokerAccess::Mechanism::scram_sha_512);
  EXPECT_EQ(topic.topic, "alerts.v1");
  EXPECT_THAT(found.target->secrets, ElementsAre("/password"));
  const auto wrong =
      read(R"({"kind": "kafka", "brokers": ["k1.example", "10.0.0.1:9092", "k:0", "k:70000"], "topic": "a/b",
                              "encryption": "none", "mechanism": "md5", "user": "u", "password": "p"})");
  std::vector<std::string> pointers;
  for (const auto& fault : wrong.faults) pointers.push_back(fault.pointer);
  EXPECT_THAT(pointers,
              ElementsAre("/brokers/0", "/brokers/1", "/brokers/2", "/brokers/3", "/topic", "/mechanism", ""));
  EXPECT_EQ(read(R"({"kind": "kafka"})").faults.size(), 2u);
  EXPECT_EQ(read(R"({"kind": "kafka", "brokers": ["k.example:1"], "topic": "t", "user": "u"})").faults.size(), 1u);
}

std::string salesforce(const std::string& more) {
  std::string key;
  append_json_string(key, rsa_test_key);
  return R"({"kind": "salesforce_case", "login_url": "https://login.example/", "client_id": "c", "user": "u@x",
             "private_key": )" +
         key + more + "}";
}

TEST(Target, IsASalesforceOrganisation) {
  const auto found = read(salesforce(R"(, "fields": {"Subject": {"from": "title"}, "Tier__c": {"field": "Policy"},
                                         "Status": {"text": "Closed", "on": "resolve"}})"));
  ASSERT_THAT(found.faults, IsEmpty());
  const auto& made = std::get<SalesforceCase>(found.target->receiver);
  EXPECT_EQ(made.login_url, "https://login.example");
  EXPECT_EQ(made.audience, "https://login.example");
  EXPECT_EQ(made.external_id, "Escalation_Key__c");
  ASSERT_EQ(made.fields.size(), 3u);
  EXPECT_EQ(made.fields[1].text, "Policy");
  EXPECT_EQ(made.fields[2].action, Action::resolve);
  EXPECT_THAT(found.target->secrets, ElementsAre("/private_key"));
}

// Bad inputs 109 and 112, where they can be told before a name is resolved.
TEST(Target, IsRefusedWhereItLeadsInside) {
  constexpr const char* inside = "must not name a private or reserved address";
  for (const char* host : {"127.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "017700000001",
                           "0x7f.1",
                           "127.0.0.1.",
                           "localhost",
                           "LOCALHOST.",
                           "a.localhost",
                           "[::1]",
                           "[::ffff:127.0.0.1]",
                           "[64:ff9b::7f00:1]",
                           "[64:ff9b::a9fe:a9fe]",
                           "[2002:7f00:1::]",
                           "169.254.169.254",
                           "0xa9fea9fe",
                           "10.0.0.1",
                           "172.16.0.1",
                           "192.168.0.1",
                           "100.64.0.1",
                           "0.0.0.0",
                           "0",
                           "224.0.0.1",
                           "255.255.255.255",
                           "198.18.0.1",
                           "192.0.2.1",
                           "[fe80::1]",
                           "[fd00::1]",
                           "[::]"}) {
    EXPECT_THAT(faults_of_url("https://" + std::string(host) + "/"), ElementsAre(FieldsAre("/url", inside))) << host;
  }
  EXPECT_THAT(faults_of_url("https://8.8.8.8/"), IsEmpty());
  EXPECT_THAT(faults_of_url("https://[2606:4700::1111]/"), IsEmpty());
  const http::Reach near{{*http::parse_network("127.0.0.0/8")}};
  EXPECT_THAT(faults_of_url("http://127.0.0.1:8080/", near), IsEmpty());
  EXPECT_THAT(faults_of_url("http://localhost:8080/", near), IsEmpty());
  EXPECT_THAT(faults_of_url("https://10.0.0.1/", near), ElementsAre(FieldsAre("/url", inside)));
}

TEST(Target, IsRefusedForAWrongScheme) {
  for (const char* url : {"ftp://a.example", "file:///etc/passwd", "gopher://a.example", "smtp://a.example",
                          "javascript:alert(1)", "//a.example", "a.example"}) {
    EXPECT_THAT(faults_of_url(url), testing::SizeIs(testing::Ge(1u))) << url;
  }
  for (const char* port : {"22", "25", "465", "587"}) {
    EXPECT_THAT(faults_of_url("https://a.example:" + std::string(port)),
                ElementsAre(FieldsAre("/url", "must not name the port of another protocol")));
  }
  EXPECT_THAT(faults_of_url("http://a.example/"), IsEmpty());
  const auto slack = R"({"kind": "slack", "url": "http://a.example/"})";
  EXPECT_THAT(read(slack).faults, ElementsAre(FieldsAre("/url", "must begin with https://")));
  const http::Reach near{{*http::parse_network("127.0.0.0/8")}};
  EXPECT_THAT(read(R"({"kind": "slack", "url": "http://127.0.0.1:9/"})", near).faults, IsEmpty());
}

TEST(Target, TellsEverythingThatIsWrongAtOnce) {
  const auto found = read(R"({"kind": "webhook", "url": "https://u@10.0.0.1", "extra": 1,
    "secrets": ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    "headers": {"Host": "x", "webhook-id": "x", "a b": "x", "X-A": "x\r\nY: z", "X-B": 3}})");
  EXPECT_FALSE(found.target);
  constexpr const char* key = "must be whsec_ and the base64 of 24 to 64 random bytes";
  EXPECT_THAT(found.faults, UnorderedElementsAre(
                                FieldsAre("/url", "must name no user"), FieldsAre("", "a member is unknown"),
                                FieldsAre("/secrets/0", key), FieldsAre("/secrets/1", key),
                                FieldsAre("/headers/Host", "must not be a header that is set for every request"),
                                FieldsAre("/headers/webhook-id", "must not be a header that is set for every request"),
                                FieldsAre("/headers/a b", "must be under the name of a header"),
                                FieldsAre("/headers/X-A", "must be printable ASCII, without line ends"),
                                FieldsAre("/headers/X-B", "must be a string of 1 to 1024 bytes")));
}

TEST(Target, NeedsItsMembers) {
  EXPECT_THAT(read(R"({"kind": "webhook"})").faults,
              ElementsAre(FieldsAre("", "must have a member url"), FieldsAre("", "must have a member secrets")));
  EXPECT_THAT(read(R"({"kind": "slack"})").faults, ElementsAre(FieldsAre("", "must have a member url")));
  EXPECT_THAT(read(R"({"kind": "pagerduty"})").faults, ElementsAre(FieldsAre("", "must have a member routing_key")));
  EXPECT_THAT(read(R"({"kind": "email"})").faults, testing::SizeIs(3));
  EXPECT_THAT(read(R"({"kind": "salesforce_case"})").faults, testing::SizeIs(4));
  EXPECT_THAT(read(R"({"url": "https://a.example"})").faults,
              ElementsAre(FieldsAre("", "must be an object with a member kind")));
  EXPECT_THAT(read("[]").faults, testing::SizeIs(1));
  EXPECT_THAT(read(R"({"kind": "pigeon"})").faults, testing::SizeIs(1));
}

TEST(Target, IsRefusedForASecretOfTheWrongLength) {
  const auto faults = [](std::size_t characters) {
    return read(R"({"kind": "webhook", "url": "https://a.example", "secrets": ["whsec_)" +
                std::string(characters, 'A') + "\"]}")
        .faults;
  };
  EXPECT_THAT(faults(28), testing::SizeIs(1));  // 21 bytes
  EXPECT_THAT(faults(32), IsEmpty());           // 24
  EXPECT_THAT(faults(84), IsEmpty());           // 63
  EXPECT_THAT(faults(88), testing::SizeIs(1));  // 66
}

TEST(Target, IsRefusedForAWrongMailbox) {
  for (const char* to : {"a", "a@", "@b.example", "a b@c.example", "a@b.example, c@d.example", "<a@b.example>",
                         "a@b.example>", "a..b@c.example", "a@127.0.0.1", "a@b@c.example", "a@b.example\\r\\nBcc: x"}) {
    EXPECT_THAT(read(R"({"kind": "email", "url": "smtps://m.example", "from": "w@a.example", "to": [")" +
                     std::string(to) + "\"]}")
                    .faults,
                ElementsAre(FieldsAre("/to/0", "must be an address such as desk@example.com")))
        << to;
  }
  EXPECT_THAT(read(R"({"kind": "email", "url": "https://m.example", "encryption": "none", "user": "u",
                      "password": "p", "from": "w@a.example", "to": ["a@b.example"]})")
                  .faults,
              UnorderedElementsAre(FieldsAre("/url", "must begin with smtp:// or smtps://"),
                                   FieldsAre("", "must not send a password without encryption")));
}

TEST(Target, IsRefusedForAWrongCase) {
  const auto found = read(salesforce(R"(, "version": "v12.0", "external_id": "a/b", "fields": {"Id": {"text": "x"},
      "A-B": {"text": "x"}, "C__c": {}, "D__c": {"text": "x", "from": "title"}, "E__c": {"from": "moon"}})"));
  std::vector<std::string> pointers;
  for (const auto& fault : found.faults) pointers.push_back(fault.pointer);
  EXPECT_THAT(pointers, UnorderedElementsAre("/version", "/external_id", "/fields/Id", "/fields/A-B", "/fields/C__c",
                                             "/fields/D__c", "/fields/E__c/from"));
  EXPECT_THAT(
      read(R"({"kind": "salesforce_case", "login_url": "https://l.example", "client_id": "c", "user": "u",
                      "private_key": "secret"})")
          .faults,
      ElementsAre(FieldsAre("/private_key", "must be an RSA key of 2048 to 8192 bits as PEM, without a passphrase")));
}

}  // namespace
}  // namespace weir::effects
