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

Result<void> CaseState::settle(const CaseHome& home, const Names& names, const Completion& completion,
                               const Clocks& clocks, const Operators& operators, Views& views, Settling& work) {
  if (!counts_ && pieces_.size() > 1) count_held();
  work.begin(facts_ ? facts_->rework : 0);
  if (const auto folded = refold(home, names, work); !folded) return folded;
  tidy_pieces();
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
  Result<void> listed_result;
  const auto list = [&] {
    std::vector<NameId> activities;
    listed_result = each(home, [&](const Entry& entry) { activities.push_back(entry.activity); });
    return activities;
  };
  const std::function<std::vector<NameId>()> listed = std::cref(list);
  const CaseChange change{home.case_id,
                          facts_ ? &*facts_ : nullptr,
                          now ? &*now : nullptr,
                          work.removed,
                          work.added,
                          work.activities,
                          work.edges,
                          listed,
                          {},
                          clocks.before,
                          clocks.after};
  if (facts_ || now) {
    if (const auto applied = apply(operators, change, views); !applied) return applied;
  }
  facts_ = std::move(now);
  if (pieces_.size() == 1) {
    counts_.reset();
    if (identities_) dropped_buckets_ = std::max(dropped_buckets_, identities_->buckets());
    identities_.reset();
  }
  return listed_result;
}

}  // namespace weir::runtime
