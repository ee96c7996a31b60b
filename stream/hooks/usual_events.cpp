// What each provider's deliveries are as events, where a hook does not say. As a document would have it.
#include "schemas/base/check.hpp"
#include "stream/hooks/hook.hpp"

namespace weir::hooks {
namespace {

constexpr std::string_view standard = R"([
  {"case_id": ["{/data/case_id}", "{/case_id}", "{/data/id}", "{header:webhook-id}"], "activity": ["{/type}", "webhook"],
   "timestamp": ["{/timestamp}", "{header:webhook-timestamp}"], "id": "{header:webhook-id}"}])";

// Copies of a message came under new event ids, so a message is known by its place and time. What a bot said, this one
// too, is not told.
constexpr std::string_view slack = R"([
  {"when": {"all": [{"path": "/type", "op": "eq", "value": "event_callback"}, {"path": "/event/bot_id", "op": "missing"}]},
   "case_id": ["{/event/channel}/{/event/thread_ts}", "{/event/channel}/{/event/message/thread_ts}",
               "{/event/channel}/{/event/message/ts}", "{/event/channel}/{/event/deleted_ts}",
               "{/event/item/channel}/{/event/item/ts}", "{/event/channel}/{/event/ts}", "{/event/channel}", "{/team_id}"],
   "activity": ["{/event/type}.{/event/subtype}", "{/event/type}"],
   "timestamp": ["{/event/ts}", "{/event/event_ts}", "{/event_time}"],
   "id": ["{/event/channel}:{/event/ts}:{/event/type}.{/event/subtype}", "{/event/channel}:{/event/ts}:{/event/type}",
          "{/event_id}"],
   "resource": "{/event/user}", "attributes": {"team": "{/team_id}", "channel": "{/event/channel}"}}])";

constexpr std::string_view github = R"([
  {"when": {"any": [{"path": "/issue/number", "op": "exists"}, {"path": "/pull_request/number", "op": "exists"}]},
   "case_id": ["{/repository/full_name}#{/pull_request/number}", "{/repository/full_name}#{/issue/number}"],
   "activity": ["{header:x-github-event}.{/action}", "{header:x-github-event}"],
   "timestamp": ["{/review/submitted_at}", "{/comment/updated_at}", "{/pull_request/updated_at}", "{/issue/updated_at}"],
   "id": "{header:x-github-delivery}", "resource": "{/sender/login}",
   "attributes": {"repository": "{/repository/full_name}", "state": ["{/pull_request/state}", "{/issue/state}"]}}])";

constexpr std::string_view stripe = R"([
  {"case_id": "{/data/object/id}", "activity": "{/type}", "timestamp": "{/created}", "id": "{/id}",
   "attributes": {"object": "{/data/object/object}", "customer": "{/data/object/customer}",
                  "amount": "{/data/object/amount}", "currency": "{/data/object/currency}", "livemode": "{/livemode}"}}])";

constexpr std::string_view zendesk = R"([
  {"case_id": ["{/detail/id}", "{/ticket/id}", "{/ticket_id}", "{/subject}"], "activity": ["{/type}", "ticket"],
   "timestamp": ["{/time}", "{/detail/updated_at}"],
   "id": ["{/id}", "{header:x-zendesk-webhook-invocation-id}"],
   "resource": ["{/event/actor/id}", "{/detail/actor_id}", "{/detail/assignee_id}"],
   "attributes": {"status": "{/detail/status}", "priority": "{/detail/priority}"}}])";

constexpr std::string_view whatsapp = R"([
  {"each": "/entry/*/changes/*/value/messages/*",
   "case_id": "{/entry/*/changes/*/value/metadata/phone_number_id}:{/entry/*/changes/*/value/messages/*/from}",
   "activity": "message.{/entry/*/changes/*/value/messages/*/type}",
   "timestamp": "{/entry/*/changes/*/value/messages/*/timestamp}", "id": "{/entry/*/changes/*/value/messages/*/id}",
   "resource": "{/entry/*/changes/*/value/messages/*/from}"},
  {"each": "/entry/*/changes/*/value/statuses/*",
   "case_id": "{/entry/*/changes/*/value/metadata/phone_number_id}:{/entry/*/changes/*/value/statuses/*/recipient_id}",
   "activity": "status.{/entry/*/changes/*/value/statuses/*/status}",
   "timestamp": "{/entry/*/changes/*/value/statuses/*/timestamp}",
   "id": "{/entry/*/changes/*/value/statuses/*/id}:{/entry/*/changes/*/value/statuses/*/status}"}])";

