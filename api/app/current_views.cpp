#include "api/app/current_views.hpp"

#include <algorithm>

#include "stream/asking/elsewhere.hpp"
#include "stream/replica/rows.hpp"

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds step{20};
constexpr std::chrono::seconds patience{4};  // a shard under full load commits every 3.2 s
// Of what other nodes show:
constexpr std::chrono::seconds staleness_max{30};
constexpr std::uint64_t lag_max = 100'000;

}  // namespace

std::optional<feed::Snapshots> CurrentViews::take(const std::string& workspace) {
  const auto newest = newest_of(workspace);
  if (!newest) return std::nullopt;
  const Clock::Steady deadline = node_.clock().steady() + patience;
  do {
    auto all = node_.snapshots();
    if (all && are_current(workspace, *all, *newest)) return *std::move(all);
  } while (node_.clock().steady() < deadline && pause_(step));
  return std::nullopt;
}

/// Of partitions that are here; Kafka's end of one is not known before somebody asks.
std::optional<std::vector<std::uint64_t>> CurrentViews::newest_of(const std::string& workspace) {
  std::vector<std::uint64_t> newest(node_.engine().shards());
  for (std::uint32_t i = 0; i < newest.size(); ++i) {
    const Place place{workspace, i};
    if (!node_.engine().has(i)) {
      asked_.erase(place);
      continue;
    }
    if (!asked_.contains(place)) {
      if (!node_.log().begin_offset(workspace, i)) return std::nullopt;
      asked_.insert(place);
    }
    const auto offset = node_.log().newest_offset(workspace, i);
    if (!offset) return std::nullopt;
    newest[i] = *offset;
  }
  return newest;
}

bool CurrentViews::are_current(const std::string& workspace, const feed::Snapshots& all,
                               const std::vector<std::uint64_t>& newest) {
  std::vector<std::uint64_t> included;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const Place place{workspace, i};
    const bool is_here = asking::as_elsewhere(*all[i]) == nullptr;
    if (is_here && !asked_.contains(place)) return false;  // it came meanwhile
    const auto settled = replica::settled_offset(*all[i], workspace);
    if (!settled || *settled < newest[i]) return false;
    const auto before = shown_.find(place);
    if (before != shown_.end() && *settled < before->second) return false;
    const Currency currency = is_here ? Currency{} : node_.currency(i, *all[i]);
    if (currency.lag > lag_max || currency.staleness > staleness_max) return false;
    included.push_back(*settled);
  }
  for (std::uint32_t i = 0; i < included.size(); ++i) shown_[{workspace, i}] = included[i];
  return true;
}

}  // namespace weir::app
