// What each kind of receiver is sent, and what its answers mean.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/crypto/base64.hpp"
#include "stream/effects/email.hpp"
#include "stream/effects/pager_duty.hpp"
#include "stream/effects/slack.hpp"
#include "stream/effects/teams.hpp"
#include "stream/effects/webhook.hpp"
#include "stream/effects/wording.hpp"
#include "tests/stream/effects/making.hpp"

namespace weir::effects {
namespace {

using Kind = Verdict::Kind;
using testing::HasSubstr;
using testing::Not;

const Time now = *parse_rfc3339("2026-03-04T05:07:00.9Z");

TEST(Webhook, SignsTheVectorOfTheStandard) {
  const auto key = crypto::from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
  const auto signature =
      webhook_signatures({key}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})");
  EXPECT_EQ(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Webhook, SaysTheSameUnderTheSameIdAndSignsWithEachKeyAnew) {
  const Webhook webhook{"https://a.example/h", {"first", "second"}, {{"X-Team", "ops"}}};
  const auto call = request(webhook, an_effect(), now);
  EXPECT_EQ(call.body,
            R"({"type":"sla.breached","timestamp":"2026-03-04T05:06:07Z","data":{"workspace":"acme","key":"sla-42",)"
            R"("action":"trigger","severity":"critical","title":"Resolution breached: case 42",)"
            R"("summary":"Promised 8h, overdue since 05:06.","fields":{"Case":"42","Policy":"gold"},)"
            R"("details":{"case":"42"}}})");
  EXPECT_EQ(header(call, "webhook-id"), "e1");
  EXPECT_EQ(header(call, "webhook-timestamp"), "1772600820");
  EXPECT_EQ(header(call, "webhook-signature"), webhook_signatures({"first"}, "e1", 1772600820, call.body) + " " +
                                                   webhook_signatures({"second"}, "e1", 1772600820, call.body));
  EXPECT_EQ(header(call, "X-Team"), "ops");
  const auto later = request(webhook, an_effect(), now + std::chrono::hours{1});
  EXPECT_EQ(later.body, call.body);
  EXPECT_EQ(header(later, "webhook-id"), "e1");
  EXPECT_NE(header(later, "webhook-signature"), header(call, "webhook-signature"));
}

TEST(Webhook, IsDeliveredByNothingBut2xx) {
  const Webhook webhook;
  const auto kind = [&](unsigned status) { return verdict(webhook, answer(status), now).kind; };
  EXPECT_EQ(kind(200), Kind::delivered);
  EXPECT_EQ(kind(204), Kind::delivered);
  EXPECT_EQ(kind(301), Kind::again);
  EXPECT_EQ(kind(307), Kind::again);
  EXPECT_EQ(kind(400), Kind::again);
  EXPECT_EQ(kind(404), Kind::again);
  EXPECT_EQ(kind(410), Kind::gone);
  EXPECT_EQ(kind(429), Kind::limited);
  EXPECT_EQ(kind(500), Kind::again);
  EXPECT_EQ(kind(503), Kind::again);
  for (const auto failed : {http::Failure::timed_out, http::Failure::too_large, http::Failure::forbidden_address}) {
    auto late = failure(failed);
    late.response.status = 200;  // what follows the head counts too
    EXPECT_EQ(verdict(webhook, late, now).kind, Kind::again);
  }
}

TEST(RetryAfter, IsSecondsOrADate) {
  const auto wait = [](const char* text) {
    const auto found = retry_after({429, {{"retry-after", text}}, ""}, now);
    return found ? std::chrono::duration<double>(*found).count() : -1;
  };
  EXPECT_EQ(wait("120"), 120);
  EXPECT_EQ(wait("0"), 0);
  EXPECT_EQ(wait("99999999999999999999"), 86'400);
  EXPECT_EQ(wait("Wed, 04 Mar 2026 05:08:00 GMT"), 59.1);
  EXPECT_EQ(wait("Wed, 04 Mar 2026 05:06:00 GMT"), 0);
  EXPECT_EQ(wait("Wed, 04 Mar 2099 05:06:00 GMT"), 86'400);
  for (const char* text : {"-1", "soon", "1.5", "Wed, 04 Foo 2026 05:08:00 GMT", "Wed, 99 Mar 2026 05:08:00 GMT"}) {
    EXPECT_EQ(wait(text), -1) << text;
  }
  EXPECT_EQ(verdict(Webhook{}, answer(503, "", {{"retry-after", "7"}}), now).kind, Kind::limited);
}

TEST(Slack, ShowsTheEffect) {
  const auto call = request(Slack{"https://hooks.example/x"}, an_effect(), now);
  EXPECT_EQ(call.body,
            R"({"text":"Resolution breached: case 42","blocks":[{"type":"header","text":{"type":"plain_text",)"
            R"("text":"Resolution breached: case 42"}},{"type":"section","text":{"type":"mrkdwn",)"
            R"("text":"Promised 8h, overdue since 05:06."}},{"type":"section","fields":[{"type":"mrkdwn",)"
            R"("text":"*Case*\n42"},{"type":"mrkdwn","text":"*Policy*\ngold"}]},{"type":"context","elements":)"
            R"([{"type":"mrkdwn","text":"critical · 2026-03-04T05:06:07Z"}]}]})");
}

TEST(Slack, MentionsNobodyAndKeepsToItsLimits) {
  Effect effect = an_effect();
  effect.title = "<!channel> " + std::string(400, 'a');
  effect.summary = std::string(10'000, '<');
  effect.fields.assign(30, {"n", std::string(5'000, 'x')});
  const auto call = request(Slack{"u"}, effect, now);
  EXPECT_THAT(call.body, Not(HasSubstr(R"({"text":"<!channel>)")));
  EXPECT_THAT(call.body, HasSubstr("&lt;!channel&gt;"));
  JsonParser parser;
  const auto blocks = *parser.parse(call.body)->find("blocks");
  auto items = blocks.items();
  EXPECT_LE(items.take().find("text")->find("text")->raw().size(), 150u);
  const auto summary = items.take().find("text")->find("text")->raw();
  EXPECT_LE(summary.size(), 3'000u);
  EXPECT_GE(summary.size(), 2'000u);
  const auto fields = *items.take().find("fields");
  int count = 0;
  for (auto each = fields.items(); !each.done(); ++count) EXPECT_LE(each.take().find("text")->raw().size(), 2'000u);
  EXPECT_EQ(count, 10);
}

TEST(Slack, RefusesForGoodWhatItDoesNotUnderstand) {
  EXPECT_EQ(verdict(Slack{}, answer(200, "ok"), now).kind, Kind::delivered);
  EXPECT_EQ(verdict(Slack{}, answer(400, "invalid_payload"), now).kind, Kind::refused);
  EXPECT_EQ(verdict(Slack{}, answer(404, "no_service"), now).kind, Kind::refused);
  EXPECT_EQ(verdict(Slack{}, answer(429, "", {{"retry-after", "30"}}), now).kind, Kind::limited);
  EXPECT_EQ(verdict(Slack{}, answer(500), now).kind, Kind::again);
}

TEST(Teams, ShowsACardWithoutMarkdownOfTheCase) {
  Effect effect = an_effect();
  effect.title = "[click](https://evil.example)";
  const auto call = request(Teams{"https://t.example/x"}, effect, now);
  EXPECT_THAT(call.body, HasSubstr(R"("contentType":"application/vnd.microsoft.card.adaptive")"));
  EXPECT_THAT(call.body, HasSubstr(R"x("text":"\\[click\\]\\(https://evil.example\\)")x"));
  EXPECT_THAT(call.body, HasSubstr(R"("color":"Attention")"));
  EXPECT_THAT(call.body, HasSubstr(R"({"title":"Case","value":"42"})"));
  effect.summary = std::string(200'000, '*');
  effect.fields.assign(100, {"n", std::string(5'000, '#')});
  EXPECT_LT(request(Teams{"u"}, effect, now).body.size(), 28'000u);
}

TEST(Teams, MayAnswer200ToWhatItDidNotDeliver) {
  EXPECT_EQ(verdict(Teams{}, answer(200, "1"), now).kind, Kind::delivered);
  EXPECT_EQ(verdict(Teams{}, answer(202), now).kind, Kind::delivered);
  const std::string failed =
      "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ";
  EXPECT_EQ(verdict(Teams{}, answer(200, failed + "429"), now).kind, Kind::limited);
  EXPECT_EQ(verdict(Teams{}, answer(200, failed + "502"), now).kind, Kind::again);
}

TEST(PagerDuty, TriggersAndResolvesUnderOneKey) {
  const PagerDuty duty{"https://p.example/v2/enqueue", "R1"};
  EXPECT_EQ(request(duty, an_effect(), now).body,
            R"({"routing_key":"R1","event_action":"trigger","dedup_key":"sla-42","payload":{"summary":)"
            R"("Resolution breached: case 42","source":"weir","severity":"critical","timestamp":)"
            R"("2026-03-04T05:06:07Z","group":"acme","class":"sla.breached","custom_details":{"summary":)"
            R"("Promised 8h, overdue since 05:06.","fields":{"Case":"42","Policy":"gold"},"details":{"case":"42"}}}})");
  Effect resolved = an_effect();
  resolved.id = "e2";
  resolved.action = Action::resolve;
  EXPECT_EQ(request(duty, resolved, now).body, R"({"routing_key":"R1","event_action":"resolve","dedup_key":"sla-42"})");
  EXPECT_EQ(verdict(duty, answer(202), now).kind, Kind::delivered);
  EXPECT_EQ(verdict(duty, answer(400), now).kind, Kind::refused);
  EXPECT_EQ(verdict(duty, answer(429), now).kind, Kind::limited);
}

TEST(Email, IsAMessageThatThreadsByKeyAndIsKnownById) {
  const Email email{"smtp://m.example", true, "", "", "weir@ops.example", {"a@x.example", "b@x.example"}};
  Effect effect = an_effect();
  const auto mail = request(email, effect, now);
  EXPECT_EQ(mail.message.substr(0, mail.message.find("In-Reply-To")),
            "Date: Wed, 04 Mar 2026 05:07:00 +0000\r\nFrom: weir@ops.example\r\nTo: a@x.example,\r\n b@x.example\r\n"
            "Subject: Resolution breached: case 42\r\nMessage-ID: <e1.weir@ops.example>\r\n");
  EXPECT_THAT(mail.message, HasSubstr("\r\nAuto-Submitted: auto-generated\r\n"));
  const auto thread = [](const std::string& message) {
    const auto at = message.find("\r\nReferences: ");
    return message.substr(at, message.find("\r\n", at + 2) - at);
  };
  effect.id = "e2";
  effect.action = Action::resolve;
  EXPECT_EQ(thread(request(email, effect, now).message), thread(mail.message));
  effect.key = "another";
  EXPECT_NE(thread(request(email, effect, now).message), thread(mail.message));
  std::string body = mail.message.substr(mail.message.find("\r\n\r\n") + 4);
  std::erase_if(body, [](char c) { return c == '\r' || c == '\n'; });
  EXPECT_EQ(*crypto::from_base64(body),
            "Resolution breached: case 42\r\n\r\nPromised 8h, overdue since 05:06.\r\n\r\nCase: 42\r\nPolicy: gold\r\n"
            "\r\n-- \r\ncritical, 2026-03-04T05:06:07Z, sla.breached, acme\r\n");
}

TEST(Email, EncodesASubjectThatIsNoPlainText) {
  EXPECT_EQ(encoded_header("plain"), "plain");
  EXPECT_EQ(encoded_header("Prüfung"), "=?UTF-8?B?UHLDvGZ1bmc=?=");
  EXPECT_EQ(encoded_header("=?x"), "=?UTF-8?B?PT94?=");
  const std::string folded = encoded_header(std::string(60, 'a') + "ü€😀" + std::string(60, 'b'));
  std::string rest = folded, text;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n ");
    const std::string word = rest.substr(0, end);
    EXPECT_LE(word.size(), 75u);
    const auto part = crypto::from_base64(word.substr(10, word.size() - 12));
    ASSERT_TRUE(part);
    text += *part;
    rest = end == std::string::npos ? "" : rest.substr(end + 3);
  }
  EXPECT_EQ(text, std::string(60, 'a') + "ü€😀" + std::string(60, 'b'));
}

TEST(Email, IsRefusedForGoodByTheMessageOnly) {
  EXPECT_EQ(verdict(Email{}, answer(250), now).kind, Kind::delivered);
  EXPECT_EQ(verdict(Email{}, answer(451), now).kind, Kind::again);
  EXPECT_EQ(verdict(Email{}, answer(535), now).kind, Kind::again);
  EXPECT_EQ(verdict(Email{}, answer(550), now).kind, Kind::refused);
  EXPECT_EQ(verdict(Email{}, failure(http::Failure::broken), now).kind, Kind::again);
}

TEST(Wording, IsCutBetweenCharacters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcdef", 5), "ab…");
  EXPECT_EQ(shortened("üüü", 5), "ü…");
  EXPECT_EQ(shortened("€€€", 5), "…");
}

}  // namespace
}  // namespace weir::effects
