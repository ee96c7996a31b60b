#include "stream/feed/case_rows.hpp"

#include <algorithm>
#include <numeric>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

namespace weir::feed {
namespace {

constexpr unsigned length_bits = 16;  // an id of a case has at most 256 bytes

struct CaseKey {
  std::uint64_t hash;
  std::string_view text;
  friend bool operator==(const CaseKey&, const CaseKey&) = default;
};
struct CaseKeyHash {
  std::size_t operator()(const CaseKey& key) const noexcept { return key.hash; }
};

}  // namespace

std::string_view CaseRows::text_of(const Row& row) const {
  return std::string_view{text_}.substr(row.case_id >> length_bits, row.case_id & ((1U << length_bits) - 1));
}

void CaseRows::add(std::uint64_t case_hash, std::string_view case_id, Row row) {
  row.case_hash = case_hash;
  if (!rows_.empty() && rows_.back().case_hash == case_hash && text_of(rows_.back()) == case_id) {
    row.case_id = rows_.back().case_id;
  } else {
    row.case_id = (text_.size() << length_bits) | case_id.size();
    text_.append(case_id);
  }
  rows_.push_back(row);
}

/// The number of each row's case, ascending by hash. -> how many cases.
std::size_t CaseRows::number_cases(std::vector<std::uint32_t>& case_of) const {
  boost::unordered_flat_map<CaseKey, std::uint32_t, CaseKeyHash> numbers;
  std::vector<std::uint64_t> hashes;
  numbers.reserve(rows_.size() / 8);  // a case has several events
  for (const Row& row : rows_) {
    const auto [known, fresh] =
        numbers.try_emplace({row.case_hash, text_of(row)}, static_cast<std::uint32_t>(hashes.size()));
    if (fresh) hashes.push_back(row.case_hash);
    case_of.push_back(known->second);
  }
  std::vector<std::uint32_t> order(hashes.size()), place(hashes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return hashes[a] < hashes[b]; });
  for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  for (std::uint32_t& number : case_of) number = place[number];
  return hashes.size();
}

void CaseRows::group(std::vector<Row>& scratch) {
  std::vector<std::uint32_t> case_of;
  case_of.reserve(rows_.size());
  begins_.assign(number_cases(case_of) + 1, 0);
  for (const std::uint32_t number : case_of) ++begins_[number + 1];
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
  scratch = rows_;
  for (std::size_t i = 0; i < scratch.size(); ++i) rows_[next[case_of[i]]++] = scratch[i];
  drop_duplicates();
  const auto earlier = [](const Row& a, const Row& b) {
    return a.began != b.began ? a.began < b.began : a.ended < b.ended;
  };
  for (std::size_t i = 0; i + 1 < begins_.size(); ++i) {
    const auto first = rows_.begin() + static_cast<std::ptrdiff_t>(begins_[i]);
    const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(begins_[i + 1]);
    if (!std::is_sorted(first, last, earlier)) std::stable_sort(first, last, earlier);
  }
}

void CaseRows::drop_duplicates() {
  std::size_t kept = 0;
  std::vector<std::uint64_t> seen;
  for (std::size_t number = 0; number + 1 < begins_.size(); ++number) {
    const std::size_t first = std::exchange(begins_[number], kept), last = begins_[number + 1];
    seen.clear();
    for (std::size_t i = first; i < last; ++i) seen.push_back(rows_[i].identity);
    std::sort(seen.begin(), seen.end());
    const bool unique = std::adjacent_find(seen.begin(), seen.end()) == seen.end();
    boost::unordered_flat_set<std::uint64_t> taken;
    for (std::size_t i = first; i < last; ++i) {
      if (!unique && rows_[i].identity != 0 && !taken.insert(rows_[i].identity).second) {
        ++duplicates_;
      } else {
        rows_[kept++] = rows_[i];
      }
    }
  }
  begins_.back() = kept;
  rows_.resize(kept);
}

std::span<const CaseRows::Row> CaseRows::rows(std::size_t number) const {
  return std::span{rows_}.subspan(begins_[number], begins_[number + 1] - begins_[number]);
}

std::span<const CaseRows::Row> CaseRows::find(std::uint64_t case_hash, std::string_view case_id) const {
  // Every case has a row: duplicates leave the first.
  const auto starts = std::span{begins_}.first(cases());
  auto at = std::lower_bound(starts.begin(), starts.end(), case_hash,
                             [this](std::size_t begin, std::uint64_t hash) { return rows_[begin].case_hash < hash; });
  for (; at != starts.end() && rows_[*at].case_hash == case_hash; ++at) {
    if (text_of(rows_[*at]) == case_id) return rows(static_cast<std::size_t>(at - starts.begin()));
  }
  return {};
}

}  // namespace weir::feed
