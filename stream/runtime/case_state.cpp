#include "stream/runtime/case_state.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"
#include "stream/dataflow/stored.hpp"
#include "stream/dataflow/whole_case.hpp"

namespace weir::runtime {

using namespace dataflow;  // the vocabulary of traces

namespace {

constexpr std::uint8_t record_version = 1;
constexpr std::size_t piece_events_min = CaseState::piece_events_max / 4;

std::uint64_t count_key(NameId a, NameId b) { return (static_cast<std::uint64_t>(a) << 32) | b; }

/// A copy with what compare() looks at, and no more.
Entry place_of(const Entry& entry) {
  Entry place;
  place.began = entry.began;
  place.ended = entry.ended;
  place.sequence = entry.sequence;
  place.bringers = {{no_name, entry.sequence}};  // by which the sequence is stored
  place.lifecycle = entry.lifecycle;
  place.source = entry.source;
  place.detail = pack({std::string{id_of(entry.detail)}, {}, {}, {}});
  return place;
}

void count_names(const Entry& entry, std::int64_t uses, Names& names) {
  names.count(entry.activity, uses);
  names.count(entry.resource, uses);
  names.count(entry.source, uses);
  for (const Bringer& bringer : entry.bringers) names.count(bringer.upload, uses);
}

std::uint64_t least_sequence(const std::vector<Bringer>& bringers) {
  std::uint64_t least = ~std::uint64_t{0};
  for (const Bringer& bringer : bringers) least = std::min(least, bringer.sequence);
  return least;
}

/// Subtracts `gone` from `list`, both ascending by (a, b).
void take_back(std::vector<Occurrences>& list, const std::vector<Occurrences>& gone) {
  std::vector<Occurrences> merged;
  merged.reserve(list.size() + gone.size());
  auto mine = list.begin();
  for (Occurrences theirs : gone) {
    const auto earlier = [&](const Occurrences& one) {
      return one.a != theirs.a ? one.a < theirs.a : one.b < theirs.b;
    };
    while (mine != list.end() && earlier(*mine)) merged.push_back(*mine++);
    theirs.after = -theirs.after;
    if (mine != list.end() && mine->a == theirs.a && mine->b == theirs.b) theirs.after += (mine++)->after;
    merged.push_back(theirs);
  }
  merged.insert(merged.end(), mine, list.end());
  list = std::move(merged);
}

/// What every case's record begins with.
struct Header {
  bool in_pieces = false;
  CaseFacts facts;  // completion alone
  std::optional<std::int64_t> timer_due;
  format::Decoder rest;
};

Result<Header> decode_header(std::string_view record) {
  Header header{false, {}, {}, format::Decoder{record}};
  format::Decoder& in = header.rest;
  if (const std::uint8_t version = in.byte(); version != record_version) {
    return Error{Code::state_format, "a case has version " + std::to_string(version) + ", this program reads 1"};
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

IdentityIndex::Key bucket_key(const CaseHome& home) {
  return [&home](std::uint32_t bucket) { return home.scope.identities(home.process, home.case_id, bucket); };
}

}  // namespace

CaseState::CaseState() : pieces_(1), next_number_(1) {}

// ---- placing events -------------------------------------------------------------------------------------------------

std::size_t CaseState::piece_for(const Entry& entry, const Names& names) const {
  // The last piece that does not begin after the entry; pieces emptied since the last settling do not count.
  std::size_t best = pieces_.size();
  for (std::size_t low = 0, high = pieces_.size(); low < high;) {
    std::size_t middle = (low + high) / 2;
    std::size_t probe = middle;
    while (probe < high && pieces_[probe].events == 0) ++probe;
    if (probe == high) {
      high = middle;
    } else if (compare(pieces_[probe].first, entry, names) <= 0) {
      best = probe;
      low = probe + 1;
    } else {
      high = middle;
    }
  }
  if (best != pieces_.size()) return best;
  const auto first = std::find_if(pieces_.begin(), pieces_.end(), [](const Piece& piece) { return piece.events > 0; });
  return first == pieces_.end() ? 0 : static_cast<std::size_t>(first - pieces_.begin());
}

Result<std::vector<Entry>> CaseState::read_piece(std::uint32_t number, const CaseHome& home) {
  auto stored = home.store.get(home.scope.piece(home.process, home.case_id, number));
  if (!stored) return stored.error();
  if (!*stored) return Error{Code::state_format, "a piece of a case is missing"};
  format::Decoder in{**stored};
  if (in.byte() != record_version) return Error{Code::state_format, "a piece of a case has an unknown version"};
  std::vector<Entry> entries = decode_entries(in);
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a piece of a case is damaged"};
  return entries;
}

Result<void> CaseState::load(Piece& piece, const CaseHome& home, const Names& names) {
  if (piece.loaded) return {};
  auto entries = read_piece(piece.number, home);
  if (!entries) return entries.error();
  WEIR_CHECK(entries->size() == piece.events, "a piece holds another number of events than its directory says");
  piece.entries = std::move(*entries);
  Carry carry = piece.carry;
  fold(piece.entries, names, carry, piece.steps);
  piece.loaded = true;
  return {};
}

Result<void> CaseState::load_all(const CaseHome& home, const Names& names) {
  for (Piece& piece : pieces_) {
    if (const auto loaded = load(piece, home, names); !loaded) return loaded;
  }
  return {};
}

Result<std::optional<std::pair<std::size_t, std::size_t>>> CaseState::locate(const Entry& entry, const CaseHome& home,
                                                                             const Names& names) {
  using Found = std::optional<std::pair<std::size_t, std::size_t>>;
  const auto same = [&](const Entry& other) { return other.identity == entry.identity; };
  if (!identities_) {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const auto& entries = pieces_[i].entries;
      const auto at = std::find_if(entries.begin(), entries.end(), same);
      if (at != entries.end()) return Found{{i, static_cast<std::size_t>(at - entries.begin())}};
    }
    return Found{};
  }
  const auto place = identities_->find(entry.identity, home.store, bucket_key(home));
  if (!place) return place.error();
  if (!*place) return Found{};
  Entry wanted = place_of(entry);
  wanted.began = (*place)->began;
  wanted.ended = (*place)->ended;
  wanted.sequence = (*place)->sequence;
  wanted.lifecycle = (*place)->lifecycle;
  const std::size_t number = piece_for(wanted, names);
  if (const auto loaded = load(pieces_[number], home, names); !loaded) return loaded.error();
  const auto& entries = pieces_[number].entries;
  const auto at = std::find_if(entries.begin(), entries.end(), same);
  WEIR_CHECK(at != entries.end(), "the identity index names a place where the event is not");
  return Found{{number, static_cast<std::size_t>(at - entries.begin())}};
}

Result<void> CaseState::place(Entry entry, const CaseHome& home, const Names& names) {
  const std::size_t number = piece_for(entry, names);
  Piece& piece = pieces_[number];
  if (const auto loaded = load(piece, home, names); !loaded) return loaded;
  if (identities_) {
    if (const auto indexed = identities_->insert(entry, home.store, bucket_key(home)); !indexed) return indexed;
  }
  const auto at = std::upper_bound(piece.entries.begin(), piece.entries.end(), entry,
                                   [&](const Entry& a, const Entry& b) { return compare(a, b, names) < 0; });
  if (at == piece.entries.begin()) piece.first = place_of(entry);
  piece.entries.insert(at, std::move(entry));
  piece.stale = piece.changed = true;
  ++piece.events;
  ++events_;
  return split_if_full(number, home);
}

Result<void> CaseState::split_if_full(std::size_t number, const CaseHome& home) {
  if (pieces_[number].events <= piece_events_max) return {};
  if (!identities_) {
    identities_.emplace();
    for (const Piece& piece : pieces_) {
      for (const Entry& entry : piece.entries) {
        const auto indexed = identities_->insert(entry, home.store, bucket_key(home));
        if (!indexed) return indexed;
      }
    }
  }
  // In a case that grows at its end the full piece stays nearly full; else both halves have room.
  const bool at_end = number + 1 == pieces_.size();
  const std::size_t kept = at_end ? piece_events_max * 3 / 4 : piece_events_max / 2;
  Piece tail;
  tail.number = next_number_++;
  auto& entries = pieces_[number].entries;
  const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(kept);
  tail.entries.assign(std::make_move_iterator(middle), std::make_move_iterator(entries.end()));
  entries.erase(middle, entries.end());
  tail.events = tail.entries.size();
  tail.first = place_of(tail.entries.front());
  tail.stale = tail.changed = true;
  pieces_[number].events = kept;
  pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(number) + 1, std::move(tail));
  return {};
}

void CaseState::remove(std::size_t number, std::size_t index) {
  Piece& piece = pieces_[number];
  piece.entries.erase(piece.entries.begin() + static_cast<std::ptrdiff_t>(index));
  piece.stale = piece.changed = true;
  --piece.events;
  --events_;
  if (index == 0 && piece.events > 0) piece.first = place_of(piece.entries.front());
}

Result<Insertion> CaseState::insert(Entry entry, const CaseHome& home, Names& names) {
  const auto known = locate(entry, home, names);
  if (!known) return known.error();
  if (*known) return merge_bringer(**known, entry, home, names);
  entry.sequence = least_sequence(entry.bringers);
  count_names(entry, +1, names);
  if (const auto placed = place(std::move(entry), home, names); !placed) return placed.error();
  return Insertion::accepted;
}

Result<Insertion> CaseState::merge_bringer(std::pair<std::size_t, std::size_t> at, const Entry& entry,
                                           const CaseHome& home, Names& names) {
  Piece& piece = pieces_[at.first];
  Entry& known = piece.entries[at.second];
  if (known.content != entry.content) return Insertion::id_conflict;
  const Bringer& bringer = entry.bringers.front();
  const auto same = std::find_if(known.bringers.begin(), known.bringers.end(),
                                 [&](const Bringer& other) { return other.upload == bringer.upload; });
  if (same != known.bringers.end() && same->sequence <= bringer.sequence) return Insertion::duplicate;
  if (same != known.bringers.end()) {
    same->sequence = bringer.sequence;
  } else {
    known.bringers.push_back(bringer);
    names.count(bringer.upload, +1);
  }
  piece.changed = true;
  if (bringer.sequence >= known.sequence) return Insertion::duplicate;
  Entry moved = known;
  moved.sequence = bringer.sequence;
  if (identities_) {
    const auto erased = identities_->erase(moved.identity, home.store, bucket_key(home));
    if (!erased) return erased.error();
  }
  remove(at.first, at.second);
  if (const auto placed = place(std::move(moved), home, names); !placed) return placed.error();
  return Insertion::duplicate;
}

// ---- taking events back ---------------------------------------------------------------------------------------------

Result<bool> CaseState::withdraw(NameId upload, const CaseHome& home, Names& names) {
  if (const auto loaded = load_all(home, names); !loaded) return loaded.error();
  std::vector<Entry> moved;
  bool had = false;
  for (std::size_t number = 0; number < pieces_.size(); ++number) {
    for (std::size_t index = 0; index < pieces_[number].entries.size();) {
      Entry& entry = pieces_[number].entries[index];
      const auto share = std::find_if(entry.bringers.begin(), entry.bringers.end(),
                                      [&](const Bringer& bringer) { return bringer.upload == upload; });
      if (share == entry.bringers.end()) {
        ++index;
        continue;
      }
      had = true;
      pieces_[number].changed = true;
      if (entry.bringers.size() > 1) {
        names.count(upload, -1);
        entry.bringers.erase(share);
        const std::uint64_t least = least_sequence(entry.bringers);
        if (least == entry.sequence) {
          ++index;
          continue;
        }
        moved.push_back(entry);
        moved.back().sequence = least;
      } else {
        count_names(entry, -1, names);
      }
      if (identities_) {
        const auto erased = identities_->erase(entry.identity, home.store, bucket_key(home));
        if (!erased) return erased.error();
      }
      remove(number, index);
    }
  }
  for (Entry& entry : moved) {
    if (const auto placed = place(std::move(entry), home, names); !placed) return placed.error();
  }
  return had;
}

Result<void> CaseState::clear(const CaseHome& home, Names& names) {
  if (const auto loaded = load_all(home, names); !loaded) return loaded;
  for (Piece& piece : pieces_) {
    for (const Entry& entry : piece.entries) count_names(entry, -1, names);
    piece.entries.clear();
    piece.events = 0;
    piece.stale = piece.changed = true;
  }
  events_ = 0;
  return {};
}

Result<void> CaseState::each(const CaseHome& home, const std::function<void(const Entry&)>& visit) {
  for (Piece& piece : pieces_) {
    if (piece.loaded) {
      for (const Entry& entry : piece.entries) visit(entry);
      continue;
    }
    const auto entries = read_piece(piece.number, home);
    if (!entries) return entries.error();
    for (const Entry& entry : *entries) visit(entry);
  }
  return {};
}

// ---- settling -------------------------------------------------------------------------------------------------------

struct CaseState::Settling {
  std::vector<Step> before;  // of the pieces folded again, whole
  std::vector<Step> after;
  std::vector<Step> removed;  // what differs
  std::vector<Step> added;
  std::vector<Occurrences> activities;
  std::vector<Occurrences> edges;
  std::int64_t rework = 0;

