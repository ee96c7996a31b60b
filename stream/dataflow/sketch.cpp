#include "stream/dataflow/sketch.hpp"

#include <algorithm>
#include <bit>

#include "schemas/base/check.hpp"

namespace weir::dataflow {
namespace {

constexpr int sub_bits = 6;
constexpr std::int64_t exact_below = std::int64_t{1} << sub_bits;

}  // namespace

std::uint16_t Sketch::index_of(std::int64_t value) {
  if (value < exact_below) return static_cast<std::uint16_t>(value);
  const int octave = 63 - std::countl_zero(static_cast<std::uint64_t>(value)) - sub_bits;
  const std::int64_t sub = (value >> octave) - exact_below;
  return static_cast<std::uint16_t>(exact_below * (octave + 1) + sub);
}

std::int64_t Sketch::middle_of(std::uint16_t index) {
  if (index < exact_below) return index;
  const int octave = static_cast<int>(index / exact_below) - 1;
  const std::int64_t lower = (exact_below + index % exact_below) << octave;
  return lower + ((std::int64_t{1} << octave) - 1) / 2;
}

std::int64_t& Sketch::count_at(std::uint16_t index) {
  std::uint8_t& place = place_[index / exact_below];
  if (place == 0) {
    pages_.emplace_back();
    place = static_cast<std::uint8_t>(pages_.size());
  }
  return pages_[place - 1U][index % exact_below];
}

void Sketch::become_paged() {
  for (const Bucket& bucket : few_) count_at(bucket.index) = bucket.count;
  few_ = {};
}

void Sketch::add(std::int64_t value, std::int64_t count) {
  WEIR_CHECK(value >= 0, "a duration is never negative");
  const std::uint16_t index = index_of(value);
  if (count != 1) {
    settle();  // so that what is taken back is there
    this->count(index, count);
    return;
  }
  waiting_.push_back(index);
  if (waiting_.size() >= waiting_max) settle();
}

void Sketch::settle() {
  for (const std::uint16_t index : waiting_) count(index, 1);
  waiting_.clear();
}

void Sketch::count(std::uint16_t index, std::int64_t count) {
  if (paged()) {
    count_at(index) += count;
    return;
  }
  const auto at = std::lower_bound(few_.begin(), few_.end(), index,
                                   [](const Bucket& bucket, std::uint16_t wanted) { return bucket.index < wanted; });
  if (at == few_.end() || at->index != index) {
    if (count == 0) return;
    few_.insert(at, {index, count});
    if (few_.size() > few_max) become_paged();
    return;
  }
  at->count += count;
  if (at->count == 0) few_.erase(at);
}

template <class Visit>
void Sketch::each_settled(const Visit& visit) const {
  for (const Bucket& bucket : few_) visit(bucket);
  for (std::size_t power = 0; paged() && power < place_.size(); ++power) {
    if (place_[power] == 0) continue;
    const Page& page = pages_[place_[power] - 1U];
    for (std::size_t i = 0; i < page.size(); ++i) {
      if (page[i] != 0) visit(Bucket{static_cast<std::uint16_t>(power * page.size() + i), page[i]});
    }
  }
}

/// Those that wait are counted in passing: who reads changes nothing.
template <class Visit>
void Sketch::each(const Visit& visit) const {
  std::vector<std::uint16_t> waiting = waiting_;
  std::sort(waiting.begin(), waiting.end());
  auto next = waiting.begin();
  const auto run = [&](std::uint16_t index) {  // how often `index` waits
    const auto first = next;
    while (next != waiting.end() && *next == index) ++next;
    return next - first;
  };
  const auto until = [&](std::uint16_t end) {
    while (next != waiting.end() && *next < end) {
      const std::uint16_t index = *next;
      visit(Bucket{index, run(index)});
    }
  };
  each_settled([&](const Bucket& bucket) {
    until(bucket.index);
    visit(Bucket{bucket.index, bucket.count + run(bucket.index)});
  });
  until(indexes);
}

void Sketch::merge(const Sketch& other) {
  settle();
  for (const std::uint16_t index : other.waiting_) count(index, 1);
  for (const Bucket& theirs : other.few_) count(theirs.index, theirs.count);
  if (!other.paged()) return;
  if (!paged()) become_paged();
  for (std::size_t power = 0; power < place_.size(); ++power) {
    if (other.place_[power] == 0) continue;
    const Page& theirs = other.pages_[other.place_[power] - 1U];
    std::int64_t* mine = &count_at(static_cast<std::uint16_t>(power * theirs.size()));
    for (std::size_t i = 0; i < theirs.size(); ++i) mine[i] += theirs[i];
  }
}

std::vector<Sketch::Bucket> Sketch::buckets() const {
  std::vector<Bucket> all;
  each([&all](const Bucket& bucket) { all.push_back(bucket); });
  return all;
}

void Sketch::restore(std::vector<Bucket> buckets) {
  *this = {};
  few_ = std::move(buckets);
  if (few_.size() > few_max) become_paged();
}

std::int64_t Sketch::quantile(int per_mille) const {
  std::int64_t total = 0;
  each([&total](const Bucket& bucket) { total += bucket.count; });
  const auto rank = static_cast<std::int64_t>((static_cast<__int128>(total) * per_mille + 999) / 1000);
  std::int64_t seen = 0, found = 0;
  each([&](const Bucket& bucket) {
    if (seen < std::max<std::int64_t>(rank, 1)) found = middle_of(bucket.index);
    seen += bucket.count;
  });
  return found;
}

}  // namespace weir::dataflow
