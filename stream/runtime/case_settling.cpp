// How the views follow a case: fold again what changed, and hand the difference to the operators.
#include <algorithm>
#include <functional>

#include "stream/dataflow/whole_case.hpp"
#include "stream/runtime/case_state.hpp"

namespace weir::runtime {

using namespace dataflow;  // the vocabulary of traces

namespace {

constexpr std::size_t piece_events_min = CaseState::piece_events_max / 4;

/// Subtracts `gone` from `list`, both ascending by (a, b). `merged` is scratch.
void take_back(std::vector<Occurrences>& list, const std::vector<Occurrences>& gone, std::vector<Occurrences>& merged) {
  if (gone.empty()) return;
  merged.clear();
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
  std::swap(list, merged);
}

/// How often the activity `thing.a`, or the edge from `thing.a` to `thing.b`, occurs.
std::int64_t occurrences_in(const std::vector<Step>& steps, const Occurrences& thing) {
  return std::count_if(steps.begin(), steps.end(), [&](const Step& step) {
    if (thing.b == no_name) return step.activity == thing.a;
    return step.activity == thing.b && step.previous_activity == thing.a;
  });
}

}  // namespace

void Settling::begin(std::int64_t rework_before) {
  for (auto* steps : {&before, &after, &removed, &added}) steps->clear();
  rework = rework_before;
}

void Settling::end() {
  for (auto* steps : {&before, &after, &removed, &added}) {
    if (steps->capacity() > kept_steps) *steps = {};
  }
}

void Settling::take_difference() {
  const auto [b, a] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  const auto [rb, ra] =
      std::mismatch(before.rbegin(), std::make_reverse_iterator(b), after.rbegin(), std::make_reverse_iterator(a));
  removed.insert(removed.end(), b, rb.base());
  added.insert(added.end(), a, ra.base());
  before.clear();
  after.clear();
}

void Settling::count_differences() {
  count_occurrences(added, activities, edges);
  if (removed.empty()) return;
  std::vector<Occurrences> gone_edges;
  count_occurrences(removed, gone, gone_edges);
  take_back(activities, gone, merged);
  take_back(edges, gone_edges, merged);
}

Result<void> CaseState::refold(const CaseHome& home, const Names& names, Settling& settling,
                               const HandOver& hand_over) {
  bool is_passing = false;  // the piece was loaded for being folded again alone
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (!pieces_[i].stale || settling.is_long_run()) settling.take_difference();
    if (settling.is_full()) {
      if (const auto handed = hand_over(); !handed) return handed;
    }
    if (!pieces_[i].stale) continue;
    Carry carry = pieces_[i].carry;
    if (const auto folded = fold_again(pieces_[i], home, names, carry, settling); !folded) return folded;
    if (is_passing) let_go(pieces_[i]);
    is_passing = false;
    if (i + 1 == pieces_.size() || pieces_[i + 1].carry == carry) continue;
    Piece& next = pieces_[i + 1];
    is_passing = !next.loaded;
    if (const auto loaded = load(next, home, names); !loaded) return loaded;  // with its former carry
    next.carry = std::move(carry);
    next.stale = true;
  }
  settling.take_difference();
  return {};
}

/// The piece's steps as the views hold them, and as they are from now on. `carry` goes through it.
Result<void> CaseState::fold_again(Piece& piece, const CaseHome& home, const Names& names, Carry& carry,
                                   Settling& settling) {
  if (const auto loaded = load(piece, home, names); !loaded) return loaded;
  settling.before.insert(settling.before.end(), piece.steps.begin(), piece.steps.end());
  piece.steps.clear();
  piece.summary = fold(piece.entries, names, carry, piece.steps);
  settling.after.insert(settling.after.end(), piece.steps.begin(), piece.steps.end());
  piece.stale = false;
  if (piece.entries.empty()) piece.steps.shrink_to_fit();
  weigh(piece);
  return {};
}

