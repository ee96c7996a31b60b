#include "stream/hooks/mapping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stream/hooks/delivering.hpp"

namespace weir::hooks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Told {
  Mapped mapped;
  std::vector<Event> events;
  std::vector<Error> refused;
};

Told told(const Hook& hook, Sent sent) {
  const Delivery delivery = sent.delivery();
  const auto text = body_as_json(delivery);
  JsonParser parser;
  Told found;
  found.mapped = map_events(hook, "hooks/h", *parser.parse(*text), delivery);
  auto decoded = decode_events(BodyFormat::json, found.mapped.events, {.now = sent.now});
  EXPECT_TRUE(decoded) << found.mapped.events;
  for (auto& one : *decoded) {
    one.event ? found.events.push_back(*one.event) : found.refused.push_back(one.event.error());
  }
  return found;
}

Hook usual(const char* provider) {
  const bool is_bot = std::string_view(provider) == "bot_connector";
  std::string secret = R"("secrets": ["0123456789:abcdef"])";
  if (std::string_view(provider) == "standard") secret = R"("secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])";
  if (std::string_view(provider) == "teams") secret = R"("secrets": ["a2V5LW9mLXRlYW1zLXRoYXQtaXMtMzItYnl0ZXMteHg="])";
  const auto found = read(std::string(R"({"provider": ")") + provider + R"(", "process": "p", )" +
                          (is_bot ? R"("app_id": "a")" : secret) + "}");
  EXPECT_THAT(found.faults, IsEmpty()) << provider;
  return *found.hook;
}

Hook of_events(const std::string& events) {
  const auto found =
      read(R"({"provider": "github", "secrets": ["0123456789abcdef"], "process": "p", "events": )" + events + "}");
  EXPECT_THAT(found.faults, IsEmpty()) << events;
  return *found.hook;
}

/// process, case, activity, id, resource
std::vector<std::string> told_of(const Event& event) {
  return {event.case_id, event.activity, event.id, event.resource};
}

TEST(Mapping, FillsHolesOfTheBodyAndTheHeaders) {
  const Hook hook = of_events(R"([{"case_id": "{/a~1b/0}-{{x}}", "activity": ["{/no}", "{header:x-event}.{/n}"],
      "timestamp": "{/t}", "id": "i", "resource": "r",
      "attributes": {"n": "{/n}", "text": "n={/n}", "flag": "{/flag}", "literal": 1.50, "none": null, "gone": "{/no}",
                     "object": "{/o}"}}])");
  const auto found =
      told(hook, {{{"x-event", "made"}},
                  R"({"a/b": ["1"], "n": 2.50, "flag": true, "o": {}, "t": "2021-02-25T15:00:00Z", "no": null})"});
  ASSERT_THAT(found.events, SizeIs(1));
  const Event& event = found.events.front();
  EXPECT_THAT(told_of(event), ElementsAre("1-{x}", "made.2.50", "i", "r"));
  EXPECT_EQ(event.source, "hooks/h");
  EXPECT_EQ(event.process, "p");
  EXPECT_THAT(event.attributes,
              ElementsAre(Attribute{"flag", "true"}, Attribute{"literal", "1.50"}, Attribute{"n", "2.50"},
                          Attribute{"none", "null"}, Attribute{"text", "\"n=2.50\""}));
}

TEST(Mapping, TakesTheFirstThatHolds) {
  const Hook hook =
      of_events(R"([{"when": {"path": "/kind", "op": "eq", "value": "a"}, "case_id": "1", "activity": "A"},
      {"when": {"path": "header:x-event", "op": "exists"}, "case_id": "1", "activity": "B"}])");
  EXPECT_EQ(told(hook, {{{"x-event", "e"}}, R"({"kind": "a"})"}).events.front().activity, "A");
  EXPECT_EQ(told(hook, {{{"x-event", "e"}}, R"({"kind": "b"})"}).events.front().activity, "B");
  EXPECT_THAT(told(hook, {{}, R"({"kind": "b"})"}).events, IsEmpty());
}

