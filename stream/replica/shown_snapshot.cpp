#include "stream/replica/shown_snapshot.hpp"

#include <algorithm>

#include "stream/replica/rows.hpp"

namespace weir::replica {
namespace {

Error elsewhere() { return {Code::shard_elsewhere, "cases, dead letters and uploads stay with the shard's owner"}; }

}  // namespace

std::string RangeReader::end_at(std::string_view to) const {
  return to.empty() ? store::end_of_prefix(prefix_) : prefix_ + std::string{to};
}

Result<std::optional<std::string>> RangeReader::get(std::string_view key) const {
  return of_->get(prefix_ + std::string{key});
}

Result<std::vector<std::optional<std::string>>> RangeReader::multi_get(const std::vector<std::string>& keys) const {
  std::vector<std::string> placed;
  placed.reserve(keys.size());
  for (const std::string& key : keys) placed.push_back(prefix_ + key);
  return of_->multi_get(placed);
}

Result<void> RangeReader::scan(std::string_view from, std::string_view to, const store::Visit& visit) const {
  return of_->scan(prefix_ + std::string{from}, end_at(to), [&](std::string_view key, std::string_view value) {
    return visit(key.substr(prefix_.size()), value);
  });
}

Result<void> RangeReader::scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const {
  return of_->scan_backwards(
      prefix_ + std::string{from}, end_at(to),
      [&](std::string_view key, std::string_view value) { return visit(key.substr(prefix_.size()), value); });
}

Result<std::optional<std::string>> ShownSnapshot::get(std::string_view key) const {
  return row_of(key) ? rows_.get(key) : elsewhere();
}

Result<std::vector<std::optional<std::string>>> ShownSnapshot::multi_get(const std::vector<std::string>& keys) const {
  const bool all =
      std::all_of(keys.begin(), keys.end(), [](const std::string& key) { return row_of(key).has_value(); });
  if (!all) return elsewhere();
  return rows_.multi_get(keys);
}

Result<void> ShownSnapshot::scan(std::string_view from, std::string_view to, const store::Visit& visit) const {
  return are_rows(from, to) ? rows_.scan(from, to, visit) : elsewhere();
}

Result<void> ShownSnapshot::scan_backwards(std::string_view from, std::string_view to,
                                           const store::Visit& visit) const {
  return are_rows(from, to) ? rows_.scan_backwards(from, to, visit) : elsewhere();
}

}  // namespace weir::replica
