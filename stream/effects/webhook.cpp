#include "stream/effects/webhook.hpp"

#include "schemas/crypto/base64.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/effects/wording.hpp"

namespace weir::effects {
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
  http::Call call{"POST", webhook.url, {}, event_body(effect)};
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
