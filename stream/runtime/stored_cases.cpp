#include "stream/runtime/stored_cases.hpp"

#include <algorithm>
#include <utility>

namespace weir::runtime {
namespace {

constexpr std::size_t ahead_bytes_max = std::size_t{256} << 10;
constexpr std::size_t ahead_records_min = 16;  // who stops soon has not read much; doubles from time to time
constexpr std::size_t ahead_records_max = 1'024;

/// The first key of a case with a greater id.
std::string key_behind(const std::string& prefix, std::optional<std::string_view> after) {
  std::string key = prefix;
  if (after) key.append(*after).push_back('\0');
  return key;
}

/// The archived cases, a few read ahead at a time.
class Archived {
 public:
  Archived(const store::Reader& store, std::string prefix, std::optional<std::string_view> after)
      : store_(store), prefix_(std::move(prefix)), from_(key_behind(prefix_, after)) {}

  /// Calls for those before `until` (none: for all that are left). False: it was told to stop, or cannot read.
  bool pass(std::optional<std::string_view> until, const StoredCases::Visit& visit) {
    for (;;) {
      if (at_ == ahead_.size() && !read_ahead()) return outcome_.ok();
      const auto& [case_id, record] = ahead_[at_];
      if (until && case_id >= *until) return true;
      ++at_;
      if (!visit(case_id, record)) return false;
    }
  }
  const Result<void>& outcome() const { return outcome_; }

 private:
  /// False: there are no more.
  bool read_ahead() {
    at_ = 0;
    ahead_.clear();
    std::size_t bytes = 0;
    outcome_ = store_.scan(from_, store::end_of_prefix(prefix_), [&](std::string_view key, std::string_view value) {
      ahead_.emplace_back(format::behind(key, prefix_), value);
      bytes += value.size();
      return bytes < ahead_bytes_max && ahead_.size() < records_;
    });
    records_ = std::min(2 * records_, ahead_records_max);
    if (!outcome_ || ahead_.empty()) return false;
    from_ = key_behind(prefix_, ahead_.back().first);
    return true;
  }

  const store::Reader& store_;
  const std::string prefix_;
  std::string from_;
  std::vector<std::pair<std::string, std::string>> ahead_;
  std::size_t at_ = 0;
  std::size_t records_ = ahead_records_min;  // to be read ahead
  Result<void> outcome_;
};

}  // namespace

Result<std::vector<std::optional<std::string>>> StoredCases::records(
    const std::vector<std::string_view>& case_ids) const {
  std::vector<std::string> keys;
  keys.reserve(case_ids.size());
  for (const std::string_view id : case_ids) keys.push_back(scope_.record(process_, id));
  auto records = store_.multi_get(keys);
  if (!records || !any_archived_) return records;
  std::vector<std::size_t> missing;
  keys.clear();
  for (std::size_t i = 0; i < case_ids.size(); ++i) {
    if ((*records)[i]) continue;
    missing.push_back(i);
    keys.push_back(scope_.archived(process_, case_ids[i]));
  }
  if (missing.empty()) return records;
  auto archived = store_.multi_get(keys);
  if (!archived) return archived.error();
  for (std::size_t i = 0; i < missing.size(); ++i) (*records)[missing[i]] = std::move((*archived)[i]);
  return records;
}

Result<std::optional<std::string>> StoredCases::record(std::string_view case_id) const {
  auto records = this->records({case_id});
  if (!records) return records.error();
  return std::move(records->front());
}

Result<void> StoredCases::each(std::optional<std::string_view> after, const Visit& visit) const {
  const std::string prefix = scope_.records(process_);
  Archived archived{store_, scope_.archive(process_), after};
  bool goes_on = true;
  const auto scanned =
      store_.scan(key_behind(prefix, after), store::end_of_prefix(prefix), [&](auto key, std::string_view value) {
        const std::string_view case_id = format::behind(key, prefix);
        if (any_archived_) goes_on = archived.pass(case_id, visit);
        return goes_on = goes_on && visit(case_id, value);
      });
  if (!scanned) return scanned;
  if (goes_on && any_archived_) archived.pass(std::nullopt, visit);
  return archived.outcome();
}

}  // namespace weir::runtime