/// A piece that changed and is small joins the one before it: what is in memory makes no difference to how a case lies
/// in pieces.
Result<void> CaseState::tidy_pieces(const CaseHome& home, const Names& names) {
  for (std::size_t i = 0; i < pieces_.size() && pieces_.size() > 1;) {
    const bool small = pieces_[i].events < piece_events_min;
    const bool joins = small && i > 0 && pieces_[i].changed && i + 1 < pieces_.size() &&
                       pieces_[i - 1].events + pieces_[i].events <= piece_events_max;
    if (pieces_[i].events > 0 && !joins) {
      ++i;
      continue;
    }
    if (joins && pieces_[i].events > 0) {
      Piece& left = pieces_[i - 1];
      Piece& right = pieces_[i];
      if (const auto loaded = load(left, home, names); !loaded) return loaded;
      left.entries.insert(left.entries.end(), std::make_move_iterator(right.entries.begin()),
                          std::make_move_iterator(right.entries.end()));
      left.steps.insert(left.steps.end(), right.steps.begin(), right.steps.end());
      left.summary.append(right.summary);
      left.events = left.entries.size();
      left.outside_bytes += right.outside_bytes;
      left.changed = true;
      weigh(left);
    }
    dropped_.push_back(pieces_[i].number);
    held_bytes_ -= pieces_[i].held_bytes;
    pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return {};
}

/// Counts what the views hold of a case that was one piece, because it is not any more.
void CaseState::count_held() {
  counts_.emplace();
  for (const Step& step : pieces_.front().steps) {
    ++(*counts_)[count_key(step.activity, no_name)];
    if (step.previous_activity != no_name) ++(*counts_)[count_key(step.previous_activity, step.activity)];
  }
}

void CaseState::count(Settling& settling) {
  settling.count_differences();
  // `after` holds the difference; turn it into before and after of the whole case.
  for (auto* list : {&settling.activities, &settling.edges}) {
    for (Occurrences& one : *list) {
      const std::int64_t more = one.after;
      if (counts_) {
        std::int64_t& total = (*counts_)[count_key(one.a, one.b)];
        one.after = total += more;
        if (total == 0) counts_->erase(count_key(one.a, one.b));
      } else {
        one.after = occurrences_in(pieces_.front().steps, one);
      }
      one.before = one.after - more;
      if (one.b == no_name) settling.rework += (one.after > 1 ? 1 : 0) - (one.before > 1 ? 1 : 0);
    }
  }
}

Summary CaseState::summary() const {
  Summary whole;
  for (const Piece& piece : pieces_) whole.append(piece.summary);
  return whole;
}

Result<void> CaseState::each(const CaseHome& home, const Names& names,
                             const std::function<void(const Entry&)>& visit) const {
  for (const Piece& piece : pieces_) {
    for (const Entry& entry : piece.entries) visit(entry);
    if (piece.loaded) continue;
    const auto entries = read_piece(piece, home, names);
    if (!entries) return entries.error();
    for (const Entry& entry : *entries) visit(entry);
  }
  return {};
}

Result<void> CaseState::settle(const CaseHome& home, const Names& names, const Completion& completion,
                               const Clocks& clocks, const Operators& operators, Views& views, Settling& work) {
  if (!counts_ && pieces_.size() > 1) count_held();
  work.begin(facts_ ? facts_->rework : 0);
  Result<void> listed_result;
  const std::function<std::vector<NameId>()> listed = [&] {
    std::vector<NameId> activities;
    listed_result = each(home, names, [&](const Entry& entry) { activities.push_back(entry.activity); });
    return activities;
  };
  const auto hand_over = [&](const CaseFacts* before, const CaseFacts* after, const Clocks& stand) -> Result<void> {
    const CaseChange change{home.case_id, before, after, work.removed, work.added, work.activities,
                            work.edges,   listed, {},    stand.before, stand.after};
    const auto applied = apply(operators, change, views);
    work.removed.clear();
    work.added.clear();
    return applied ? listed_result : applied;
  };
  const auto hand_over_part = [&] {
    count(work);
    return hand_over(nullptr, nullptr, {});
  };
  if (const auto folded = refold(home, names, work, hand_over_part); !folded) return folded;
  if (const auto tidied = tidy_pieces(home, names); !tidied) return tidied;
  if (pieces_.size() == 1) {
    if (const auto loaded = load(pieces_.front(), home, names); !loaded) return loaded;
  }
  count(work);
  std::optional<CaseFacts> now;
  if (events_ > 0) {
    now.emplace();
    now->summary = summary();
    now->rework = work.rework;
    completion.judge(*now);
  }
  if (facts_ || now) {
    const auto handed = hand_over(facts_ ? &*facts_ : nullptr, now ? &*now : nullptr, clocks);
    if (!handed) return handed;
  }
  facts_ = std::move(now);
  if (pieces_.size() == 1) {
    counts_.reset();
    forget_identities();
  }
  work.end();
  return {};
}

}  // namespace weir::runtime