  /// Keeps what differs between `before` and `after`, and forgets both.
  void take_difference() {
    const auto [b, a] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
    const auto [rb, ra] =
        std::mismatch(before.rbegin(), std::make_reverse_iterator(b), after.rbegin(), std::make_reverse_iterator(a));
    removed.insert(removed.end(), b, rb.base());
    added.insert(added.end(), a, ra.base());
    before.clear();
    after.clear();
  }
};

Result<void> CaseState::refold(const CaseHome& home, const Names& names, Settling& settling) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (!pieces_[i].stale) {
      settling.take_difference();
      continue;
    }
    Piece& piece = pieces_[i];
    if (const auto loaded = load(piece, home, names); !loaded) return loaded;
    settling.before.insert(settling.before.end(), piece.steps.begin(), piece.steps.end());
    piece.steps.clear();
    Carry carry = piece.carry;
    piece.summary = fold(piece.entries, names, carry, piece.steps);
    settling.after.insert(settling.after.end(), piece.steps.begin(), piece.steps.end());
    piece.stale = false;
    if (i + 1 == pieces_.size() || pieces_[i + 1].carry == carry) continue;
    if (const auto loaded = load(pieces_[i + 1], home, names); !loaded) return loaded;  // with its former carry
    pieces_[i + 1].carry = std::move(carry);
    pieces_[i + 1].stale = true;
  }
  settling.take_difference();
  return {};
}

