#include "stream/ingest/identity.hpp"

#include "state/format/codec.hpp"

namespace weir::ingest {
namespace {

constexpr std::size_t tables = 256;
constexpr std::size_t slots_min = 16;
constexpr std::uint64_t count_max = 255;

bool is_full(std::size_t used, std::size_t slots) { return used * 20 >= slots * 17; }  // 85 %

void encode_mapped(const Event& event, format::Encoder& out) {
  out.text(event.process);
  out.text(event.case_id);
  out.text(event.activity);
  out.signed_number(to_micros(event.timestamp));
  out.byte(event.start ? 1 : 0);
  if (event.start) out.signed_number(to_micros(*event.start));
  out.text(event.lifecycle);
  out.text(event.instance);
  out.text(event.resource);
}

/// Empty, with the capacity that earlier events needed.
std::string& scratch() {
  static thread_local std::string bytes;
  bytes.clear();
  return bytes;
}

std::string id_of(const Hash128& row, std::uint64_t nth) {
  std::string& bytes = scratch();
  format::Encoder out(bytes);
  out.hash(row);
  out.number(nth);
  return to_hex(hash128(bytes));
}

}  // namespace

Hash128 row_hash(const Event& event) {
  std::string& bytes = scratch();
  format::Encoder out(bytes);
  encode_mapped(event, out);
  return hash128(bytes);
}

Hash128 content_hash(const Event& event) {
  std::string& bytes = scratch();
  format::Encoder out(bytes);
  encode_mapped(event, out);
  for (const Attribute& attribute : event.attributes) {
    out.text(attribute.name);
    out.text(attribute.json);
  }
  return hash128(bytes);
}

Hash128 identity_hash(std::string_view source, std::string_view id) {
  std::string& bytes = scratch();
  format::Encoder out(bytes);
  out.text(source);
  out.text(id);
  return hash128(bytes);
}

std::string row_id(const Event& row, std::uint64_t nth) { return id_of(row_hash(row), nth); }
std::string content_id(const Event& event) { return to_hex(content_hash(event)); }

void identify(Event& event) {
  if (event.source.empty()) event.source = default_source;
  if (event.id.empty()) event.id = content_id(event);
}

void identify_row(Event& event, Occurrences& seen) {
  if (event.source.empty()) event.source = default_source;
  if (!event.id.empty()) return;
  const Hash128 row = row_hash(event);
  event.id = id_of(row, seen.add(row));
}

Occurrences::Occurrences() : tables_(tables) {
  for (Table& table : tables_) table.slots.resize(slots_min);
}

std::uint64_t Occurrences::add(const Hash128& row) {
  const std::uint64_t fingerprint = row.low >> 8;
  Table& table = tables_[row.high >> 56];
  std::uint64_t* slot = find(table.slots, fingerprint);
  if (*slot == 0) {
    if (is_full(table.used, table.slots.size())) {
      grow(table);
      slot = find(table.slots, fingerprint);
    }
    *slot = fingerprint << 8 | 1;
    ++table.used;
    return 1;
  }
  const std::uint64_t count = *slot & count_max;
  if (count == count_max) return count_max + ++beyond_[Hash128{row.high >> 56, fingerprint}];
  ++*slot;
  return count + 1;
}

std::uint64_t* Occurrences::find(std::vector<std::uint64_t>& slots, std::uint64_t fingerprint) {
  __extension__ using Wide = unsigned __int128;
  auto at = static_cast<std::size_t>((Wide{fingerprint} * slots.size()) >> 56);
  while (slots[at] != 0 && slots[at] >> 8 != fingerprint) at = at + 1 == slots.size() ? 0 : at + 1;
  return &slots[at];
}

void Occurrences::grow(Table& table) {
  std::vector<std::uint64_t> larger(table.slots.size() + table.slots.size() / 2);
  for (const std::uint64_t slot : table.slots) {
    if (slot != 0) *find(larger, slot >> 8) = slot;
  }
  table.slots = std::move(larger);
}

std::size_t Occurrences::bytes() const {
  std::size_t total = tables_.size() * sizeof(Table);
  for (const Table& table : tables_) total += table.slots.capacity() * sizeof(std::uint64_t);
  return total + beyond_.size() * (sizeof(Hash128) + 4 * sizeof(void*));
}

}  // namespace weir::ingest
