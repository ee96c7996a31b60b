#include "stream/hooks/bot_token.hpp"

#include <algorithm>
#include <array>

#include "schemas/codec/json_reader.hpp"
#include "schemas/crypto/base64url.hpp"

namespace weir::hooks {
namespace {

constexpr std::size_t token_bytes_max = 8192;
constexpr std::size_t keys_max = 100;
constexpr Duration skew = std::chrono::minutes{5};

std::string text_of(const JsonValue& object, std::string_view name) {
  const auto member = object.is(JsonKind::object) ? object.find(name) : std::nullopt;
  std::string scratch;
  return member && member->is(JsonKind::string) ? std::string(member->text(scratch)) : std::string{};
}

struct Parts {
  std::string header, claims, signature;
  std::string_view signed_bytes;
};

std::optional<Parts> parts_of(std::string_view token) {
  const std::size_t first = token.find('.'), second = token.find('.', first == token.npos ? first : first + 1);
  if (token.size() > token_bytes_max || first == token.npos || second == token.npos) return std::nullopt;
  auto header = crypto::from_base64url(token.substr(0, first));
  auto claims = crypto::from_base64url(token.substr(first + 1, second - first - 1));
  auto signature = crypto::from_base64url(token.substr(second + 1));
  if (!header || !claims || !signature) return std::nullopt;
  return Parts{*std::move(header), *std::move(claims), *std::move(signature), token.substr(0, second)};
}

/// The key's name; empty: the header is not one that we accept.
std::string key_named_by(std::string_view header) {
  JsonParser parser;
  const auto read = parser.parse(header);
  if (!read || !read->is(JsonKind::object) || read->duplicate_key()) return {};
  for (const std::string_view own : {"jku", "x5u", "jwk", "x5c", "crit"}) {
    if (read->find(own)) return {};
  }
  return text_of(*read, "alg") == "RS256" ? text_of(*read, "kid") : std::string{};
}

bool is_of_the_activity(const JsonValue& claims, const BotKey& key, std::string_view body) {
  JsonParser parser;
  const auto activity = parser.parse(body);
  if (!activity) return false;
  std::string claimed = text_of(claims, "serviceurl");
  if (claimed.empty()) claimed = text_of(claims, "serviceUrl");
  const auto& channels = key.endorsements;
  const bool may_speak = channels.empty() ||
                         std::find(channels.begin(), channels.end(), text_of(*activity, "channelId")) != channels.end();
  return may_speak && !claimed.empty() && claimed == text_of(*activity, "serviceUrl");
}

TokenVerdict judge_claims(std::string_view text, const BotIdentity& identity, const BotKey& key, std::string_view body,
                          Time now) {
  JsonParser parser;
  const auto claims = parser.parse(text);
  if (!claims || !claims->is(JsonKind::object) || claims->duplicate_key()) return TokenVerdict::bad;
  if (text_of(*claims, "iss") != identity.issuer || text_of(*claims, "aud") != identity.app_id) {
    return TokenVerdict::bad;
  }
  const auto second = [&](std::string_view name) -> std::optional<std::int64_t> {
    const auto member = claims->find(name);
    return member && member->is(JsonKind::number) ? member->as_int64() : std::nullopt;
  };
  const auto until = second("exp"), from = second("nbf");
  if (!until || (claims->find("nbf") && !from)) return TokenVerdict::bad;
  const std::int64_t at = to_micros(now) / 1'000'000, slack = skew / std::chrono::seconds{1};
  if (*until < at - slack || (from && *from > at + slack)) return TokenVerdict::expired;
  return is_of_the_activity(*claims, key, body) ? TokenVerdict::good : TokenVerdict::bad;
}

}  // namespace

Result<std::string> keys_address(std::string_view configuration) {
  JsonParser parser;
  const auto read = parser.parse(configuration);
  std::string address = read ? text_of(*read, "jwks_uri") : std::string{};
  if (address.empty()) return Error{Code::bad_request, "the OpenID configuration names no keys"};
  return address;
}

Result<BotKeys> read_bot_keys(std::string_view key_set) {
  JsonParser parser;
  const auto read = parser.parse(key_set);
  const auto list = read && read->is(JsonKind::object) ? read->find("keys") : std::nullopt;
  BotKeys keys;
  if (list && list->is(JsonKind::array)) {
    for (auto items = list->items(); !items.done() && keys.size() < keys_max;) {
      const JsonValue one = items.take();
      const auto modulus = crypto::from_base64url(text_of(one, "n")),
                 exponent = crypto::from_base64url(text_of(one, "e"));
      if (text_of(one, "kty") != "RSA" || !modulus || !exponent) continue;
      const auto key = crypto::RsaPublicKey::of(*modulus, *exponent);
      const std::string name = text_of(one, "kid");
      if (!key || name.empty()) continue;
      BotKey& made = keys[name] = {*key, {}};
      const auto channels = one.find("endorsements");
      if (!channels || !channels->is(JsonKind::array)) continue;
      std::string scratch;
      for (auto each = channels->items(); !each.done();) {
        if (const JsonValue channel = each.take(); channel.is(JsonKind::string)) {
          made.endorsements.emplace_back(channel.text(scratch));
        }
      }
    }
  }
  if (keys.empty()) return Error{Code::bad_request, "the key set has no RSA key"};
  return keys;
}

TokenVerdict judge_token(std::string_view token, const BotIdentity& identity, const BotKeys& keys,
                         std::string_view body, Time now) {
  const auto parts = parts_of(token);
  if (!parts) return TokenVerdict::bad;
  const std::string name = key_named_by(parts->header);
  if (name.empty()) return TokenVerdict::bad;
  const auto key = keys.find(name);
  if (key == keys.end()) return TokenVerdict::unknown_key;
  if (!key->second.key.has_signed(parts->signed_bytes, parts->signature)) return TokenVerdict::bad;
  return judge_claims(parts->claims, identity, key->second, body, now);
}

}  // namespace weir::hooks