TEST(Mapping, GoesOverArrays) {
  const Hook hook =
      of_events(R"([{"each": "/list/*/items/*", "case_id": "{/list/*/id}", "activity": "{/list/*/items/*}"},
                                  {"case_id": "whole", "activity": "{/list/1/items/0}"}])");
  const auto found =
      told(hook, {{}, R"({"list": [{"id": "x", "items": ["a", "b"]}, {"id": "y", "items": ["c"]}, 7]})"});
  std::vector<std::string> all;
  for (const Event& event : found.events) all.push_back(event.case_id + ":" + event.activity);
  EXPECT_THAT(all, ElementsAre("x:a", "x:b", "y:c", "whole:c"));
}

TEST(Mapping, TellsEventsOfOneDeliveryApart) {
  const Hook hook = of_events(R"([{"each": "/*", "case_id": "1", "activity": "a", "id": "{header:x-id}"}])");
  const auto found = told(hook, {{{"x-id", "d"}}, "[1,2]"});
  EXPECT_EQ(found.events[0].id, "d");
  EXPECT_EQ(found.events[1].id, "d#1");
  const Hook own = of_events(R"([{"each": "/*", "case_id": "1", "activity": "a", "id": "{/*}"}])");
  EXPECT_EQ(told(own, {{}, "[8,9]"}).events[1].id, "9");
  EXPECT_EQ(told(own, {{}, "[\"" + std::string(200, 'x') + "\"]"}).events[0].id.size(), 64u);
}

TEST(Mapping, IsBounded) {
  const Hook hook = of_events(R"([{"each": "/*", "case_id": "1", "activity": "a"}])");
  std::string body = "[0";
  for (int i = 0; i < 1'000; ++i) body += ",0";
  const auto found = told(hook, {{}, body + "]"});
  EXPECT_THAT(found.events, SizeIs(1'000));
  EXPECT_TRUE(found.mapped.is_cut);
}

TEST(Mapping, ReadsTimesAsProvidersWriteThem) {
  const Hook hook = of_events(R"([{"case_id": "1", "activity": "a", "timestamp": "{/t}"}])");
  const auto time_of = [&](const std::string& text) {
    const auto found = told(hook, {{}, R"({"t": )" + text + "}"});
    return found.events.empty() ? std::int64_t{-1} : to_micros(found.events.front().timestamp);
  };
  for (const char* text : {"1614265330", "\"1614265330\"", "\"1614265330.000000\"", "1614265330000",
                           "\"1614265330000\"", "\"2021-02-25T15:02:10Z\"", "null", "\"\""}) {
    EXPECT_EQ(time_of(text), 1'614'265'330'000'000) << text;
  }
  EXPECT_EQ(time_of("\"1614265330.000200\""), 1'614'265'330'000'200);
  for (const char* text : {"\"yesterday\"", "\"0161426533000\"", "-1", "\"1614265330.\"", "99999999999999999999"}) {
    EXPECT_EQ(time_of(text), -1) << text;
  }
}

TEST(Mapping, LeavesWhatIsMissingToBeRefused) {
  const auto found = told(of_events(R"([{"case_id": "{/no}", "activity": "a"}])"), {{}, "{}"});
  ASSERT_THAT(found.refused, SizeIs(1));
  EXPECT_EQ(found.refused.front().code, Code::schema);
}

TEST(Mapping, OfAForm) {
  const Hook hook = usual("twilio");
  const Sent form{{{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
                  "MessageSid=SM1&SmsStatus=received&From=%2B1415&To=%2B1800&Body=a+b%26c&Body=twice"};
  ASSERT_THAT(told(hook, form).events, SizeIs(1));
  EXPECT_THAT(told_of(told(hook, form).events.front()), ElementsAre("+1415", "message.received", "SM1", "+1415"));
  for (const char* bad : {"a=%2", "a=%zz", "a=%ff"}) {
    Sent sent{form.headers, bad};
    EXPECT_EQ(body_as_json(sent.delivery()).error().code, Code::malformed_json) << bad;
  }
  Sent parts{{{"content-type", "multipart/form-data; boundary=x"}}, ""};
  EXPECT_EQ(body_as_json(parts.delivery()).error().code, Code::unsupported_media_type);
}

struct Usual {
  const char* provider;
  Sent sent;
  std::vector<std::vector<std::string>> expected;
};

std::vector<Usual> usual_deliveries() {
  return {
      {"standard",
       {{{"webhook-id", "m1"}}, R"({"type": "order.paid", "timestamp": "2021-02-25T15:00:00Z", "data": {"id": 7}})"},
       {{"7", "order.paid", "m1", ""}}},
      {"slack",
       {{}, R"({"type": "event_callback", "event_id": "E1", "event_time": 1614265330, "team_id": "T",
           "event": {"type": "message", "channel": "C", "ts": "1614265330.000200", "thread_ts": "1614265000.000100", "user": "U"}})"},
       {{"C/1614265000.000100", "message", "C:1614265330.000200:message", "U"}}},
      {"slack",
       {{}, R"({"type": "event_callback", "event": {"type": "message", "bot_id": "B", "channel": "C", "ts": "1.2"}})"},
       {}},
      {"github",
       {{{"x-github-event", "issues"}, {"x-github-delivery", "d-1"}},
        R"({"action": "opened", "issue": {"number": 3, "updated_at": "2021-02-25T15:00:00Z"}, "repository": {"full_name": "o/r"}, "sender": {"login": "ann"}})"},
       {{"o/r#3", "issues.opened", "d-1", "ann"}}},
      {"github", {{{"x-github-event", "ping"}}, R"({"zen": "…"})"}, {}},
      {"stripe",
       {{},
        R"({"id": "evt_1", "type": "charge.succeeded", "created": 1614265330, "livemode": false, "data": {"object": {"id": "ch_1", "amount": 5}}})"},
       {{"ch_1", "charge.succeeded", "evt_1", ""}}},
      {"zendesk",
       {{},
        R"({"id": "z1", "type": "zen:event-type:ticket.created", "time": "2021-02-25T15:00:00Z", "detail": {"id": "42", "status": "NEW"}})"},
       {{"42", "zen:event-type:ticket.created", "z1", ""}}},
      {"whatsapp",
       {{},
        R"({"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {
            "metadata": {"phone_number_id": "P"}, "messages": [{"from": "1", "id": "wamid.1", "timestamp": "1614265330", "type": "text"},
            {"from": "2", "id": "wamid.2", "timestamp": "1614265330", "type": "image"}]}}, {"field": "messages", "value": {
            "metadata": {"phone_number_id": "Q"}, "statuses": [{"id": "wamid.0", "status": "read", "timestamp": "1614265330", "recipient_id": "3"}]}}]}]})"},
       {{"P:1", "message.text", "wamid.1", "1"},
        {"P:2", "message.image", "wamid.2", "2"},
        {"Q:3", "status.read", "wamid.0:read", ""}}},
      {"teams",
       {{},
        R"({"type": "message", "id": "1", "timestamp": "2021-02-25T15:00:00Z", "from": {"id": "f"}, "conversation": {"id": "19:x"}})"},
       {{"19:x", "message", "1", "f"}}},
      {"bot_connector",
       {{}, R"({"type": "message", "id": "1", "from": {"id": "f"}, "conversation": {"id": "19:x"}})"},
       {{"19:x", "message", "1", "f"}}},
      {"mailgun",
       {{},
        R"({"signature": {}, "event-data": {"event": "delivered", "id": "e", "timestamp": 1614265330.25, "recipient": "a@b", "message": {"headers": {"message-id": "m@x"}}}})"},
       {{"m@x", "mail.delivered", "e", "a@b"}}},
      {"intercom",
       {{},
        R"({"topic": "conversation.user.created", "id": "n1", "created_at": 1614265330, "data": {"item": {"type": "conversation", "id": "9"}}})"},
       {{"9", "conversation.user.created", "n1", ""}}},
      {"intercom", {{}, R"({"topic": "ping", "data": {"item": {}}})"}, {}},
      {"basic",
       {{},
        R"([{"event": "bounce", "sg_event_id": "s", "sg_message_id": "m", "timestamp": 1614265330, "email": "a@b"}])"},
       {{"m", "mail.bounce", "s", "a@b"}}},
      {"basic",
       {{},
        R"({"RecordType": "Delivery", "MessageID": "pm", "DeliveredAt": "2021-02-25T15:00:00Z", "Recipient": "a@b"})"},
       {{"pm", "mail.Delivery", "pm:Delivery", "a@b"}}},
  };
}

TEST(Mapping, OfEachProviderIsUsuallySensible) {
  for (Usual& one : usual_deliveries()) {
    const auto found = told(usual(one.provider), one.sent);
    EXPECT_THAT(found.refused, IsEmpty()) << one.provider << found.mapped.events;
    std::vector<std::vector<std::string>> events;
    for (const Event& event : found.events) events.push_back(told_of(event));
    EXPECT_EQ(events, one.expected) << one.provider;
  }
}

}  // namespace
}  // namespace weir::hooks
