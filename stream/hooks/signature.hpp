// Whether a delivery comes from who has the hook's secret, by the rules of its provider (reference
// sla-rules-conversations, B6): over the bytes as they came, in constant time, by any of several secrets, and not older
// or further ahead than the hook bears.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stream/hooks/bot_token.hpp"
#include "stream/hooks/delivery.hpp"

namespace weir::hooks {

enum class Provider : std::uint8_t {
  standard,  // Standard Webhooks
  slack,
  github,
  stripe,
  zendesk,
  whatsapp,
  twilio,
  teams,
  bot_connector,
  mailgun,
  intercom,
  basic,  // user and password in the URL, as providers without signatures offer it
};

std::string_view name_of(Provider provider);

/// A secret as its provider uses it.
struct SigningKey {
  std::string bytes;
  bool is_public = false;  // of Ed25519, to check by
};

/// Nothing where the text is no secret of the provider's form, or too short to be one.
std::optional<SigningKey> signing_key(Provider provider, std::string_view text);
/// What signing_key() asks for, as a predicate: "must be …".
std::string_view form_of_secrets(Provider provider);

struct Signing {
  Provider provider = Provider::standard;
  std::vector<SigningKey> keys;
  Duration tolerance{std::chrono::minutes{5}};
  BotIdentity bot;  // of bot_connector, which has no keys of its own
};

/// Labels of a metric too.
enum class Verdict : std::uint8_t {
  verified,
  not_signed,  // what the signature is of or in is missing, or stands twice
  bad_signature,
  stale,      // rightly signed, but at another time
  needs_keys  // of bot_connector: the provider's keys have to be fetched
};

std::string_view name_of(Verdict verdict);

/// `keys`: of bot_connector, as fetched; null: none yet. O(bytes of the body, keys).
Verdict verify(const Signing& signing, const Delivery& delivery, const BotKeys* keys = nullptr);

/// Of what is signed beside the body: a repeat of it with another body is no repeat by the provider. Empty: the body is
/// signed, or there is nothing that is once only.
std::string once_only(const Signing& signing, const Delivery& delivery);

}  // namespace weir::hooks
