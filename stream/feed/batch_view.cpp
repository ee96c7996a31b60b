#include "stream/feed/batch_view.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <ranges>
#include <thread>

#include "schemas/base/check.hpp"
#include "stream/dataflow/whole_case.hpp"
#include "stream/feed/variant_groups.hpp"
#include "stream/operators/variants.hpp"

namespace weir::feed {

using namespace dataflow;

namespace {

/// So many that a piece costs little, so few that it is sorted within a core's cache.
constexpr std::size_t piece_events = 4096;

/// Where an operator of a file's views has cells; the largest first.
constexpr std::array merged_tables = {Table::variants, Table::edges,  Table::activities, Table::totals,
                                      Table::quarters, Table::starts, Table::ends,       Table::resources};

/// Numbers below `end`, each for who comes first.
class Queue {
 public:
  explicit Queue(std::size_t end) : end_(end) {}
  std::optional<std::size_t> take() {
    const std::size_t number = next_++;
    return number < end_ ? std::optional{number} : std::nullopt;
  }

 private:
  std::atomic<std::size_t> next_{0};
  std::size_t end_;
};

/// Works on each share on a thread of its own, the caller's among them.
template <class Share, class Work>
void on_each(std::vector<Share>& shares, const Work& work) {
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < shares.size(); ++i) others.emplace_back([&, i] { work(shares[i]); });
  work(shares[0]);
  for (std::thread& other : others) other.join();
}

}  // namespace

/// What one thread makes of its parts.
struct BatchView::Share {
  Share() { views.note_no_changes(); }

  Views views;
  VariantGroups variants;
  decltype(BatchView::long_cases_) long_cases;
  std::uint64_t events = 0;
  std::uint64_t duplicates = 0;
};

void BatchView::event(const ingest::EventView& view) {
  if (filling_ == nullptr) filling_ = std::make_unique<EventPiece>(piece_events);
  filling_->event(view);
  if (filling_->events() < piece_events) return;
  filling_->end();
  take(*std::exchange(filling_, nullptr));
}

void BatchView::take(std::unique_ptr<ingest::PieceSink> piece, std::uint64_t, std::uint64_t) {
  take(static_cast<EventPiece&>(*piece));
}

void BatchView::take(EventPiece& piece) {
  last_ = std::max(last_, piece.last());
  events_expected_ = piece.events();
  std::vector<NameId> names{no_name};
  for (NameId id = 1; id < piece.activities().end(); ++id) names.push_back(names_.intern(piece.activities().text(id)));
  pieces_.push_back({piece.release(), std::move(names)});
}

void BatchView::apply(CaseGroups& part, const Operators& operators, Share& share) const {
  WholeCase whole;
  for (std::size_t number = 0; number < part.cases(); ++number) {
    const auto rows = part.rows(number);
    whole.begin();
    for (const CaseGroups::Row& row : rows) whole.add(names_, row.activity, no_name, row.began, row.ended);
    const CaseFacts facts = whole.facts(Completion{});
    whole.hand_over(part.case_id(number), facts, [&](const CaseChange& change) {
      for (const auto& one : operators) {
        if (!one->goes_by_variant()) one->apply(change, share.views);
      }
    });
    share.variants.add(part.case_id(number), facts, rows | std::views::transform(&CaseGroups::Row::activity));
    if (rows.size() <= operators::VariantNote::listed_max) continue;
    auto& activities = share.long_cases[std::string{part.case_id(number)}];
    for (const CaseGroups::Row& row : rows) activities.push_back(row.activity);
  }
  share.events += part.events();
  share.duplicates += part.duplicates();
}

/// Part by part what lies in cells by activity, edge or time; then, group by group, what lies in cells by variant.
void BatchView::fold_cases(const Operators& operators, std::vector<Share>& shares) {
  Queue parts{PartedEvents::parts};
  on_each(shares, [&](Share& share) {
    const std::size_t parts_each = PartedEvents::parts / shares.size();  // one is as large as another
    CaseGroups cases;
    for (bool first = true; const auto part = parts.take(); first = false) {
      cases.group(pieces_, *part);
      if (first) share.variants.expect(cases.cases() * parts_each, cases.events() * parts_each);
      apply(cases, operators, share);
    }
  });
  for (TakenPiece& piece : pieces_) piece.events.rows = decltype(piece.events.rows){};  // what follows takes the memory
  Queue groups{VariantGroups::groups};
  on_each(shares, [&](Share& share) {
    while (const auto group = groups.take()) {
      for (const Share& of : shares) of.variants.apply(*group, operators, share.views);
    }
  });
  for (Share& share : shares) share.variants = {};
  pieces_.clear();
}

/// One set of names throughout, so cells merge as they are.
Views BatchView::merge(std::vector<Share>& shares) {
  Views views = std::move(shares[0].views);
  Queue tables{merged_tables.size()};
  on_each(shares, [&](Share&) {
    while (const auto table = tables.take()) {
      for (std::size_t i = 1; i < shares.size(); ++i) views.absorb(merged_tables[*table], shares[i].views);
    }
  });
  return views;
}

std::unique_ptr<ProcessView> BatchView::build(const Operators& operators, unsigned threads) {
  if (filling_ != nullptr) {
    filling_->end();
    take(*std::exchange(filling_, nullptr));
  }
  std::vector<Share> shares(std::max(1U, threads));
  fold_cases(operators, shares);
  auto view = std::make_unique<ProcessView>();
  view->views = merge(shares);
  for (NameId id = 1; id < names_.end(); ++id) {
    const NameId same = view->names.intern(names_.text(id));
    WEIR_CHECK(same == id, "names of a batch are numbered in the order they came");
  }
  for (Share& share : shares) {
    long_cases_.merge(share.long_cases);
    events_ += share.events;
    view->record.counters.duplicates += share.duplicates;
  }
  view->record.counters.accepted = events_;
  return view;
}

std::vector<std::string> BatchView::activities_of(const std::string& case_id) const {
  std::vector<std::string> activities;
  const auto known = long_cases_.find(case_id);
  if (known == long_cases_.end()) return activities;
  for (const NameId activity : known->second) activities.emplace_back(names_.text(activity));
  return activities;
}

}  // namespace weir::feed
