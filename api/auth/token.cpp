#include "api/auth/token.hpp"

#include "schemas/base/check.hpp"
#include "schemas/base/event.hpp"
#include "schemas/crypto/base64url.hpp"
#include "schemas/crypto/key_file.hpp"
#include "state/format/keys.hpp"

namespace weir::auth {
namespace {

constexpr std::string_view prefix = "weir_";
constexpr char version = 1;
constexpr std::size_t id_bytes = 8;
constexpr std::size_t mac_bytes = 32;
constexpr std::size_t fixed_bytes = 1 + id_bytes + id_bytes + 1 + 3 * 8;  // claims before the workspace
constexpr std::uint64_t seconds_max = 253'402'300'799;                    // the end of the year 9999

std::uint64_t to_seconds(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds);
}

Time from_seconds(std::uint64_t seconds) { return Time{std::chrono::seconds(seconds)}; }

crypto::Digest mac_of(const crypto::Key& key, std::string_view claims) {
  return crypto::hmac_sha256(key, std::string("weir token") + '\0' + std::string(claims));
}

struct Claims {
  Credential credential;
  std::uint64_t not_before = 0;
  std::uint64_t expires = 0;
};

// The claims behind the MAC that was found right. Nothing if they do not have the form that issue_token gives them.
std::optional<Claims> read_claims(std::string_view claims) {
  const auto rest = claims.substr(1 + id_bytes);
  const auto role = static_cast<std::uint8_t>(rest[id_bytes]);
  const auto times = rest.substr(id_bytes + 1);
  Claims read;
  read.credential.token_id = crypto::to_hex(rest.substr(0, id_bytes));
  read.credential.role = static_cast<Role>(role);
  read.credential.workspace = times.substr(3 * 8);
  read.not_before = format::read_big_endian(times.substr(8, 8));
  read.expires = format::read_big_endian(times.substr(16, 8));
  if (read.expires > 0) read.credential.expires = from_seconds(read.expires);
  const bool sound = role <= static_cast<std::uint8_t>(Role::producer) && is_plain_name(read.credential.workspace) &&
                     read.not_before <= seconds_max && read.expires <= seconds_max;
  return sound ? std::optional(std::move(read)) : std::nullopt;
}

bool in_time(const Claims& claims, Time now) {
  if (now + token_leeway < from_seconds(claims.not_before)) return false;
  return claims.expires == 0 || now < from_seconds(claims.expires) + token_leeway;
}

}  // namespace

Error invalid_token() {
  return {Code::invalid_token, "The token is malformed, foreign, withdrawn or out of its time."};
}

KeyRing::KeyRing(std::vector<crypto::Key> keys) {
  WEIR_CHECK(!keys.empty(), "a key ring without keys");
  for (const auto& key : keys) {
    const auto digest = crypto::hmac_sha256(key, "weir key id");
    entries_.push_back({std::string(crypto::bytes_of(digest).substr(0, id_bytes)), key});
  }
}

Result<KeyRing> KeyRing::open(const std::filesystem::path& data_folder) {
  auto keys = crypto::folder_keys(data_folder, "token");
  if (!keys) return keys.error();
  return KeyRing(std::move(*keys));
}

const KeyRing::Entry* KeyRing::find(std::string_view id) const {
  for (const auto& entry : entries_) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

Result<std::string> issue_token(const KeyRing& keys, const Grant& grant, Time now) {
  if (!is_plain_name(grant.workspace) || grant.workspace == node_workspace) {
    return Error{Code::bad_request, "The workspace must be 1 to 64 characters of a-z, 0-9, _ and -, and not _node."};
  }
  const auto not_before = to_seconds(grant.not_before.value_or(now));
  const auto expires = grant.expires ? to_seconds(*grant.expires) : 0;
  if (grant.expires && expires <= std::max(not_before, to_seconds(now))) {
    return Error{Code::bad_request, "The token would expire before it begins."};
  }
  if (std::max(expires, not_before) > seconds_max) return Error{Code::bad_request, "The time is after the year 9999."};

  std::string claims(1, version);
  claims += keys.newest().id;
  claims += crypto::random_bytes(id_bytes);
  claims.push_back(static_cast<char>(grant.role));
  for (const auto seconds : {to_seconds(now), not_before, expires}) format::append_big_endian(claims, seconds);
  claims += grant.workspace;
  const auto mac = mac_of(keys.newest().key, claims);
  return std::string(prefix) + crypto::to_base64url(claims + std::string(crypto::bytes_of(mac)));
}

Result<Credential> verify_token(const KeyRing& keys, std::string_view token, Time now) {
  if (token.size() > token_bytes_max || !token.starts_with(prefix)) return invalid_token();
  const auto bytes = crypto::from_base64url(token.substr(prefix.size()));
  if (!bytes || bytes->size() <= fixed_bytes + mac_bytes || bytes->front() != version) return invalid_token();

  const auto claims = std::string_view(*bytes).substr(0, bytes->size() - mac_bytes);
  const auto mac = std::string_view(*bytes).substr(claims.size());
  const auto* entry = keys.find(claims.substr(1, id_bytes));
  // An unknown key costs the same time as a known one.
  const auto expected = mac_of(entry != nullptr ? entry->key : keys.newest().key, claims);
  if (!crypto::constant_time_equal(crypto::bytes_of(expected), mac) || entry == nullptr) return invalid_token();

  auto read = read_claims(claims);
  if (!read || !in_time(*read, now)) return invalid_token();
  return std::move(read->credential);
}

Result<std::string_view> bearer_token(std::span<const std::string_view> authorization_values) {
  if (authorization_values.empty()) return Error{Code::missing_token, "Send Authorization: Bearer TOKEN."};
  if (authorization_values.size() > 1) return Error{Code::bad_request, "There are several Authorization fields."};
  constexpr std::string_view scheme = "bearer ";
  const auto value = authorization_values.front();
  const auto same = [](char expected, char given) {
    return expected == (given >= 'A' && given <= 'Z' ? given + 32 : given);
  };
  if (value.size() <= scheme.size() || !std::equal(scheme.begin(), scheme.end(), value.begin(), same)) {
    return invalid_token();
  }
  return value.substr(scheme.size());
}

}  // namespace weir::auth
