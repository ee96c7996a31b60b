#include "stream/effects/salesforce_case.hpp"

#include <algorithm>

#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/base64url.hpp"
#include "schemas/crypto/digest.hpp"
#include "state/http/url.hpp"
#include "stream/effects/wording.hpp"

namespace weir::effects {
namespace {

using Kind = Verdict::Kind;

/// The member's text; empty if it is not there.
std::string text_of(const JsonValue& object, std::string_view name) {
  const auto member = object.is(JsonKind::object) ? object.find(name) : std::nullopt;
  std::string scratch;
  return member && member->is(JsonKind::string) ? std::string{member->text(scratch)} : "";
}

/// The first code of Salesforce's array of errors; empty if the body is none.
std::string error_code_of(const http::Answer& answer) {
  JsonParser parser;
  const auto value = parser.parse(answer.response.body);
  if (!value || !value->is(JsonKind::array)) return "";
  auto items = value->items();
  return items.done() ? "" : text_of(items.take(), "errorCode");
}

std::string value_of(const CaseField& field, const Effect& effect) {
  using Source = CaseField::Source;
  switch (field.source) {
    case Source::text:
      return field.text;
    case Source::id:
      return effect.id;
    case Source::type:
      return effect.type;
    case Source::key:
      return effect.key;
    case Source::action:
      return std::string{name_of(effect.action)};
    case Source::severity:
      return std::string{name_of(effect.severity)};
    case Source::title:
      return shortened(effect.title, 255);  // a Subject's length
    case Source::summary:
      return shortened(effect.summary, 32'000);  // a Description's
    case Source::occurred:
      return to_rfc3339(effect.occurred);
    case Source::data:
      return effect.data;
    case Source::field:
      break;
  }
  const auto named = std::find_if(effect.fields.begin(), effect.fields.end(),
                                  [&](const auto& one) { return one.first == field.text; });
  return named == effect.fields.end() ? "" : named->second;
}

class SalesforceConversation final : public Conversation {
 public:
  SalesforceConversation(const SalesforceCase& receiver, const Effect& effect, Session& session)
      : receiver_(receiver), effect_(effect), session_(session) {}

  http::Outgoing open(Time now) override { return session_.token.empty() ? sign_in(now) : upsert(); }

  Next hear(const http::Answer& answer, Time now) override {
    return asked_ == Asked::token ? hear_token(answer, now) : hear_upsert(answer, now);
  }

 private:
  enum class Asked : std::uint8_t { token, upsert, update };

  http::Call sign_in(Time now);
  http::Call upsert();
  Next hear_token(const http::Answer& answer, Time now);
  Next hear_upsert(const http::Answer& answer, Time now);
  Next hear_refusal(const http::Answer& answer, Verdict verdict);

  const SalesforceCase& receiver_;
  const Effect& effect_;
  Session& session_;
  Asked asked_ = Asked::token;
  bool signed_in_ = false;  // during this attempt
  bool update_ = false;     // no more creating
  std::string token_;       // that the upsert was sent with
};

http::Call SalesforceConversation::sign_in(Time now) {
  asked_ = Asked::token;
  signed_in_ = true;
  return {
      "POST",
      receiver_.login_url + "/services/oauth2/token",
      {{"content-type", "application/x-www-form-urlencoded"}, {"user-agent", user_agent}},
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + bearer_assertion(receiver_, now)};
}

http::Call SalesforceConversation::upsert() {
  asked_ = update_ ? Asked::update : Asked::upsert;
  token_ = session_.token;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  for (const CaseField& field : receiver_.fields) {
    if (field.action && field.action != effect_.action) continue;
    json.member(field.name, value_of(field, effect_));
  }
  json.end_object();
  auto call =
      json_call("PATCH",
                session_.address + "/services/data/" + receiver_.version + "/sobjects/Case/" + receiver_.external_id +
                    '/' + external_id_of(effect_.key) + (update_ ? "?updateOnly=true" : ""),
                std::move(body));
  call.headers.push_back({"authorization", "Bearer " + token_});
  call.headers.push_back(
      {"sforce-duplicate-rule-header", "allowSave=true"});  // the org's own rules hold upserts up too
  return call;
}

Conversation::Next SalesforceConversation::hear_token(const http::Answer& answer, Time now) {
  Verdict verdict = judge(answer, now);
  if (verdict.kind == Kind::gone) verdict.kind = Kind::again;  // 410 is no word of Salesforce's
  if (verdict.kind != Kind::delivered) {
    if (answer.response.status == 400) verdict.why = "it gives no token to this client and user";
    return verdict;
  }
  JsonParser parser;
  const auto value = parser.parse(answer.response.body);
  std::string token = value ? text_of(*value, "access_token") : "";
  std::string address = value ? text_of(*value, "instance_url") : "";
  while (address.ends_with('/')) address.pop_back();
  const auto url = http::parse_url(address);
  const bool encrypted = url && (url->scheme == "https" || receiver_.login_url.starts_with("http://"));
  const bool plain =
      !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!plain || !encrypted) return Verdict{Kind::again, {}, "its answer holds no token", true};
  session_ = {std::move(token), std::move(address)};
  return upsert();
}

Conversation::Next SalesforceConversation::hear_upsert(const http::Answer& answer, Time now) {
  Verdict verdict = judge(answer, now);
  if (verdict.kind == Kind::gone) verdict.kind = Kind::again;
  if (answer.failure != http::Failure::none || verdict.kind == Kind::delivered) return verdict;
  if (answer.response.status == 401) {
    if (session_.token == token_) session_ = {};
    if (!session_.token.empty()) return upsert();  // another attempt renewed it meanwhile
    if (signed_in_) return verdict;
    return sign_in(now);
  }
  return hear_refusal(answer, std::move(verdict));
}

Conversation::Next SalesforceConversation::hear_refusal(const http::Answer& answer, Verdict verdict) {
  const unsigned status = answer.response.status;
  const std::string code = error_code_of(answer);
  if (!code.empty() && code.size() <= 64) verdict.why += ", " + code;
  if (status == 300) {
    verdict.kind = Kind::refused;
    verdict.why = "several cases have the external id, which must be unique";
  } else if (code == "DUPLICATE_VALUE" && asked_ == Asked::upsert) {
    update_ = true;
    return upsert();
  } else if (code == "REQUEST_LIMIT_EXCEEDED") {
    verdict.kind = Kind::limited;
    if (!verdict.wait) verdict.wait = std::chrono::minutes{15};  // the limit is of a rolling day
  } else if (code == "UNABLE_TO_LOCK_ROW" || code == "DUPLICATE_VALUE" || code == "SERVER_UNAVAILABLE") {
    verdict.kind = Kind::again;
  } else if (asked_ == Asked::update && status == 404) {
    verdict.kind = Kind::again;  // what it collided with is gone
  } else if (status == 400 || status == 403 || status == 404) {
    verdict.kind = Kind::refused;
  }
  return verdict;
}

}  // namespace

std::string bearer_assertion(const SalesforceCase& receiver, Time now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string claims;
  JsonWriter(claims)
      .begin_object()
      .member("iss", receiver.client_id)
      .member("sub", receiver.user)
      .member("aud", receiver.audience)
      .member("exp", seconds + 180)
      .end_object();
  const std::string bytes = crypto::to_base64url(R"({"alg":"RS256"})") + '.' + crypto::to_base64url(claims);
  return bytes + '.' + crypto::to_base64url(receiver.key.sign(bytes));
}

std::string external_id_of(const std::string& key) {
  const bool plain =
      key.size() <= 200 && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
      });
  return plain ? key : crypto::to_hex(crypto::bytes_of(crypto::sha256(key))).substr(0, 40);
}

std::unique_ptr<Conversation> converse_with_salesforce(const SalesforceCase& receiver, const Effect& effect,
                                                       Session& session) {
  return std::make_unique<SalesforceConversation>(receiver, effect, session);
}

}  // namespace weir::effects
