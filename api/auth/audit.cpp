#include "api/auth/audit.hpp"

#include <algorithm>
#include <cstring>

#include "schemas/base/check.hpp"
#include "state/format/codec.hpp"

namespace weir::auth {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t text_bytes_max = 512;
constexpr std::size_t seal_bytes = sizeof(crypto::Digest);

// At most text_bytes_max, not ending within a character.
void cut(std::string& text) {
  if (text.size() <= text_bytes_max) return;
  std::size_t end = text_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
}

std::string encode(const AuditEntry& entry) {
  std::string bytes;
  format::Encoder out(bytes);
  out.signed_number(to_micros(entry.time));
  for (const auto* text : {&entry.actor, &entry.action, &entry.object, &entry.outcome, &entry.trace_id})
    out.text(*text);
  return bytes;
}

std::optional<AuditEntry> decode(std::string_view workspace, std::string_view bytes) {
  format::Decoder in(bytes);
  AuditEntry entry;
  entry.workspace = workspace;
  entry.time = from_micros(in.signed_number());
  for (auto* text : {&entry.actor, &entry.action, &entry.object, &entry.outcome, &entry.trace_id}) *text = in.text();
  return in.ok() && in.at_end() ? std::optional(std::move(entry)) : std::nullopt;
}

// A stored value: version, seal, the entry's bytes.
struct Sealed {
  crypto::Digest seal{};
  std::string_view bytes;
};

std::optional<Sealed> split(std::string_view value) {
  if (value.size() < 1 + seal_bytes || static_cast<std::uint8_t>(value.front()) != version) return std::nullopt;
  Sealed sealed;
  std::memcpy(sealed.seal.data(), value.data() + 1, seal_bytes);
  sealed.bytes = value.substr(1 + seal_bytes);
  return sealed;
}

std::string join(const crypto::Digest& seal, std::string_view bytes) {
  std::string value(1, static_cast<char>(version));
  value.append(crypto::bytes_of(seal));
  return value.append(bytes);
}

crypto::Digest seal_of(const crypto::Key& key, std::string_view what, std::string_view workspace, std::uint64_t number,
                       const crypto::Digest& before, std::string_view bytes) {
  std::string sealed(what);
  sealed.append(1, '\0').append(workspace).push_back('\0');
  format::append_big_endian(sealed, number);
  sealed.append(crypto::bytes_of(before)).append(bytes);
  return crypto::hmac_sha256(key, sealed);
}

crypto::Digest entry_seal(const crypto::Key& key, std::string_view workspace, std::uint64_t number,
                          const crypto::Digest& before, std::string_view bytes) {
  return seal_of(key, "weir audit entry", workspace, number, before, bytes);
}

crypto::Digest start_seal(const crypto::Key& key, std::string_view workspace, std::uint64_t number,
                          const crypto::Digest& before) {
  return seal_of(key, "weir audit start", workspace, number, before, {});
}

Error broken(std::uint64_t number) {
  return {Code::audit_broken, "The audit is not whole at entry " + std::to_string(number) + "."};
}

std::uint64_t number_of(std::string_view key, std::string_view prefix) {
  return format::read_big_endian(format::behind(key, prefix));
}

// Where the kept chain begins: the number of its first entry and the seal before it.
struct Start {
  std::uint64_t number = 1;
  crypto::Digest before{};
};

std::string encode_start(const crypto::Key& key, std::string_view workspace, const Start& start) {
  std::string bytes;
  format::append_big_endian(bytes, start.number);
  bytes.append(crypto::bytes_of(start.before));
  return join(start_seal(key, workspace, start.number, start.before), bytes);
}

Result<Start> read_start(const store::Reader& reader, const crypto::Key& key, const format::Scope& scope) {
  auto value = reader.get(scope.audit_start());
  if (!value) return value.error();
  Start start;
  if (!*value) return start;
  const auto sealed = split(**value);
  if (!sealed || sealed->bytes.size() != 8 + seal_bytes) return broken(start.number);
  start.number = format::read_big_endian(sealed->bytes.substr(0, 8));
  std::memcpy(start.before.data(), sealed->bytes.data() + 8, seal_bytes);
  if (start_seal(key, scope.workspace(), start.number, start.before) != sealed->seal) return broken(start.number);
  return start;
}

}  // namespace

Audit::Audit(store::Store& store, crypto::Key key, std::uint64_t entries_max)
    : store_(store), key_(key), entries_max_(entries_max) {
  WEIR_CHECK(entries_max >= 1, "an audit without room");
}

