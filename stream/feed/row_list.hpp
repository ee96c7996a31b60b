// Rows of one range over all shards, in the order of their keys, a page at a time. Those of a shard that is elsewhere
// are read from its owner (stream/asking); errors as of stream/feed/cases.hpp.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/format/keys.hpp"
#include "stream/asking/elsewhere.hpp"
#include "stream/feed/process_view.hpp"

namespace weir::feed {

/// Up to `limit` of those behind `after`, a row's place: what follows the prefix in its key. `read` makes a Row, which
/// has a `place`, of a place and a value; nothing: it is left out. O(rows looked at) per shard.
template <class Row, class Read>
Result<std::vector<Row>> list_rows(const Snapshots& snapshots, const std::string& workspace, const std::string& prefix,
                                   std::string_view after, std::size_t limit, const Read& read) {
  std::string from = prefix;
  if (!after.empty()) from.append(after).push_back('\0');
  std::vector<Row> rows;
  for (const auto& snapshot : snapshots) {
    const auto whole = asking::whole(snapshot, workspace);
    if (!whole) return whole.error();
    Result<void> outcome;
    std::size_t taken = 0;
    const auto take = [&](std::string_view key, std::string_view value) {
      Result<std::optional<Row>> row = read(format::behind(key, prefix), value);
      if (!row) return outcome = row.error(), false;
      if (!*row) return true;
      rows.push_back(**std::move(row));
      return ++taken < limit;
    };
    const auto scanned = (*whole)->scan(from, store::end_of_prefix(prefix), take);
    if (!scanned) return scanned.error();
    if (!outcome) return outcome.error();
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.place < b.place; });
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

}  // namespace weir::feed