// A conversation goes by the customer's number, who writes or is written to.
constexpr std::string_view twilio = R"([
  {"when": {"path": "/CallSid", "op": "exists"}, "case_id": "{/CallSid}", "activity": ["call.{/CallStatus}", "call"],
   "id": ["{/CallSid}:{/CallStatus}:{/SequenceNumber}", "{/CallSid}:{/CallStatus}"], "resource": "{/From}"},
  {"when": {"path": "/MessageStatus", "op": "exists"}, "case_id": "{/To}", "activity": "message.{/MessageStatus}",
   "id": "{/MessageSid}:{/MessageStatus}"},
  {"case_id": "{/From}", "activity": ["message.{/SmsStatus}", "message"], "id": ["{/MessageSid}", "{/SmsSid}"],
   "resource": "{/From}"}])";

constexpr std::string_view activity_of_teams = R"([
  {"case_id": "{/conversation/id}", "activity": "{/type}", "timestamp": "{/timestamp}", "id": "{/id}",
   "resource": ["{/from/aadObjectId}", "{/from/id}"], "attributes": {"channel": "{/channelId}", "tenant": "{/conversation/tenantId}"}}])";

constexpr std::string_view mailgun = R"([
  {"when": {"path": "/event-data/event", "op": "exists"},
   "case_id": ["{/event-data/message/headers/message-id}", "{/event-data/id}"], "activity": "mail.{/event-data/event}",
   "timestamp": "{/event-data/timestamp}", "id": "{/event-data/id}", "resource": "{/event-data/recipient}"},
  {"case_id": ["{/In-Reply-To}", "{/Message-Id}", "{/token}"], "activity": "mail.received", "timestamp": "{/timestamp}",
   "id": ["{/Message-Id}", "{/token}"], "resource": "{/sender}"}])";

constexpr std::string_view intercom = R"([
  {"when": {"path": "/data/item/id", "op": "exists"}, "case_id": "{/data/item/id}", "activity": "{/topic}",
   "timestamp": "{/created_at}", "id": "{/id}", "resource": "{/data/item/admin_assignee_id}",
   "attributes": {"kind": "{/data/item/type}", "state": "{/data/item/state}"}}])";

// Of SendGrid, a list, and of Postmark.
constexpr std::string_view basic = R"([
  {"each": "/*", "case_id": ["{/*/sg_message_id}", "{/*/case_id}"], "activity": ["mail.{/*/event}", "{/*/activity}"],
   "timestamp": "{/*/timestamp}", "id": ["{/*/sg_event_id}", "{/*/id}"], "resource": "{/*/email}"},
  {"when": {"path": "/MessageID", "op": "exists"}, "case_id": "{/MessageID}",
   "activity": ["mail.{/RecordType}", "mail.received"], "timestamp": ["{/DeliveredAt}", "{/BouncedAt}", "{/ReceivedAt}"],
   "id": ["{/ID}", "{/MessageID}:{/RecordType}", "{/MessageID}"], "resource": ["{/Recipient}", "{/Email}", "{/From}"]},
  {"when": {"path": "/case_id", "op": "exists"}, "case_id": "{/case_id}", "activity": ["{/activity}", "webhook"],
   "timestamp": "{/timestamp}", "id": "{/id}"}])";

}  // namespace

std::string_view usual_events(Provider provider) {
  switch (provider) {
    case Provider::standard:
      return standard;
    case Provider::slack:
      return slack;
    case Provider::github:
      return github;
    case Provider::stripe:
      return stripe;
    case Provider::zendesk:
      return zendesk;
    case Provider::whatsapp:
      return whatsapp;
    case Provider::twilio:
      return twilio;
    case Provider::teams:
    case Provider::bot_connector:
      return activity_of_teams;
    case Provider::mailgun:
      return mailgun;
    case Provider::intercom:
      return intercom;
    case Provider::basic:
      return basic;
  }
  WEIR_CHECK(false, "an unknown provider");
}

}  // namespace weir::hooks