Result<Audit::Chain*> Audit::chain_of(std::string_view workspace) {
  if (const auto found = chains_.find(workspace); found != chains_.end()) return &found->second;
  const format::Scope scope(workspace);
  const auto start = read_start(store_, key_, scope);
  if (!start) return start.error();

  Chain chain{.first = start->number, .head = {.number = start->number - 1, .seal = start->before}};
  const auto prefix = scope.audit_entries();
  bool readable = true;
  const auto scanned = store_.scan_backwards(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
    chain.head.number = number_of(key, prefix);
    const auto sealed = split(value);
    readable = sealed.has_value();
    if (readable) chain.head.seal = sealed->seal;
    return false;
  });
  if (!scanned) return scanned.error();
  if (!readable) return broken(chain.head.number);
  return &chains_.emplace(workspace, chain).first->second;
}

Result<void> Audit::append(AuditEntry entry, store::Durability durability) {
  for (auto* text : {&entry.actor, &entry.action, &entry.object, &entry.outcome, &entry.trace_id}) cut(*text);
  const format::Scope scope(entry.workspace);
  const std::lock_guard lock(mutex_);
  const auto found = chain_of(entry.workspace);
  if (!found) return found.error();

  Chain next = **found;
  const auto bytes = encode(entry);
  ++next.head.number;
  next.head.seal = entry_seal(key_, entry.workspace, next.head.number, next.head.seal, bytes);
  store::Batch batch;
  batch.put(scope.audit_entry(next.head.number), join(next.head.seal, bytes));
  if (const auto dropped = drop_oldest(batch, scope, next); !dropped) return dropped.error();
  if (const auto written = store_.write(batch, durability); !written) return written.error();
  **found = next;
  return {};
}

// One entry comes, so at most one has to leave, unless the limit was lowered: then a few more with each append.
Result<void> Audit::drop_oldest(store::Batch& batch, const format::Scope& scope, Chain& chain) const {
  constexpr std::uint64_t drops_max = 16;
  const auto kept = chain.head.number - chain.first + 1;
  if (kept <= entries_max_) return {};
  const auto drops = std::min(kept - entries_max_, drops_max);
  const auto last = chain.first + drops - 1;
  const auto value = store_.get(scope.audit_entry(last));
  if (!value) return value.error();
  const auto sealed = *value ? split(**value) : std::nullopt;
  if (!sealed) return broken(last);
  for (auto number = chain.first; number <= last; ++number) batch.erase(scope.audit_entry(number));
  chain.first = last + 1;
  batch.put(scope.audit_start(), encode_start(key_, scope.workspace(), {chain.first, sealed->seal}));
  return {};
}

Result<AuditPage> Audit::list(std::string_view workspace, std::optional<std::uint64_t> cursor,
                              std::size_t limit) const {
  const format::Scope scope(workspace);
  const auto prefix = scope.audit_entries();
  const auto to = cursor ? scope.audit_entry(*cursor) : store::end_of_prefix(prefix);
  AuditPage page;
  std::optional<std::uint64_t> unreadable;
  const auto scanned = store_.scan_backwards(prefix, to, [&](auto key, auto value) {
    const auto number = number_of(key, prefix);
    if (page.records.size() >= limit) {
      page.next = page.records.back().number;
      return false;
    }
    const auto sealed = split(value);
    auto entry = sealed ? decode(workspace, sealed->bytes) : std::nullopt;
    if (!entry) unreadable = number;
    if (entry) page.records.push_back({number, std::move(*entry)});
    return !unreadable;
  });
  if (!scanned) return scanned.error();
  if (unreadable) return broken(*unreadable);
  return page;
}

Result<AuditHead> Audit::verify(std::string_view workspace) const {
  const auto snapshot = store_.snapshot();
  const format::Scope scope(workspace);
  const auto start = read_start(*snapshot, key_, scope);
  if (!start) return start.error();

  AuditHead head{.number = start->number - 1, .seal = start->before};
  const auto prefix = scope.audit_entries();
  bool whole = true;
  const auto scanned = snapshot->scan(prefix, store::end_of_prefix(prefix), [&](auto key, auto value) {
    const auto sealed = split(value);
    whole = number_of(key, prefix) == head.number + 1 && sealed &&
            entry_seal(key_, workspace, head.number + 1, head.seal, sealed->bytes) == sealed->seal;
    if (whole) head = {head.number + 1, sealed->seal};
    return whole;
  });
  if (!scanned) return scanned.error();
  if (!whole) return broken(head.number + 1);
  return head;
}

}  // namespace weir::auth
