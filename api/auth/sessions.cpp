#include "api/auth/sessions.hpp"

#include <algorithm>
#include <vector>

#include "api/auth/token.hpp"
#include "schemas/crypto/base64url.hpp"
#include "state/format/codec.hpp"
#include "state/format/keys.hpp"

namespace weir::auth {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t id_bytes = 8;

/// Sessions belong to no workspace: their users may work in several.
const format::Scope& scope() {
  static const format::Scope node(node_workspace);
  return node;
}

std::string id_of(const crypto::Digest& digest) { return crypto::to_hex(crypto::bytes_of(digest).substr(0, id_bytes)); }

std::string encode(const Session& session, const crypto::Digest& digest) {
  std::string bytes;
  format::Encoder out(bytes);
  out.byte(version);
  out.text(crypto::bytes_of(digest));
  for (const auto* text : {&session.user, &session.generation, &session.workspace}) out.text(*text);
  out.signed_number(to_micros(session.began));
  out.signed_number(to_micros(session.seen));
  return bytes;
}

}  // namespace

Sessions::Sessions(store::Store& store, const Clock& clock, Limits limits)
    : store_(store), clock_(clock), limits_(limits) {}

Result<std::unique_ptr<Sessions>> Sessions::open(store::Store& store, const Clock& clock, Limits limits) {
  std::unique_ptr<Sessions> opened(new Sessions(store, clock, limits));
  if (const auto restored = opened->restore(); !restored) return restored.error();
  if (const auto swept = opened->flush([](const Session&) { return true; }); !swept) return swept.error();
  return opened;
}

Result<void> Sessions::restore() {
  const auto prefix = scope().sessions();
  bool sound = true;
  const auto scanned = store_.scan(prefix, store::end_of_prefix(prefix), [&](auto, auto value) {
    format::Decoder in(value);
    if (in.byte() != version) in.refuse();
    Kept kept;
    const auto digest = in.text();
    auto& session = kept.session;
    for (auto* text : {&session.user, &session.generation, &session.workspace}) *text = in.text();
    session.began = from_micros(in.signed_number());
    session.seen = kept.written = from_micros(in.signed_number());
    sound = in.ok() && in.at_end() && digest.size() == kept.digest.size();
    if (!sound) return false;
    std::ranges::copy(digest, reinterpret_cast<char*>(kept.digest.data()));
    session.id = id_of(kept.digest);
    const std::string id = session.id;
    sessions_.insert_or_assign(id, std::move(kept));
    return true;
  });
  if (!scanned) return scanned;
  if (!sound) return Error{Code::state_format, "A kept session cannot be read."};
  return {};
}

bool Sessions::is_over(const Session& session, Time now) const {
  return now >= session.seen + limits_.idle || now >= session.began + limits_.lifetime;
}

Result<Sessions::Begun> Sessions::begin(const std::string& user, const std::string& generation,
                                        const std::string& workspace) {
  const auto now = clock_.now();
  Begun begun;
  begun.secret = crypto::to_base64url(crypto::random_bytes(secret_bytes));
  const auto digest = crypto::sha256(begun.secret);
  begun.session = {id_of(digest), user, generation, workspace, now, now};
  const std::lock_guard writing(writing_);
  store::Batch batch;
  batch.put(scope().session(begun.session.id), encode(begun.session, digest));
  {
    const std::lock_guard lock(mutex_);
    sessions_.insert_or_assign(begun.session.id, Kept{begun.session, digest, now});
    drop_oldest(batch, user);
  }
  if (const auto written = store_.write(batch, store::Durability::buffered); !written) return written.error();
  return begun;
}

void Sessions::drop_oldest(store::Batch& batch, const std::string& user) {
  std::vector<ById::iterator> own;
  for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
    if (at->second.session.user == user) own.push_back(at);
  }
  std::ranges::sort(own, {}, [](const auto& at) { return at->second.session.began; });
  for (std::size_t i = 0; i + limits_.per_user < own.size(); ++i) {
    batch.erase(scope().session(own[i]->first));
    sessions_.erase(own[i]);
  }
}

std::optional<Session> Sessions::find(std::string_view secret) {
  const auto digest = crypto::sha256(secret);
  const auto id = id_of(digest);
  {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    const bool known = found != sessions_.end() &&
                       crypto::constant_time_equal(crypto::bytes_of(found->second.digest), crypto::bytes_of(digest));
    if (!known) return std::nullopt;
  }
  return find_id(id);
}

std::optional<Session> Sessions::find_id(std::string_view id) {
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || is_over(found->second.session, now)) return std::nullopt;
  found->second.session.seen = std::max(found->second.session.seen, now);
  return found->second.session;
}

Result<bool> Sessions::move(const std::string& id, const std::string& workspace) {
  const std::lock_guard writing(writing_);
  store::Batch batch;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return false;
    found->second.session.workspace = workspace;
    batch.put(scope().session(id), encode(found->second.session, found->second.digest));
  }
  if (const auto written = store_.write(batch, store::Durability::buffered); !written) return written.error();
  return true;
}

Result<void> Sessions::end(const std::string& id) {
  const std::lock_guard writing(writing_);
  store::Batch batch;
  batch.erase(scope().session(id));
  {
    const std::lock_guard lock(mutex_);
    sessions_.erase(id);
  }
  return store_.write(batch, store::Durability::synced);
}

Result<void> Sessions::flush(const std::function<bool(const Session&)>& lives) {
  const auto now = clock_.now();
  const std::lock_guard writing(writing_);
  store::Batch batch;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = sessions_.begin(); at != sessions_.end();) {
      auto& [id, kept] = *at;
      if (is_over(kept.session, now) || !lives(kept.session)) {
        batch.erase(scope().session(id));
        at = sessions_.erase(at);
        continue;
      }
      if (kept.session.seen != kept.written) batch.put(scope().session(id), encode(kept.session, kept.digest));
      kept.written = kept.session.seen;
      ++at;
    }
  }
  if (batch.empty()) return {};
  return store_.write(batch, store::Durability::buffered);
}

std::size_t Sessions::count() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace weir::auth
