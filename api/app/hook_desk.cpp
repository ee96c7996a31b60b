#include "api/app/hook_desk.hpp"

#include "schemas/base/event.hpp"
#include "schemas/crypto/base64url.hpp"

namespace weir::app {
namespace {

constexpr std::size_t mac_bytes = 16;
constexpr std::size_t known_max = 10'000;
constexpr std::size_t seen_max = 200'000;
constexpr std::size_t tokens_max = 100'000;
constexpr std::chrono::seconds held_max{1};  // other nodes write too

}  // namespace

HookAddresses::HookAddresses(const crypto::Key& key) : key_(crypto::hmac_sha256(key, "weir hook addresses")) {}

std::string HookAddresses::of(const std::string& workspace, const std::string& name) const {
  const std::string named = workspace + '.' + name;  // neither has a dot
  const auto mac = crypto::hmac_sha256(key_, named);
  return named + '.' + crypto::to_base64url(crypto::bytes_of(mac).substr(0, mac_bytes));
}

Result<documents::Place> HookAddresses::place_of(std::string_view address) const {
  const std::size_t first = address.find('.'), second = address.find('.', std::min(first, address.size() - 1) + 1);
  if (address.empty() || first == address.npos || second == address.npos) return Error{Code::not_found, ""};
  documents::Place place{std::string(address.substr(0, first)), documents::Kind::hook,
                         std::string(address.substr(first + 1, second - first - 1))};
  const bool is_ours = is_plain_name(place.workspace) && is_plain_name(place.name) &&
                       crypto::constant_time_equal(of(place.workspace, place.name), address);
  if (!is_ours) return Error{Code::not_found, ""};
  return place;
}

HookDesk::HookDesk(Node& node, DocumentDesk& documents)
    : node_(node),
      documents_(documents),
      addresses_(node.secrets().documents),
      keys_(documents.kinds().reach(), node.clock(), node.logger()),
      seen_(seen_max),
      tokens_(tokens_max) {}

Result<std::shared_ptr<const hooks::Hook>> HookDesk::find(const documents::Place& place) {
  const std::uint64_t changes = documents_.changes();
  const Clock::Steady now = node_.clock().steady();
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(place);
    if (known != known_.end() && known->second.changes == changes && now - known->second.read < held_max) {
      return known->second.hook;
    }
  }
  const auto opened = documents_.open(place);
  if (!opened) return opened.error();
  if (!*opened) return Error{Code::not_found, ""};
  std::optional<hooks::Hook> hook;
  const auto faults = read_document((*opened)->body, [&](const DocumentNode& node) { hook = hooks::read_hook(node); });
  if (!faults) return faults.error();
  if (!hook) return Error{Code::invalid_document, faults->empty() ? "" : faults->front().detail};
  auto read = std::make_shared<const hooks::Hook>(*std::move(hook));
  const std::lock_guard lock(mutex_);
  if (known_.size() >= known_max) known_.clear();
  known_.insert_or_assign(place, Known{read, changes, now});
  return read;
}

std::vector<bool> HookDesk::seen(const std::vector<Hash128>& ones) const {
  std::vector<bool> found;
  const std::lock_guard lock(mutex_);
  for (const Hash128& one : ones) found.push_back(seen_.has(one));
  return found;
}

void HookDesk::remember(const std::vector<Hash128>& ones) {
  const std::lock_guard lock(mutex_);
  for (const Hash128& one : ones) seen_.add(one);
}

hooks::OnceOnly::Use HookDesk::use(const Hash128& token, const Hash128& body, Duration tolerance) {
  const Time now = node_.clock().now();
  const std::lock_guard lock(mutex_);
  return tokens_.use(token, body, now, now + 2 * tolerance);
}

}  // namespace weir::app
