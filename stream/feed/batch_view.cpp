#include "stream/feed/batch_view.hpp"

#include <algorithm>
#include <thread>

#include <boost/unordered/unordered_flat_set.hpp>

#include "schemas/base/check.hpp"
#include "stream/dataflow/whole_case.hpp"

namespace weir::feed {

using namespace dataflow;

BatchView::BatchView() = default;
BatchView::~BatchView() = default;

std::uint32_t BatchView::number_of(std::string_view case_id) {
  if (!case_ids_.empty() && case_ids_[last_number_] == case_id) return last_number_;
  const auto [known, fresh] = numbers_.try_emplace(hash128(case_id), static_cast<std::uint32_t>(case_ids_.size()));
  if (fresh) case_ids_.emplace_back(case_id);
  return last_number_ = known->second;
}

void BatchView::event(const ingest::EventView& view) {
  const std::int64_t ended = to_micros(view.timestamp);
  std::uint64_t identity = 0;
  if (!view.id.empty()) {
    has_identities_ = true;
    identity = hash128(view.id).low | 1;
  }
  rows_.push_back({number_of(view.case_id), names_.intern(view.activity), names_.intern(view.resource),
                   view.start ? to_micros(*view.start) : ended, ended, identity});
  last_ = std::max(last_, ended);
}

/// Rows by case (counting sort, stable), each case in trace order. Ties stay in the order of the file.
void BatchView::sort() {
  begins_.assign(case_ids_.size() + 1, 0);
  for (const Row& row : rows_) ++begins_[row.case_number + 1];
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
  std::vector<Row> sorted(rows_.size());
  for (const Row& row : rows_) sorted[next[row.case_number]++] = row;
  rows_ = std::move(sorted);
  if (has_identities_) drop_duplicates();
  const auto earlier = [](const Row& a, const Row& b) {
    return std::tie(a.began, a.ended) < std::tie(b.began, b.ended);
  };
  for (std::size_t i = 0; i + 1 < begins_.size(); ++i) {
    const auto first = rows_.begin() + static_cast<std::ptrdiff_t>(begins_[i]);
    const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(begins_[i + 1]);
    if (!std::is_sorted(first, last, earlier)) std::stable_sort(first, last, earlier);
  }
}

/// Of the rows of a case with one id the first of the file stays.
void BatchView::drop_duplicates() {
  std::size_t kept = 0;
  std::vector<std::uint64_t> seen;
  for (std::size_t number = 0; number + 1 < begins_.size(); ++number) {
    const std::size_t first = begins_[number], last = begins_[number + 1];
    seen.clear();
    for (std::size_t i = first; i < last; ++i) seen.push_back(rows_[i].identity);
    std::sort(seen.begin(), seen.end());
    const bool unique = std::adjacent_find(seen.begin(), seen.end()) == seen.end();
    boost::unordered_flat_set<std::uint64_t> taken;
    begins_[number] = kept;
    for (std::size_t i = first; i < last; ++i) {
      if (!unique && rows_[i].identity != 0 && !taken.insert(rows_[i].identity).second) {
        ++duplicates_;
        continue;
      }
      rows_[kept++] = rows_[i];
    }
  }
  begins_.back() = kept;
  rows_.resize(kept);
}

void BatchView::apply(std::size_t first_case, std::size_t last_case, const Operators& operators, Views& views) const {
  WholeCase whole;
  for (std::size_t number = first_case; number < last_case; ++number) {
    whole.begin();
    for (std::size_t i = begins_[number]; i < begins_[number + 1]; ++i) {
      const Row& row = rows_[i];
      whole.add(names_, row.activity, row.resource, row.began, row.ended);
    }
    if (!whole.empty()) whole.apply(case_ids_[number], Completion{}, operators, views);
  }
}

std::unique_ptr<ProcessView> BatchView::build(const Operators& operators, unsigned threads) {
  sort();
  auto view = std::make_unique<ProcessView>();
  const std::size_t parts = std::max(1U, threads);
  std::vector<Views> local(parts);
  std::vector<std::thread> running;
  const auto cut = [&](std::size_t part) { return case_ids_.size() * part / parts; };
  for (std::size_t part = 1; part < parts; ++part) {
    running.emplace_back([&, part] { apply(cut(part), cut(part + 1), operators, local[part]); });
  }
  apply(cut(0), cut(1), operators, local[0]);
  for (std::thread& thread : running) thread.join();
  // One set of names throughout, so cells merge as they are.
  view->views = std::move(local[0]);
  for (std::size_t part = 1; part < parts; ++part) view->views.absorb(std::move(local[part]));
  for (NameId id = 1; id < names_.end(); ++id) {
    const NameId same = view->names.intern(names_.text(id));
    WEIR_CHECK(same == id, "names of a batch are numbered in the order they came");
  }
  view->record.counters.accepted = rows_.size();
  view->record.counters.duplicates = duplicates_;
  return view;
}

std::vector<std::string> BatchView::activities_of(std::string_view case_id) const {
  std::vector<std::string> activities;
  const auto known = numbers_.find(hash128(case_id));
  if (known == numbers_.end()) return activities;
  for (std::size_t i = begins_[known->second]; i < begins_[known->second + 1]; ++i) {
    activities.emplace_back(names_.text(rows_[i].activity));
  }
  return activities;
}

}  // namespace weir::feed
