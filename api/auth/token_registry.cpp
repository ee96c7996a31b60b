#include "api/auth/token_registry.hpp"

#include <algorithm>

#include "api/auth/token.hpp"
#include "api/auth/workspaces.hpp"
#include "state/format/codec.hpp"

namespace weir::auth {
namespace {

constexpr std::uint8_t version = 1;
constexpr Duration use_precision = std::chrono::minutes(1);

void encode(format::Encoder& out, const std::optional<Time>& time) {
  out.byte(time ? 1 : 0);
  if (time) out.signed_number(to_micros(*time));
}

std::optional<Time> decode_time(format::Decoder& in) {
  if (in.byte() == 0) return std::nullopt;
  return from_micros(in.signed_number());
}

/// Not only past its time, but past what verifiers still let pass.
bool is_past(const TokenRecord& record, Time now) { return record.expires && now >= *record.expires + token_leeway; }

Time used_or_made(const TokenRecord& record) { return record.last_used.value_or(record.made); }

}  // namespace

std::string encode(const TokenRecord& record) {
  std::string bytes;
  format::Encoder out(bytes);
  out.byte(version);
  out.byte(record.name ? 1 : 0);
  if (record.name) out.text(*record.name);
  out.byte(static_cast<std::uint8_t>(record.role));
  out.signed_number(to_micros(record.made));
  out.text(record.made_by);
  encode(out, record.expires);
  encode(out, record.last_used);
  out.byte(record.revoked ? 1 : 0);
  return bytes;
}

Result<TokenRecord> decode_token_record(std::string_view id, std::string_view bytes) {
  format::Decoder in(bytes);
  if (in.byte() != version) in.refuse();
  TokenRecord record;
  record.id = id;
  if (in.byte() != 0) record.name = in.text();
  const auto role = in.byte();
  record.role = static_cast<Role>(role);
  record.made = from_micros(in.signed_number());
  record.made_by = in.text();
  record.expires = decode_time(in);
  record.last_used = decode_time(in);
  record.revoked = in.byte() != 0;
  const bool sound = in.ok() && in.at_end() && is_token_id(id) && role <= static_cast<std::uint8_t>(Role::producer);
  if (!sound) return Error{Code::state_format, "A kept token cannot be read."};
  return record;
}

bool is_token_id(std::string_view text) {
  return text.size() == 16 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

TokenRegistry::TokenRegistry(store::Store& store, const Clock& clock, Limits limits)
    : store_(store), clock_(clock), limits_(limits) {}

Result<std::unique_ptr<TokenRegistry>> TokenRegistry::open(store::Store& store, const Clock& clock, Limits limits) {
  std::unique_ptr<TokenRegistry> opened(new TokenRegistry(store, clock, limits));
  const auto workspaces = workspaces_in(store);
  if (!workspaces) return workspaces.error();
  for (const auto& workspace : *workspaces) {
    if (const auto restored = opened->restore(format::Scope(workspace)); !restored) return restored.error();
  }
  return opened;
}

Result<std::unique_ptr<TokenRegistry>> TokenRegistry::open(store::Store& store, const Clock& clock) {
  return open(store, clock, Limits());
}

Result<void> TokenRegistry::restore(const format::Scope& scope) {
  const auto prefix = scope.tokens();
  Result<void> outcome;
  const auto scanned = store_.scan(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
    auto record = decode_token_record(format::behind(key, prefix), value);
    if (!record) outcome = record.error();
    if (record) workspaces_[scope.workspace()].insert_or_assign(record->id, Kept{*record});
    return outcome.ok();
  });
  return scanned ? outcome : scanned;
}

Result<void> TokenRegistry::add(const std::string& workspace, TokenRecord record) {
  {
    const std::lock_guard lock(mutex_);
    const auto made = std::ranges::count_if(workspaces_[workspace], [](const auto& entry) {
      return entry.second.record.name && !entry.second.record.revoked;
    });
    if (static_cast<std::size_t>(made) >= limits_.made) {
      return Error{Code::directory_full, "The workspace has " + std::to_string(made) + " tokens; revoke some."};
    }
  }
  return share_ ? share_(workspace, record) : apply(workspace, std::move(record));
}

Result<void> TokenRegistry::revoke(const std::string& workspace, const std::string& id) {
  TokenRecord record{.id = id, .name = {}, .made = clock_.now(), .made_by = {}};
  {
    const std::lock_guard lock(mutex_);
    const auto& tokens = workspaces_[workspace];
    const auto revoked = std::ranges::count_if(tokens, [](const auto& entry) { return entry.second.record.revoked; });
    const auto found = tokens.find(id);
    if (found == tokens.end() && static_cast<std::size_t>(revoked) >= limits_.revoked) {
      return Error{Code::directory_full, "The workspace has " + std::to_string(revoked) + " revoked tokens."};
    }
    if (found != tokens.end()) record = found->second.record;
    record.revoked = true;
  }
  return share_ ? share_(workspace, record) : apply(workspace, std::move(record));
}

Result<void> TokenRegistry::apply(const std::string& workspace, TokenRecord record) {
  const std::lock_guard writing(writing_);
  store::Batch batch;
  {
    const std::lock_guard lock(mutex_);
    auto& tokens = workspaces_[workspace];
    if (const auto known = tokens.find(record.id); known != tokens.end()) {
      record.last_used = std::max(record.last_used, known->second.record.last_used);
      record.revoked = record.revoked || known->second.record.revoked;  // for good
    }
    batch.put(format::Scope(workspace).token(record.id), encode(record));
    std::string id = record.id;
    tokens.insert_or_assign(std::move(id), Kept{std::move(record)});
  }
  return store_.write(batch, store::Durability::synced);
}

bool TokenRegistry::use(const Credential& credential) {
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  auto workspace = workspaces_.find(credential.workspace);
  if (workspace == workspaces_.end()) workspace = workspaces_.try_emplace(credential.workspace).first;
  const auto found = workspace->second.find(credential.token_id);
  if (found == workspace->second.end()) {
    see(workspace->second, format::Scope(credential.workspace), credential, now);
    return true;
  }
  auto& [record, changed] = found->second;
  if (record.revoked) return false;
  if (record.last_used && now < *record.last_used + use_precision) return true;
  record.last_used = now;
  changed = true;
  return true;
}

// What was in use longest ago makes room.
void TokenRegistry::see(ById& tokens, const format::Scope& scope, const Credential& credential, Time now) {
  auto oldest = tokens.end();
  std::size_t seen = 0;
  for (auto at = tokens.begin(); at != tokens.end(); ++at) {
    const auto& record = at->second.record;
    if (record.name || record.revoked) continue;
    ++seen;
    if (oldest == tokens.end() || used_or_made(record) < used_or_made(oldest->second.record)) oldest = at;
  }
  if (seen >= limits_.seen && oldest != tokens.end()) {
    forgotten_.erase(scope.token(oldest->first));
    tokens.erase(oldest);
  }
  TokenRecord record;
  record.id = credential.token_id;
  record.role = credential.role;
  record.made = now;
  record.made_by = "command line";
  record.expires = credential.expires;
  record.last_used = now;
  tokens.insert_or_assign(credential.token_id, Kept{std::move(record), true});
}

bool TokenRegistry::is_revoked(std::string_view workspace, std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto tokens = workspaces_.find(workspace);
  if (tokens == workspaces_.end()) return false;
  const auto found = tokens->second.find(id);
  return found != tokens->second.end() && found->second.record.revoked;
}

std::vector<TokenRecord> TokenRegistry::list(std::string_view workspace) const {
  const auto now = clock_.now();
  std::vector<TokenRecord> listed;
  {
    const std::lock_guard lock(mutex_);
    const auto tokens = workspaces_.find(workspace);
    if (tokens == workspaces_.end()) return listed;
    for (const auto& [id, kept] : tokens->second) {
      if (!kept.record.revoked && !is_past(kept.record, now)) listed.push_back(kept.record);
    }
  }
  std::ranges::sort(listed, [](const TokenRecord& left, const TokenRecord& right) {
    return std::tie(right.made, right.id) < std::tie(left.made, left.id);
  });
  return listed;
}

Result<void> TokenRegistry::flush() {
  const auto now = clock_.now();
  const std::lock_guard writing(writing_);
  store::Batch batch;
  {
    const std::lock_guard lock(mutex_);
    std::swap(batch, forgotten_);
    for (auto& [workspace, tokens] : workspaces_) {
      const format::Scope scope(workspace);
      for (auto at = tokens.begin(); at != tokens.end();) {
        auto& [id, kept] = *at;
        if (is_past(kept.record, now)) {
          batch.erase(scope.token(id));
          at = tokens.erase(at);
          continue;
        }
        if (kept.changed) batch.put(scope.token(id), encode(kept.record));
        kept.changed = false;
        ++at;
      }
    }
  }
  if (batch.empty()) return {};
  return store_.write(batch, store::Durability::buffered);
}

}  // namespace weir::auth
