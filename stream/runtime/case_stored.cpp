// The stored form of a case: one record, which for a short case holds its events, for a long one the directory of its
// pieces; each piece under a key of its own.
#include <algorithm>

#include "schemas/base/check.hpp"
#include "stream/dataflow/stored.hpp"
#include "stream/dataflow/whole_case.hpp"
#include "stream/runtime/case_state.hpp"
#include "stream/runtime/compact_entries.hpp"

namespace weir::runtime {

using namespace dataflow;  // the vocabulary of traces

namespace {

constexpr std::uint8_t record_version = 1;
constexpr std::uint8_t compact_version = 2;  // of what is in the archive, or was: its events are compact_entries

bool is_known(std::uint8_t version) { return version == record_version || version == compact_version; }

/// Empty, with the capacity that earlier cases needed.
std::string& scratch() {
  static thread_local std::string bytes;
  bytes.clear();
  return bytes;
}

/// What every case's record begins with.
struct Header {
  std::uint8_t version = record_version;
  bool in_pieces = false;
  CaseFacts facts;  // completion alone
  std::optional<std::int64_t> timer_due;
  format::Decoder rest;
};

Error unknown_names() { return {Code::state_format, "a case has names that its process has not"}; }

/// Whether `names` has every number of the entry.
bool knows(const Names& names, const Entry& entry) {
  return entry.activity < names.end() && entry.resource < names.end() && entry.source < names.end() &&
         std::all_of(
             entry.bringers.begin(), entry.bringers.end(),
             [&](const Bringer& bringer) { return bringer.upload < names.end(); });
}

bool knows(const Names& names, const std::vector<Entry>& entries) {
  return std::all_of(entries.begin(), entries.end(), [&](const Entry& entry) { return knows(names, entry); });
}

bool knows(const Names& names, const Carry& carry) {
  return carry.activity < names.end() && carry.resource < names.end();
}

bool knows(const Names& names, const Summary& summary) {
  return summary.first_activity < names.end() && summary.last_activity < names.end();
}

Result<Header> decode_header(std::string_view record) {
  Header header{record_version, false, {}, {}, format::Decoder{record}};
  format::Decoder& in = header.rest;
  header.version = in.byte();
  if (!is_known(header.version)) {
    return Error{Code::state_format,
                 "a case has version " + std::to_string(header.version) + ", this program reads 1 and 2"};
  }
  const std::uint8_t flags = in.byte();
  header.in_pieces = (flags & 1) != 0;
  header.facts.completed = (flags & 2) != 0;
  header.facts.has_policy = (flags & 4) != 0;
  if (header.facts.completed) header.facts.completed_at = in.signed_number();
  if ((flags & 8) != 0) header.timer_due = in.signed_number();
  if (!in.ok()) return Error{Code::state_format, "a case is damaged"};
  return header;
}

std::vector<Entry> decode_entries_of(std::uint8_t version, format::Decoder& in, const CaseHome& home,
                                     const Names& names) {
  return version == compact_version ? decode_compact(in, {home.process, home.case_id}, names) : decode_entries(in);
}

void encode_entries_of(std::uint8_t version, format::Encoder& out, const std::vector<Entry>& entries,
                       const CaseHome& home, const Names& names) {
  if (version == compact_version) return encode_compact(out, entries, {home.process, home.case_id}, names);
  weir::dataflow::encode(out, entries);
}

std::string record_key(const CaseHome& home, bool archived) {
  return archived ? home.scope.archived(home.process, home.case_id) : home.scope.record(home.process, home.case_id);
}

}  // namespace

Result<std::vector<Entry>> CaseState::decode_piece(const std::optional<std::string>& stored, const CaseHome& home,
                                                   const Names& names) {
  if (!stored) return Error{Code::state_format, "a piece of a case is missing"};
  format::Decoder in{*stored};
  const std::uint8_t version = in.byte();
  if (!is_known(version)) return Error{Code::state_format, "a piece of a case has an unknown version"};
  std::vector<Entry> entries = decode_entries_of(version, in, home, names);
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a piece of a case is damaged"};
  return entries;
}

Result<std::vector<Entry>> CaseState::read_piece(const Piece& piece, const CaseHome& home, const Names& names) {
  const auto stored = home.store.get(home.scope.piece(home.process, home.case_id, piece.number));
  if (!stored) return stored.error();
  auto entries = decode_piece(*stored, home, names);
  const bool fits = !entries || piece.emptied || entries->size() == piece.events;
  if (entries && (!fits || !knows(names, *entries))) {
    return Error{Code::state_format, "a piece of a case does not fit its directory"};
  }
  return entries;
}

Result<void> CaseState::load(Piece& piece, const CaseHome& home, const Names& names) {
  if (piece.loaded && !piece.emptied) return {};
  auto entries = read_piece(piece, home, names);
  if (!entries) return entries.error();
  piece.steps.reserve(entries->size());
  Carry carry = piece.carry;
  fold(*entries, names, carry, piece.steps);
  if (!piece.loaded) {
    piece.entries = std::move(*entries);
    piece.outside_bytes = outside_bytes(piece.entries);
  }
  piece.loaded = true;
  piece.emptied = false;
  weigh(piece);
  return {};
}

/// Keys of which nothing is left.
void CaseState::erase_what_went(const CaseHome& home, store::Batch& batch) {
  const bool in_pieces = pieces_.size() > 1;
  for (const std::uint32_t number : std::exchange(dropped_, {})) {
    if (stored_in_pieces_) batch.erase(home.scope.piece(home.process, home.case_id, number));
  }
  const std::uint32_t buckets_kept = identities_ ? identities_->buckets() : 0;
  for (std::uint32_t bucket = buckets_kept; bucket < dropped_buckets_; ++bucket) {
    batch.erase(home.scope.identities(home.process, home.case_id, bucket));
  }
  dropped_buckets_ = 0;
  if (!in_pieces && stored_in_pieces_) {
    batch.erase(home.scope.piece(home.process, home.case_id, pieces_.front().number));
  }
}

Result<void> CaseState::encode(const CaseHome& home, const Names& names, bool archive, store::Batch& batch) {
  const bool in_pieces = pieces_.size() > 1;
  erase_what_went(home, batch);
  if (events_ == 0) {
    batch.erase(record_key(home, archived_));
    stored_in_pieces_ = archived_ = false;
    return {};
  }
  const std::uint8_t version = archive ? compact_version : record_version;
  std::string& record = scratch();
  format::Encoder out{record};
  out.byte(version);
  out.byte(static_cast<std::uint8_t>((in_pieces ? 1 : 0) | (facts_->completed ? 2 : 0) | (facts_->has_policy ? 4 : 0) |
                                     (timer_due ? 8 : 0)));
  if (facts_->completed) out.signed_number(facts_->completed_at);
  if (timer_due) out.signed_number(*timer_due);
  if (!in_pieces) {
    encode_entries_of(version, out, pieces_.front().entries, home, names);
  } else {
    out.signed_number(facts_->rework);
    encode_directory(out);
    if (const auto encoded = encode_pieces(home, names, archive, batch); !encoded) return encoded;
    identities_->encode(home.bucket_key(), batch);
  }
  if (archive != archived_) batch.erase(record_key(home, archived_));
  stored_in_pieces_ = in_pieces;
  archived_ = archive;
  batch.put(record_key(home, archive), record);
  return {};
}

/// Those that changed; all, where the case goes to the archive. One that comes back leaves the others as they are: what
/// a piece begins with says in which form it is.
Result<void> CaseState::encode_pieces(const CaseHome& home, const Names& names, bool archive, store::Batch& batch) {
  const bool all = !stored_in_pieces_ || (archive && !archived_);
  const std::uint8_t version = archive ? compact_version : record_version;
  for (Piece& piece : pieces_) {
    if (!piece.changed && !all) continue;
    Result<std::vector<Entry>> stored{std::vector<Entry>{}};
    if (!piece.loaded) stored = read_piece(piece, home, names);
    if (!stored) return stored.error();
    std::string bytes;
    format::Encoder out{bytes};
    out.byte(version);
    encode_entries_of(version, out, piece.loaded ? piece.entries : *stored, home, names);
    batch.put(home.scope.piece(home.process, home.case_id, piece.number), bytes);
    piece.changed = false;
  }
  return {};
}

void CaseState::encode_directory(format::Encoder& out) const {
  out.number(next_number_);
  out.number(identities_->bits());
  out.number(pieces_.size());
  for (const Piece& piece : pieces_) {
    out.number(piece.number);
    out.number(piece.events);
    weir::dataflow::encode(out, std::vector<Entry>{piece.first});
    weir::dataflow::encode(out, piece.carry);
    weir::dataflow::encode(out, piece.summary);
  }
  std::vector<std::pair<std::uint64_t, std::int64_t>> sorted(counts_->begin(), counts_->end());
  std::sort(sorted.begin(), sorted.end());
  out.number(sorted.size());
  for (const auto& [key, count] : sorted) {
    out.number(key >> 32);
    out.number(key & 0xffffffff);
    out.signed_number(count);
  }
}

Result<void> CaseState::decode_directory(format::Decoder& in, CaseState& state) {
  state.next_number_ = static_cast<std::uint32_t>(in.number());
  const auto bits = static_cast<std::uint32_t>(in.number());
  const std::uint64_t count = in.number();
  if (bits > IdentityIndex::bits_max || count < 2) {
    return Error{Code::state_format, "the directory of a case is damaged"};
  }
  state.pieces_.clear();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Piece& piece = state.pieces_.emplace_back();
    piece.number = static_cast<std::uint32_t>(in.number());
    piece.events = in.number();
    std::vector<Entry> first = decode_entries(in);
    if (first.size() != 1 || piece.events == 0 || piece.events > piece_events_max) {
      return Error{Code::state_format, "the directory of a case is damaged"};
    }
    piece.first = std::move(first.front());
    piece.carry = decode_carry(in);
    piece.summary = decode_summary(in);
    piece.loaded = false;
    state.events_ += piece.events;
  }
  Counts& counts = state.counts_.emplace();
  const std::uint64_t counted = in.number();
  for (std::uint64_t i = 0; i < counted && in.ok(); ++i) {
    const auto a = static_cast<NameId>(in.number());
    const auto b = static_cast<NameId>(in.number());
    counts[count_key(a, b)] = in.signed_number();
  }
  if (!in.ok()) return Error{Code::state_format, "the directory of a case is cut short"};
  state.identities_.emplace(bits, state.events_);
  return {};
}

