#include "stream/feed/case_groups.hpp"

#include <algorithm>
#include <numeric>

namespace weir::feed {
namespace {

bool earlier(const CaseGroups::Row& a, const CaseGroups::Row& b) {
  return a.began != b.began ? a.began < b.began : a.ended < b.ended;
}

}  // namespace

/// Which case each row is of, and in ends_ how many rows each case has.
void CaseGroups::number_cases(std::span<const TakenPiece> pieces, std::size_t part) {
  numbers_.clear();
  case_ids_.clear();
  case_of_.clear();
  ends_.clear();
  for (const TakenPiece& piece : pieces) {
    const auto [rows, case_ids] = piece.events.part(part);
    const char* text = case_ids.data();
    for (const Row& row : rows) {
      const std::string_view case_id{text, row.case_size};
      text += row.case_size;
      const auto [known, fresh] = numbers_.try_emplace(case_id, static_cast<std::uint32_t>(case_ids_.size()));
      if (fresh) {
        case_ids_.push_back(case_id);
        ends_.push_back(0);
      }
      ++ends_[known->second];
      case_of_.push_back(known->second);
    }
  }
}

void CaseGroups::group(std::span<const TakenPiece> pieces, std::size_t part) {
  number_cases(pieces, part);
  begins_.resize(ends_.size());
  std::exclusive_scan(ends_.begin(), ends_.end(), begins_.begin(), 0U);
  ends_ = begins_;
  rows_.resize(case_of_.size());
  const std::uint32_t* number = case_of_.data();
  for (const TakenPiece& piece : pieces) {
    for (const Row& row : piece.events.part(part).rows) {
      Row& placed = rows_[ends_[*number++]++];
      placed = row;
      placed.activity = piece.names[row.activity];
    }
  }
  events_ = 0;
  for (std::size_t i = 0; i < cases(); ++i) {
    const auto rows = std::span{rows_}.subspan(begins_[i], ends_[i] - begins_[i]);
    const auto kept = rows.first(drop_duplicates(rows));
    ends_[i] = begins_[i] + static_cast<std::uint32_t>(kept.size());
    events_ += kept.size();
    if (!std::is_sorted(kept.begin(), kept.end(), earlier)) std::stable_sort(kept.begin(), kept.end(), earlier);
  }
}

/// Puts those that stay to the front. -> how many
std::size_t CaseGroups::drop_duplicates(std::span<Row> rows) {
  seen_.clear();
  for (const Row& row : rows) {
    if (row.identity != 0) seen_.push_back(row.identity);
  }
  std::sort(seen_.begin(), seen_.end());
  if (std::adjacent_find(seen_.begin(), seen_.end()) == seen_.end()) return rows.size();
  taken_.clear();
  const auto is_repeated = [this](const Row& row) { return row.identity != 0 && !taken_.insert(row.identity).second; };
  std::size_t kept = 0;
  for (const Row& row : rows) {
    if (!is_repeated(row)) rows[kept++] = row;
  }
  return kept;
}

}  // namespace weir::feed
