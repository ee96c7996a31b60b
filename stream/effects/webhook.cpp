#include "stream/effects/webhook.hpp"

#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/base64.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/effects/wording.hpp"

namespace weir::effects {
namespace {

std::string body_of(const Effect& effect) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("type", effect.type).member("timestamp", to_rfc3339(effect.occurred));
  json.key("data").begin_object();
  json.member("workspace", effect.workspace).member("key", effect.key).member("action", name_of(effect.action));
  json.member("severity", name_of(effect.severity)).member("title", effect.title).member("summary", effect.summary);
  json.key("fields");
  write_fields(json, effect.fields);
  if (!effect.data.empty()) json.key("details").raw(effect.data);
  json.end_object().end_object();
  return body;
}

}  // namespace

std::string webhook_signatures(const std::vector<std::string>& keys, std::string_view id, std::int64_t seconds,
                               std::string_view body) {
  std::string bytes{id};
  bytes.append(1, '.').append(std::to_string(seconds)).append(1, '.').append(body);
  std::string signatures;
  for (const std::string& key : keys) {
    if (!signatures.empty()) signatures += ' ';
    signatures += "v1," + crypto::to_base64(crypto::bytes_of(crypto::hmac_sha256(key, bytes)));
  }
  return signatures;
}

http::Call request(const Webhook& webhook, const Effect& effect, Time now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  http::Call call{"POST", webhook.url, {}, body_of(effect)};
  call.headers = {{"content-type", "application/json"},
                  {"user-agent", user_agent},
                  {"webhook-id", effect.id},
                  {"webhook-timestamp", std::to_string(seconds)},
                  {"webhook-signature", webhook_signatures(webhook.keys, effect.id, seconds, call.body)}};
  for (const auto& [name, value] : webhook.headers) call.headers.push_back({name, value});
  return call;
}

Verdict verdict(const Webhook&, const http::Answer& answer, Time now) { return judge(answer, now); }

}  // namespace weir::effects