void CaseState::tidy_pieces() {
  for (std::size_t i = 0; i < pieces_.size() && pieces_.size() > 1;) {
    const bool small = pieces_[i].events < piece_events_min;
    const bool joins = small && i > 0 && pieces_[i].loaded && pieces_[i - 1].loaded &&
                       pieces_[i - 1].events + pieces_[i].events <= piece_events_max && i + 1 < pieces_.size();
    if (pieces_[i].events > 0 && !joins) {
      ++i;
      continue;
    }
    if (joins) {
      Piece& left = pieces_[i - 1];
      Piece& right = pieces_[i];
      left.entries.insert(left.entries.end(), std::make_move_iterator(right.entries.begin()),
                          std::make_move_iterator(right.entries.end()));
      left.steps.insert(left.steps.end(), right.steps.begin(), right.steps.end());
      left.summary.append(right.summary);
      left.events = left.entries.size();
      left.changed = true;
    }
    dropped_.push_back(pieces_[i].number);
    pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void CaseState::count(Settling& settling) {
  std::vector<Occurrences> gone_activities, gone_edges;
  count_occurrences(settling.removed, gone_activities, gone_edges);
  count_occurrences(settling.added, settling.activities, settling.edges);
  take_back(settling.activities, gone_activities);
  take_back(settling.edges, gone_edges);
  // `after` holds the difference; turn it into before and after of the whole case.
  for (auto* list : {&settling.activities, &settling.edges}) {
    for (Occurrences& one : *list) {
      std::int64_t& total = (*counts_)[count_key(one.a, one.b)];
      one.before = total;
      total += one.after;
      one.after = total;
      if (total == 0) counts_->erase(count_key(one.a, one.b));
      if (one.b == no_name) settling.rework += (one.after > 1 ? 1 : 0) - (one.before > 1 ? 1 : 0);
    }
  }
}

Summary CaseState::summary() const {
  Summary whole;
  for (const Piece& piece : pieces_) whole.append(piece.summary);
  return whole;
}

Result<void> CaseState::settle(const CaseHome& home, const Names& names, const Completion& completion,
                               const Operators& operators, Views& views) {
  if (!counts_) {  // one piece: count what the views hold of it, only for as long as this takes
    counts_.emplace();
    for (const Step& step : pieces_.front().steps) {
      ++(*counts_)[count_key(step.activity, no_name)];
      if (step.previous_activity != no_name) ++(*counts_)[count_key(step.previous_activity, step.activity)];
    }
  }
  Settling settling;
  settling.rework = facts_ ? facts_->rework : 0;
  if (const auto folded = refold(home, names, settling); !folded) return folded;
  tidy_pieces();
  if (pieces_.size() == 1) {
    if (const auto loaded = load(pieces_.front(), home, names); !loaded) return loaded;
  }
  count(settling);
  std::optional<CaseFacts> now;
  if (events_ > 0) {
    now = CaseFacts{.summary = summary()};
    now->rework = settling.rework;
    completion.judge(*now);
  }
  Result<void> listed_result;
  const std::function<std::vector<NameId>()> listed = [&] {
    std::vector<NameId> activities;
    listed_result = each(home, [&](const Entry& entry) { activities.push_back(entry.activity); });
    return activities;
  };
  const CaseChange change{home.case_id,   facts_ ? &*facts_ : nullptr, now ? &*now : nullptr, settling.removed,
                          settling.added, settling.activities,         settling.edges,        listed};
  if (facts_ || now) {
    for (const auto& one : operators) one->apply(change, views);
  }
  facts_ = std::move(now);
  if (pieces_.size() == 1) {
    counts_.reset();
    if (identities_) dropped_buckets_ = std::max(dropped_buckets_, identities_->buckets());
    identities_.reset();
  }
  return listed_result;
}

// ---- stored form ----------------------------------------------------------------------------------------------------

void CaseState::encode(const CaseHome& home, store::Batch& batch) {
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
  if (events_ == 0) {
    batch.erase(home.scope.record(home.process, home.case_id));
    stored_in_pieces_ = false;
    return;
  }
  std::string record;
  format::Encoder out{record};
  out.byte(record_version);
  out.byte(static_cast<std::uint8_t>((in_pieces ? 1 : 0) | (facts_->completed ? 2 : 0) | (facts_->has_policy ? 4 : 0) |
                                     (timer_due ? 8 : 0)));
  if (facts_->completed) out.signed_number(facts_->completed_at);
  if (timer_due) out.signed_number(*timer_due);
  if (!in_pieces) {
    weir::dataflow::encode(out, pieces_.front().entries);
  } else {
    out.signed_number(facts_->rework);
    encode_directory(out);
    for (Piece& piece : pieces_) {
      if (!piece.changed && stored_in_pieces_) continue;
      std::string bytes;
      format::Encoder piece_out{bytes};
      piece_out.byte(record_version);
      weir::dataflow::encode(piece_out, piece.entries);
      batch.put(home.scope.piece(home.process, home.case_id, piece.number), std::move(bytes));
      piece.changed = false;
    }
    identities_->encode(bucket_key(home), batch);
  }
  stored_in_pieces_ = in_pieces;
  batch.put(home.scope.record(home.process, home.case_id), std::move(record));
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
  state.pieces_.clear();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Piece& piece = state.pieces_.emplace_back();
    piece.number = static_cast<std::uint32_t>(in.number());
    piece.events = in.number();
    std::vector<Entry> first = decode_entries(in);
    if (first.size() != 1) return Error{Code::state_format, "the directory of a case is damaged"};
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
  if (bits > 26) return Error{Code::state_format, "the directory of a case is damaged"};
  state.identities_.emplace(bits, state.events_);
  return {};
}

Result<CaseState> CaseState::decode(std::string_view record, const Names& names) {
  auto header = decode_header(record);
  if (!header) return header.error();
  format::Decoder& in = header->rest;
  CaseFacts& facts = header->facts;
  CaseState state;
  state.timer_due = header->timer_due;
  if (header->in_pieces) {
    facts.rework = in.signed_number();
    if (const auto decoded = decode_directory(in, state); !decoded) return decoded.error();
    state.stored_in_pieces_ = true;
  } else {
    Piece& piece = state.pieces_.front();
    piece.entries = decode_entries(in);
    piece.events = state.events_ = piece.entries.size();
    if (piece.entries.empty()) return Error{Code::state_format, "a stored case has no events"};
    piece.first = place_of(piece.entries.front());
    Carry carry;
    piece.summary = fold(piece.entries, names, carry, piece.steps);
    std::vector<Occurrences> activities, edges;
    count_occurrences(piece.steps, activities, edges);
    facts.rework = rework_of(activities);
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a case is damaged"};
  facts.summary = state.summary();
  state.facts_ = facts;
  return state;
}

Result<std::vector<Entry>> CaseState::read_entries(std::string_view record, const CaseHome& home) {
  auto header = decode_header(record);
  if (!header) return header.error();
  if (!header->in_pieces) return decode_entries(header->rest);
  CaseState state;
  header->rest.signed_number();  // rework
  if (const auto decoded = decode_directory(header->rest, state); !decoded) return decoded.error();
  std::vector<Entry> entries;
  entries.reserve(state.events_);
  for (const Piece& piece : state.pieces_) {
    auto more = read_piece(piece.number, home);
    if (!more) return more.error();
    entries.insert(entries.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  }
  return entries;
}

std::size_t CaseState::bytes() const {
  std::size_t bytes = sizeof *this + (identities_ ? identities_->bytes() : 0);
  if (counts_) bytes += counts_->size() * 24;
  for (const Piece& piece : pieces_) {
    bytes += sizeof(Piece) + piece.steps.capacity() * sizeof(Step);
    for (const Entry& entry : piece.entries) bytes += entry.bytes();
  }
  return bytes;
}

}  // namespace weir::runtime
