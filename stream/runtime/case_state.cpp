#include "stream/runtime/case_state.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"

namespace weir::runtime {

using namespace dataflow;  // the vocabulary of traces

namespace {

void count_names(const Entry& entry, std::int64_t uses, Names& names) {
  names.count(entry.activity, uses);
  names.count(entry.resource, uses);
  names.count(entry.source, uses);
  for (const Bringer& bringer : entry.bringers) names.count(bringer.upload, uses);
}

std::uint64_t least_sequence(const Bringers& bringers) {
  std::uint64_t least = ~std::uint64_t{0};
  for (const Bringer& bringer : bringers) least = std::min(least, bringer.sequence);
  return least;
}

constexpr std::size_t count_bytes = 24;  // of Counts, about

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
  const auto place = identities_->find(entry.identity, home.store, home.bucket_key());
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
  if (at == entries.end()) {
    return Error{Code::state_format, "the identity index names a place where the event is not"};
  }
  return Found{{number, static_cast<std::size_t>(at - entries.begin())}};
}

Result<void> CaseState::place(Entry entry, const CaseHome& home, const Names& names) {
  const std::size_t number = piece_for(entry, names);
  Piece& piece = pieces_[number];
  if (const auto loaded = load(piece, home, names); !loaded) return loaded;
  if (identities_) {
    if (const auto indexed = identities_->insert(entry, home.store, home.bucket_key()); !indexed) return indexed;
  }
  auto& entries = piece.entries;
  // A piece of a long case never has room for more than it may hold; a short one doubles.
  if (entries.size() == entries.capacity() && entries.size() > piece_events_max / 2) {
    entries.reserve(piece_events_max + 1);
  }
  const auto at = std::upper_bound(entries.begin(), entries.end(), entry,
                                   [&](const Entry& a, const Entry& b) { return compare(a, b, names) < 0; });
  if (at == entries.begin()) piece.first = place_of(entry);
  piece.outside_bytes += entry.bytes() - sizeof entry;
  entries.insert(at, std::move(entry));
  piece.stale = piece.changed = true;
  ++piece.events;
  ++events_;
  weigh(piece);
  return split_if_full(number, home);
}

Result<void> CaseState::split_if_full(std::size_t number, const CaseHome& home) {
  if (pieces_[number].events <= piece_events_max) return {};
  if (!identities_) {
    identities_.emplace();
    for (const Piece& piece : pieces_) {
      for (const Entry& entry : piece.entries) {
        const auto indexed = identities_->insert(entry, home.store, home.bucket_key());
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
  tail.outside_bytes = outside_bytes(tail.entries);
  weigh(tail);
  pieces_[number].events = kept;
  pieces_[number].outside_bytes -= tail.outside_bytes;
  weigh(pieces_[number]);
  pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(number) + 1, std::move(tail));
  return {};
}

void CaseState::remove(std::size_t number, std::size_t index) {
  Piece& piece = pieces_[number];
  const Entry& entry = piece.entries[index];
  piece.outside_bytes -= entry.bytes() - sizeof entry;
  piece.entries.erase(piece.entries.begin() + static_cast<std::ptrdiff_t>(index));
  piece.stale = piece.changed = true;
  --piece.events;
  --events_;
  weigh(piece);
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
    const std::size_t before = known.bytes();
    known.bringers.push_back(bringer);
    piece.outside_bytes += known.bytes() - before;
    weigh(piece);
    names.count(bringer.upload, +1);
  }
  piece.changed = true;
  if (bringer.sequence >= known.sequence) return Insertion::duplicate;
  Entry moved = known;
  moved.sequence = bringer.sequence;
  if (identities_) {
    const auto erased = identities_->erase(moved.identity, home.store, home.bucket_key());
    if (!erased) return erased.error();
  }
  remove(at.first, at.second);
  if (const auto placed = place(std::move(moved), home, names); !placed) return placed.error();
  return Insertion::duplicate;
}

// ---- taking events back ---------------------------------------------------------------------------------------------

Result<bool> CaseState::withdraw(NameId upload, const CaseHome& home, Names& names) {
  std::vector<Entry> moved;
  bool had = false;
  for (std::size_t number = 0; number < pieces_.size(); ++number) {
    const auto some = withdraw_from(number, upload, moved, home, names);
    if (!some) return some.error();
    had = had || *some;
  }
  for (Entry& entry : moved) {
    if (const auto placed = place(std::move(entry), home, names); !placed) return placed.error();
  }
  return had;
}

/// Of one piece, which is let go of again if there is nothing of the upload in it. Entries that the upload gave their
/// place come into `moved`.
Result<bool> CaseState::withdraw_from(std::size_t number, NameId upload, std::vector<Entry>& moved,
                                      const CaseHome& home, Names& names) {
  Piece& piece = pieces_[number];
  const bool was_loaded = piece.loaded;
  if (const auto loaded = load(piece, home, names); !loaded) return loaded.error();
  bool had = false;
  for (std::size_t index = 0; index < piece.entries.size();) {
    Entry& entry = piece.entries[index];
    const auto share = std::find_if(entry.bringers.begin(), entry.bringers.end(),
                                    [&](const Bringer& bringer) { return bringer.upload == upload; });
    if (share == entry.bringers.end()) {
      ++index;
      continue;
    }
    had = piece.changed = true;
    if (entry.bringers.size() > 1) {
      names.count(upload, -1);
      const std::size_t before = entry.bytes();
      entry.bringers.erase(share);
      piece.outside_bytes -= before - entry.bytes();
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
      const auto erased = identities_->erase(entry.identity, home.store, home.bucket_key());
      if (!erased) return erased.error();
    }
    remove(number, index);
  }
  if (!had && !was_loaded) let_go(piece);
  weigh(piece);
  return had;
}

Result<void> CaseState::clear(const CaseHome& home, Names& names) {
  for (Piece& piece : pieces_) {
    std::vector<Entry> entries = std::exchange(piece.entries, {});
    if (!piece.loaded) {
      auto stored = read_piece(piece, home, names);
      if (!stored) return stored.error();
      entries = std::move(*stored);
      piece.loaded = piece.emptied = true;
    }
    for (const Entry& entry : entries) count_names(entry, -1, names);
    piece.events = piece.outside_bytes = 0;
    piece.stale = piece.changed = true;
    weigh(piece);
  }
  events_ = 0;
  forget_identities();
  return {};
}

/// Its buckets go with the next encode().
void CaseState::forget_identities() {
  if (identities_) dropped_buckets_ = std::max(dropped_buckets_, identities_->buckets());
  identities_.reset();
}

// ---- what it holds --------------------------------------------------------------------------------------------------

std::size_t CaseState::Piece::bytes() const {
  return entries.capacity() * sizeof(Entry) + outside_bytes + steps.capacity() * sizeof(Step) +
         carry.running.capacity() * sizeof(std::int64_t);
}

std::size_t CaseState::outside_bytes(const std::vector<Entry>& entries) {
  std::size_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.bytes() - sizeof entry;
  return bytes;
}

void CaseState::weigh(Piece& piece) {
  held_bytes_ -= std::exchange(piece.held_bytes, piece.bytes());
  held_bytes_ += piece.held_bytes;
}

/// Of a piece that is as it is stored.
void CaseState::let_go(Piece& piece) {
  piece.entries = {};
  piece.steps = {};
  piece.outside_bytes = 0;
  piece.loaded = false;
  weigh(piece);
}

std::size_t CaseState::bytes() const {
  return sizeof *this + pieces_.capacity() * sizeof(Piece) + held_bytes_ + (identities_ ? identities_->bytes() : 0) +
         (counts_ ? counts_->size() * count_bytes : 0);
}

}  // namespace weir::runtime
