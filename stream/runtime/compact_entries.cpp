#include "stream/runtime/compact_entries.hpp"

#include <algorithm>

#include "stream/ingest/identity.hpp"

namespace weir::runtime {

using namespace dataflow;

namespace {

// Flags of an entry's head, of head_flags_free.
constexpr unsigned own_identity = 8;    // a hash of another kind: it follows
constexpr unsigned own_content = 16;    // the same of the content
constexpr unsigned brought_once = 128;  // by a producer, without a sequence
// Where the id comes from, two bits.
constexpr unsigned id_mask = 96;
constexpr unsigned id_follows = 0;
constexpr unsigned id_of_content = 32;    // its event had none when it was posted
constexpr unsigned id_of_first_row = 64;  // its row had none, and was the first like it
constexpr unsigned id_is_hash = 96;       // 32 hexadecimal digits, as a hash

/// The hash that is written so; nothing: it is no such text.
std::optional<Hash128> hash_written(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  Hash128 hash;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f')) return std::nullopt;
    std::uint64_t& half = i < 16 ? hash.high : hash.low;
    half = half << 4 | static_cast<std::uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
  }
  return hash;
}

Event event_of(const Entry& entry, const CaseName& of, const Names& names) {
  Event event = to_event(entry, names);
  event.process = of.process;
  event.case_id = of.case_id;
  return event;
}

unsigned origin_of_id(const Event& event) {
  if (!hash_written(event.id)) return id_follows;
  if (event.id == ingest::content_id(event)) return id_of_content;
  return event.id == ingest::row_id(event, 1) ? id_of_first_row : id_is_hash;
}

bool is_brought_once(const Entry& entry) {
  return entry.bringers.size() == 1 && entry.bringers.front() == Bringer{no_name, 0};
}

void encode_one(format::Encoder& out, const Entry& entry, const CaseName& of, const Names& names,
                std::int64_t& previous) {
  const Event event = event_of(entry, of, names);
  const unsigned id_origin = origin_of_id(event);
  unsigned flags = id_origin;
  if (entry.identity != ingest::identity_hash(event.source, event.id)) flags |= own_identity;
  if (entry.content != ingest::content_hash(event).low) flags |= own_content;
  if (is_brought_once(entry)) flags |= brought_once;
  encode_head(out, entry, previous, static_cast<std::uint8_t>(flags));
  if ((flags & own_identity) != 0) out.hash(entry.identity);
  if ((flags & own_content) != 0) out.fixed64(entry.content);
  if ((flags & brought_once) == 0) encode_bringers(out, entry.bringers);
  if (id_origin == id_follows) out.text(event.id);
  if (id_origin == id_is_hash) out.hash(*hash_written(event.id));
  out.text(without_id(entry.detail));
}

void decode_one(format::Decoder& in, Entry& entry, const CaseName& of, const Names& names, std::int64_t& previous) {
  const unsigned flags = decode_head(in, entry, previous);
  if (std::max({entry.activity, entry.resource, entry.source}) >= names.end()) in.refuse();
  if ((flags & own_identity) != 0) entry.identity = in.hash();
  if ((flags & own_content) != 0) entry.content = in.fixed64();
  if ((flags & brought_once) != 0) entry.bringers = {{no_name, 0}};
  if ((flags & brought_once) == 0) decode_bringers(in, entry);
  std::string id;
  if ((flags & id_mask) == id_follows) id = in.text();
  if ((flags & id_mask) == id_is_hash) id = to_hex(in.hash());
  const std::string_view rest = in.text();
  if (!in.ok()) return;
  entry.detail = with_id(id, rest);
  const Event event = event_of(entry, of, names);
  if ((flags & own_content) == 0) entry.content = ingest::content_hash(event).low;
  if ((flags & id_mask) == id_of_content) id = ingest::content_id(event);
  if ((flags & id_mask) == id_of_first_row) id = ingest::row_id(event, 1);
  if ((flags & own_identity) == 0) entry.identity = ingest::identity_hash(event.source, id);
  entry.detail = with_id(id, rest);
}

}  // namespace

void encode_compact(format::Encoder& out, const std::vector<Entry>& entries, const CaseName& of, const Names& names) {
  out.number(entries.size());
  std::int64_t previous = 0;
  for (const Entry& entry : entries) encode_one(out, entry, of, names, previous);
}

std::vector<Entry> decode_compact(format::Decoder& in, const CaseName& of, const Names& names) {
  return decode_each(in, [&](Entry& entry, std::int64_t& previous) { decode_one(in, entry, of, names, previous); });
}

}  // namespace weir::runtime
