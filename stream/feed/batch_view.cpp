#include "stream/feed/batch_view.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"
#include "stream/dataflow/whole_case.hpp"

namespace weir::feed {

using namespace dataflow;

BatchView::BatchView() = default;

BatchView::~BatchView() {
  queue_.close();
  if (gatherer_.joinable()) gatherer_.join();
}

std::uint64_t BatchView::case_hash(std::string_view case_id) { return hash128(case_id).high; }

void BatchView::event(const ingest::EventView& view) {
  last_ = std::max(last_, to_micros(view.timestamp));
  filling_.add(view);
  if (filling_.full()) hand_over();
}

void BatchView::hand_over() {
  if (!gatherer_.joinable()) {
    gatherer_ = std::thread{[this] {
      for (EventBatch batch; queue_.take(batch);) gather(batch);
    }};
  }
  queue_.push(filling_);
}

void BatchView::finish_gathering() {
  if (gatherer_.joinable()) {
    queue_.close();
    gatherer_.join();
  }
  gather(filling_);
}

void BatchView::gather(const EventBatch& batch) {
  batch.each([this](const EventBatch::Event& event) {
    CaseRows::Row row{};
    row.began = event.began;
    row.ended = event.ended;
    row.identity = event.id.empty() ? 0 : hash128(event.id).low | 1;
    row.activity = names_.intern(event.activity);
    row.resource = names_.intern(event.resource);
    const std::uint64_t hash = case_hash(event.case_id);
    parts_[part_of(hash)].add(hash, event.case_id, row);
  });
}

void BatchView::apply(const CaseRows& part, const Operators& operators, Views& views) const {
  WholeCase whole;
  for (std::size_t number = 0; number < part.cases(); ++number) {
    whole.begin();
    for (const CaseRows::Row& row : part.rows(number)) {
      whole.add(names_, row.activity, row.resource, row.began, row.ended);
    }
    whole.apply(part.case_id(number), Completion{}, operators, views);
  }
}

std::unique_ptr<ProcessView> BatchView::build(const Operators& operators, unsigned threads) {
  finish_gathering();
  std::vector<Views> local(std::max(1U, threads));
  std::atomic<std::size_t> next{0};
  const auto work = [&](Views& views) {
    std::vector<CaseRows::Row> scratch;
    for (std::size_t part = next++; part < parts_.size(); part = next++) {
      parts_[part].group(scratch);
      apply(parts_[part], operators, views);
    }
  };
  std::vector<std::thread> running;
  for (std::size_t i = 1; i < local.size(); ++i) running.emplace_back(work, std::ref(local[i]));
  work(local[0]);
  for (std::thread& thread : running) thread.join();
  // One set of names throughout, so cells merge as they are.
  auto view = std::make_unique<ProcessView>();
  view->views = std::move(local[0]);
  for (std::size_t i = 1; i < local.size(); ++i) view->views.absorb(std::move(local[i]));
  for (NameId id = 1; id < names_.end(); ++id) {
    const NameId same = view->names.intern(names_.text(id));
    WEIR_CHECK(same == id, "names of a batch are numbered in the order they came");
  }
  view->record.counters.accepted = events();
  for (const CaseRows& part : parts_) view->record.counters.duplicates += part.duplicates();
  return view;
}

std::uint64_t BatchView::events() const {
  std::uint64_t events = 0;
  for (const CaseRows& part : parts_) events += part.events();
  return events;
}

std::vector<std::string> BatchView::activities_of(std::string_view case_id) const {
  std::vector<std::string> activities;
  const std::uint64_t hash = case_hash(case_id);
  for (const CaseRows::Row& row : parts_[part_of(hash)].find(hash, case_id)) {
    activities.emplace_back(names_.text(row.activity));
  }
  return activities;
}

}  // namespace weir::feed
