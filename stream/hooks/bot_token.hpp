// The token by which the Bot Connector signs in to a bot: a JWT by one of the keys that Microsoft publishes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "schemas/crypto/rsa.hpp"

namespace weir::hooks {

struct BotIdentity {
  std::string app_id;    // audience
  std::string issuer;    // "https://api.botframework.com"
  std::string metadata;  // URL of the OpenID configuration that names the keys
};

struct BotKey {
  crypto::RsaPublicKey key;
  std::vector<std::string> endorsements;  // channels for which it may speak; empty: all
};

/// By their `kid`.
using BotKeys = std::map<std::string, BotKey, std::less<>>;

/// Where the keys are, of an OpenID configuration. Error: bad_request.
Result<std::string> keys_address(std::string_view configuration);
/// RSA keys of a JWK set; others are passed over. Error: bad_request, also without any.
Result<BotKeys> read_bot_keys(std::string_view key_set);

enum class TokenVerdict : std::uint8_t { good, bad, expired, unknown_key };

/// The algorithm is the key's (RS256), the key is looked up by `kid` alone, and a token that brings or names keys of
/// its own is bad, as is one that is not for this bot, this issuer or the service URL and channel of the activity in
/// `body`.
TokenVerdict judge_token(std::string_view token, const BotIdentity& identity, const BotKeys& keys,
                         std::string_view body, Time now);

}  // namespace weir::hooks
