#include "stream/hooks/signature.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "schemas/base/check.hpp"
#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/base64.hpp"
#include "schemas/crypto/digest.hpp"
#include "schemas/crypto/ed25519.hpp"
#include "schemas/crypto/sha1.hpp"
#include "stream/hooks/form.hpp"

namespace weir::hooks {
namespace {

constexpr std::string_view standard_prefix = "whsec_", public_prefix = "whpk_";
constexpr std::size_t standard_bytes_min = 24, standard_bytes_max = 64;
constexpr std::size_t secret_bytes_min = 16, secret_bytes_max = 512;
constexpr std::size_t signatures_max = 32;  // in one header

std::string_view view_of(const auto& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

std::string hex_mac(const SigningKey& key, std::string_view bytes) {
  return crypto::to_hex(view_of(crypto::hmac_sha256(key.bytes, bytes)));
}
std::string base64_mac(const SigningKey& key, std::string_view bytes) {
  return crypto::to_base64(view_of(crypto::hmac_sha256(key.bytes, bytes)));
}
std::string hex_sha1_mac(const SigningKey& key, std::string_view bytes) {
  return crypto::to_hex(view_of(crypto::hmac_sha1(key.bytes, bytes)));
}
std::string base64_sha1_mac(const SigningKey& key, std::string_view bytes) {
  return crypto::to_base64(view_of(crypto::hmac_sha1(key.bytes, bytes)));
}

using Mac = std::string (*)(const SigningKey& key, std::string_view bytes);

/// All are looked at, whichever fits.
bool any_fits(const Signing& signing, Mac mac, std::string_view bytes, std::span<const std::string_view> given) {
  bool fits = false;
  for (const SigningKey& key : signing.keys) {
    const std::string expected = mac(key, bytes);
    for (const std::string_view one : given) fits = crypto::constant_time_equal(expected, one) || fits;
  }
  return fits;
}

Verdict one_fits(const Signing& signing, Mac mac, std::string_view bytes, std::string_view given) {
  return any_fits(signing, mac, bytes, {&given, 1}) ? Verdict::verified : Verdict::bad_signature;
}

std::optional<Time> seconds_of(std::string_view text) {
  constexpr std::size_t digits_max = 11;
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || text.size() > digits_max || failed != std::errc{} || end != text.data() + text.size() ||
      seconds < 0) {
    return std::nullopt;
  }
  return from_micros(seconds * 1'000'000);
}

/// Told only of what is rightly signed, so that nobody learns anything by a signature of his own.
Verdict in_time(Verdict verdict, const Signing& signing, std::optional<Time> at, Time now) {
  if (verdict != Verdict::verified) return verdict;
  return at && *at >= now - signing.tolerance && *at <= now + signing.tolerance ? verdict : Verdict::stale;
}

/// What is behind the prefix; nothing if it is another one.
std::optional<std::string_view> behind(std::string_view prefix, std::optional<std::string_view> text) {
  if (!text || !text->starts_with(prefix)) return std::nullopt;
  return text->substr(prefix.size());
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string bytes;
  for (const std::string_view part : parts) bytes.append(part);
  return bytes;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (parts.size() < signatures_max) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

Verdict verify_standard(const Signing& signing, const Delivery& delivery) {
  const auto id = delivery.header("webhook-id"), at = delivery.header("webhook-timestamp"),
             list = delivery.header("webhook-signature");
  if (!id || id->empty() || !at || !list) return Verdict::not_signed;
  const std::string bytes = joined({*id, ".", *at, ".", delivery.body});
  bool fits = false;
  for (const std::string_view one : split(*list, ' ')) {
    const auto mac = behind("v1,", one), signature = behind("v1a,", one);
    const auto raw = signature ? crypto::from_base64(*signature) : std::nullopt;
    for (const SigningKey& key : signing.keys) {
      if (key.is_public) {
        fits = (raw && crypto::is_signed_ed25519(key.bytes, bytes, *raw)) || fits;
      } else {
        fits = (mac && crypto::constant_time_equal(base64_mac(key, bytes), *mac)) || fits;
      }
    }
  }
  return in_time(fits ? Verdict::verified : Verdict::bad_signature, signing, seconds_of(*at), delivery.now);
}

Verdict verify_slack(const Signing& signing, const Delivery& delivery) {
  const auto at = delivery.header("x-slack-request-timestamp");
  const auto mac = behind("v0=", delivery.header("x-slack-signature"));
  if (!at || !mac) return Verdict::not_signed;
  return in_time(one_fits(signing, hex_mac, joined({"v0:", *at, ":", delivery.body}), *mac), signing, seconds_of(*at),
                 delivery.now);
}

Verdict verify_stripe(const Signing& signing, const Delivery& delivery) {
  const auto header = delivery.header("stripe-signature");
  if (!header) return Verdict::not_signed;
  std::string_view at;
  std::vector<std::string_view> macs;
  for (const std::string_view part : split(*header, ',')) {
    if (const auto time = behind("t=", part)) {
      if (!at.empty()) return Verdict::not_signed;
      at = *time;
    }
    if (const auto mac = behind("v1=", part)) macs.push_back(*mac);
  }
  if (at.empty() || macs.empty()) return Verdict::not_signed;
  const bool fits = any_fits(signing, hex_mac, joined({at, ".", delivery.body}), macs);
  return in_time(fits ? Verdict::verified : Verdict::bad_signature, signing, seconds_of(at), delivery.now);
}

Verdict verify_zendesk(const Signing& signing, const Delivery& delivery) {
  const auto at = delivery.header("x-zendesk-webhook-signature-timestamp"),
             mac = delivery.header("x-zendesk-webhook-signature");
  if (!at || !mac) return Verdict::not_signed;
  const auto time = parse_rfc3339(*at);
  return in_time(one_fits(signing, base64_mac, joined({*at, delivery.body}), *mac), signing,
                 time ? time : seconds_of(*at), delivery.now);
}

/// Of the body alone, behind a prefix.
Verdict verify_body(const Signing& signing, const Delivery& delivery, std::string_view header, std::string_view prefix,
                    Mac mac) {
  const auto given = behind(prefix, delivery.header(header));
  return given ? one_fits(signing, mac, delivery.body, *given) : Verdict::not_signed;
}

/// Twilio signs the URL as it calls it, with or without the scheme's own port.
std::vector<std::string> forms_of(const std::string& url) {
  std::vector<std::string> forms{url};
  const std::size_t host = url.find("://");
  if (host == url.npos) return forms;
  const std::string own = url.starts_with("https") ? ":443" : ":80";
  const std::size_t end = std::min(url.find_first_of("/?", host + 3), url.size());
  const std::size_t colon = url.rfind(':', end);
  const bool has_port = colon > host && url.find(']', colon) >= end;
  if (!has_port) forms.push_back(url.substr(0, end) + own + url.substr(end));
  if (has_port && url.compare(colon, end - colon, own) == 0) forms.push_back(url.substr(0, colon) + url.substr(end));
  return forms;
}

/// Behind the URL: names and values of the form, by name; of another body the URL itself has the hash.
std::optional<std::string> twilio_suffix(const Delivery& delivery) {
  constexpr std::string_view parameter = "bodySHA256=";
  const std::size_t at = delivery.url.find(parameter);
  if (at != delivery.url.npos && at > 0 && (delivery.url[at - 1] == '?' || delivery.url[at - 1] == '&')) {
    const std::size_t begin = at + parameter.size();
    const std::string_view given =
        std::string_view(delivery.url).substr(begin, delivery.url.find_first_of("&#", begin) - begin);
    const auto hash = crypto::sha256(delivery.body);
    if (!crypto::constant_time_equal(crypto::to_hex(crypto::bytes_of(hash)), given)) return std::nullopt;
    return std::string{};
  }
  const auto fields = read_form(delivery.body);
  if (!fields) return std::nullopt;
  std::multimap<std::string_view, std::string_view> sorted;
  for (const auto& [name, value] : *fields) sorted.emplace(name, value);
  std::string suffix;
  for (const auto& [name, value] : sorted) suffix.append(name).append(value);
  return suffix;
}

Verdict verify_twilio(const Signing& signing, const Delivery& delivery) {
  const auto mac = delivery.header("x-twilio-signature");
  if (!mac) return Verdict::not_signed;
  const auto suffix = twilio_suffix(delivery);
  if (!suffix) return Verdict::bad_signature;
  bool fits = false;
  for (const std::string& url : forms_of(delivery.url)) {
    fits = any_fits(signing, base64_sha1_mac, url + *suffix, {&*mac, 1}) || fits;
  }
  return fits ? Verdict::verified : Verdict::bad_signature;
}

struct MailgunSignature {
  std::string timestamp, token, mac;
};

/// In the member `signature` of a JSON body, or among the fields of a form.
std::optional<MailgunSignature> mailgun_signature(const Delivery& delivery) {
  MailgunSignature found;
  JsonParser parser;
  if (const auto body = parser.parse(delivery.body); body && body->is(JsonKind::object)) {
    const auto object = body->find("signature");
    if (!object || !object->is(JsonKind::object)) return std::nullopt;
    std::string scratch;
    const auto text = [&](std::string_view name) {
      const auto member = object->find(name);
      if (member && member->is(JsonKind::number)) return std::string(member->raw());
      return member && member->is(JsonKind::string) ? std::string(member->text(scratch)) : std::string{};
    };
    if (object->duplicate_key()) return std::nullopt;
    found = {text("timestamp"), text("token"), text("signature")};
  } else if (const auto fields = read_form(delivery.body)) {
    for (const auto& [name, value] : *fields) {
      if (name == "timestamp") found.timestamp = value;
      if (name == "token") found.token = value;
      if (name == "signature") found.mac = value;
    }
  }
  const bool is_whole = !found.timestamp.empty() && !found.token.empty() && !found.mac.empty();
  return is_whole ? std::optional{std::move(found)} : std::nullopt;
}

Verdict verify_mailgun(const Signing& signing, const Delivery& delivery) {
  const auto given = mailgun_signature(delivery);
  if (!given) return Verdict::not_signed;
  return in_time(one_fits(signing, hex_mac, given->timestamp + given->token, given->mac), signing,
                 seconds_of(given->timestamp), delivery.now);
}

Verdict verify_bot(const Signing& signing, const Delivery& delivery, const BotKeys* keys) {
  const auto token = behind("Bearer ", delivery.header("authorization"));
  if (!token) return Verdict::not_signed;
  if (keys == nullptr) return Verdict::needs_keys;
  switch (judge_token(*token, signing.bot, *keys, delivery.body, delivery.now)) {
    case TokenVerdict::good:
      return Verdict::verified;
    case TokenVerdict::expired:
      return Verdict::stale;
    case TokenVerdict::unknown_key:
      return Verdict::needs_keys;
    case TokenVerdict::bad:
      break;
  }
  return Verdict::bad_signature;
}

std::string plain(const SigningKey& key, std::string_view) { return crypto::to_base64(key.bytes); }

constexpr std::array<std::string_view, 12> provider_names{"standard",      "slack",    "github",   "stripe",
                                                          "zendesk",       "whatsapp", "twilio",   "teams",
                                                          "bot_connector", "mailgun",  "intercom", "basic"};

}  // namespace

std::string_view name_of(Provider provider) { return provider_names[static_cast<std::size_t>(provider)]; }

std::string_view name_of(Verdict verdict) {
  constexpr std::array<std::string_view, 5> names{"verified", "not_signed", "bad_signature", "stale", "needs_keys"};
  return names[static_cast<std::size_t>(verdict)];
}

std::optional<SigningKey> signing_key(Provider provider, std::string_view text) {
  if (provider == Provider::standard) {
    if (const auto key = behind(public_prefix, text)) {
      auto bytes = crypto::from_base64(*key);
      if (!bytes || bytes->size() != crypto::ed25519_key_bytes) return std::nullopt;
      return SigningKey{*std::move(bytes), true};
    }
    const auto key = behind(standard_prefix, text);
    auto bytes = key ? crypto::from_base64(*key) : std::nullopt;
    if (!bytes || bytes->size() < standard_bytes_min || bytes->size() > standard_bytes_max) return std::nullopt;
    return SigningKey{*std::move(bytes)};
  }
  if (provider == Provider::teams) {
    auto bytes = crypto::from_base64(text);
    if (!bytes || bytes->size() < secret_bytes_min) return std::nullopt;
    return SigningKey{*std::move(bytes)};
  }
  const bool fits = text.size() >= secret_bytes_min && text.size() <= secret_bytes_max;
  if (!fits || (provider == Provider::basic && text.find(':') == text.npos)) return std::nullopt;
  return SigningKey{std::string(text)};
}

std::string_view form_of_secrets(Provider provider) {
  if (provider == Provider::standard) {
    return "must be whsec_ and the base64 of 24 to 64 bytes, or whpk_ and that of an Ed25519 key";
  }
  if (provider == Provider::teams) return "must be the base64 of at least 16 bytes";
  if (provider == Provider::basic) return "must be USER:PASSWORD, of at least 16 bytes";
  return "must have at least 16 bytes";
}

Verdict verify(const Signing& signing, const Delivery& delivery, const BotKeys* keys) {
  switch (signing.provider) {
    case Provider::standard:
      return verify_standard(signing, delivery);
    case Provider::slack:
      return verify_slack(signing, delivery);
    case Provider::github:
    case Provider::whatsapp:
      return verify_body(signing, delivery, "x-hub-signature-256", "sha256=", hex_mac);
    case Provider::stripe:
      return verify_stripe(signing, delivery);
    case Provider::zendesk:
      return verify_zendesk(signing, delivery);
    case Provider::twilio:
      return verify_twilio(signing, delivery);
    case Provider::teams:
      return verify_body(signing, delivery, "authorization", "HMAC ", base64_mac);
    case Provider::bot_connector:
      return verify_bot(signing, delivery, keys);
    case Provider::mailgun:
      return verify_mailgun(signing, delivery);
    case Provider::intercom:
      return verify_body(signing, delivery, "x-hub-signature", "sha1=", hex_sha1_mac);
    case Provider::basic:
      return verify_body(signing, delivery, "authorization", "Basic ", plain);
  }
  WEIR_CHECK(false, "an unknown provider");
}

std::string once_only(const Signing& signing, const Delivery& delivery) {
  if (signing.provider != Provider::mailgun) return {};
  const auto given = mailgun_signature(delivery);
  return given ? given->token : std::string{};
}

}  // namespace weir::hooks