Result<CaseState> CaseState::decode(std::string_view record, const CaseHome& home, const Names& names) {
  auto header = decode_header(record);
  if (!header) return header.error();
  format::Decoder& in = header->rest;
  CaseFacts& facts = header->facts;
  CaseState state;
  state.timer_due = header->timer_due;
  state.archived_ = header->version == compact_version;
  if (header->in_pieces) {
    facts.rework = in.signed_number();
    if (const auto decoded = decode_directory(in, state); !decoded) return decoded.error();
    for (const Piece& piece : state.pieces_) {
      if (knows(names, piece.first) && knows(names, piece.carry) && knows(names, piece.summary)) continue;
      return unknown_names();
    }
    state.stored_in_pieces_ = true;
  } else {
    Piece& piece = state.pieces_.front();
    piece.entries = decode_entries_of(header->version, in, home, names);
    piece.events = state.events_ = piece.entries.size();
    if (piece.entries.empty()) return Error{Code::state_format, "a stored case has no events"};
    if (!knows(names, piece.entries)) return unknown_names();
    piece.first = place_of(piece.entries.front());
    piece.outside_bytes = outside_bytes(piece.entries);
    piece.steps.reserve(piece.events);
    Carry carry;
    piece.summary = fold(piece.entries, names, carry, piece.steps);
    std::vector<Occurrences> activities, edges;
    count_occurrences(piece.steps, activities, edges);
    facts.rework = rework_of(activities);
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a case is damaged"};
  for (Piece& piece : state.pieces_) state.weigh(piece);
  facts.summary = state.summary();
  state.facts_ = facts;
  return state;
}

Result<CaseState::Stored> CaseState::read(std::string_view record, const CaseHome& home, const Names& names) {
  auto header = decode_header(record);
  if (!header) return header.error();
  Stored stored{{}, header->facts, header->version == compact_version};
  if (!header->in_pieces) {
    stored.entries = decode_entries_of(header->version, header->rest, home, names);
    if (!header->rest.ok() || stored.entries.empty()) return Error{Code::state_format, "a case is damaged"};
    if (!knows(names, stored.entries)) return unknown_names();
    return stored;
  }
  CaseState state;
  header->rest.signed_number();  // rework
  if (const auto decoded = decode_directory(header->rest, state); !decoded) return decoded.error();
  stored.entries.reserve(state.events_);
  std::vector<std::string> places;
  for (const Piece& piece : state.pieces_) places.push_back(home.scope.piece(home.process, home.case_id, piece.number));
  const auto pieces = home.store.multi_get(places);
  if (!pieces) return pieces.error();
  for (const auto& piece : *pieces) {
    auto more = decode_piece(piece, home, names);
    if (!more) return more.error();
    stored.entries.insert(stored.entries.end(), std::make_move_iterator(more->begin()),
                          std::make_move_iterator(more->end()));
  }
  if (!knows(names, stored.entries)) return unknown_names();
  return stored;
}

}  // namespace weir::runtime
