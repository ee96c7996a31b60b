#include "api/app/threshold_watch.hpp"

#include <algorithm>

#include "stream/documents/documents.hpp"
#include "stream/runtime/threshold_book.hpp"

namespace weir::app {
namespace {

using documents::Kind;

constexpr std::chrono::seconds least_rest{1};
constexpr int rest_per_work = 19;

/// What no view is needed for.
bool is_of_this_node(thresholds::Measure measure) {
  return measure == thresholds::Measure::lag || measure == thresholds::Measure::disk_free_share;
}

}  // namespace

ThresholdWatch::ThresholdWatch(Node& node)
    : node_(node),
      watched_(node.metrics().gauge("weir_thresholds_watched", "Thresholds whose partition is here.")),
      up_(node.metrics().gauge("weir_thresholds_up", "Of these, how many are an alert.")),
      unknown_(node.metrics().gauge("weir_thresholds_unknown",
                                    "Of these, how many could not be judged, for views lag or cannot be read.")),
      last_look_(node.metrics().gauge("weir_thresholds_last_look_seconds",
                                      "When thresholds were last measured, in Unix time.")),
      observations_(node.metrics().counter("weir_thresholds_observations_total",
                                           "Times that what was measured changed how a threshold stands.")),
      views_(node, [this](Clock::Steady wait) { return work_.pause(wait); }) {}

void ThresholdWatch::start() {
  work_.start(
      [this] {
        const Clock::Steady began = node_.clock().steady();
        look();
        return std::max<Clock::Steady>(least_rest, (node_.clock().steady() - began) * rest_per_work);
      },
      Background::Priority::usual);
}

void ThresholdWatch::look() {
  Found found;
  failed_before_ = std::exchange(failing_, {});
  for (const std::string& workspace : node_.log().workspaces()) look_at(workspace, found);
  watched_.set(static_cast<double>(found.watched));
  up_.set(static_cast<double>(found.up));
  unknown_.set(static_cast<double>(found.unknown));
  last_look_.set(static_cast<double>(to_micros(node_.clock().now())) / 1e6);
}

/// Told once, and again when it went well in between.
void ThresholdWatch::failed(const std::string& workspace, const std::string& what, const Error& why) {
  const std::string place = workspace + '/' + what;
  if (!failing_.insert(place).second || failed_before_.contains(place)) return;
  node_.logger().log(LogLevel::warning, "thresholds cannot be judged",
                     {{"workspace", workspace}, {"what", what}, {"code", name_of(why.code)}, {"detail", why.detail}});
}

void ThresholdWatch::look_at(const std::string& workspace, Found& found) {
  auto all = watched_of(workspace);
  if (!all) return failed(workspace, "documents", all.error());
  found.watched += all->size();
  for (const Watched& one : *all) {
    using enum thresholds::Phase;
    found.up += one.standing.phase == up || one.standing.phase == leaving ? 1 : 0;
  }
  if (all->empty()) return;
  auto snapshots = views_.take(workspace);
  const bool is_current = snapshots.has_value();
  Measurer measurer(node_, workspace, std::move(snapshots));
  std::stable_sort(all->begin(), all->end(), [&](const Watched& a, const Watched& b) {
    return measurer.order(a.threshold) < measurer.order(b.threshold);
  });
  for (const Watched& one : *all) {
    if (!is_current && !is_of_this_node(one.threshold.measure)) {
      ++found.unknown;
      continue;
    }
    const auto judged = judge(workspace, one, measurer);
    if (judged) continue;
    ++found.unknown;
    failed(workspace, one.name, judged.error());
  }
}

Result<std::vector<ThresholdWatch::Watched>> ThresholdWatch::watched_of(const std::string& workspace) const {
  std::vector<Watched> all;
  for (std::uint32_t i = 0; i < node_.engine().shards(); ++i) {
    if (const auto added = add_watched(workspace, i, all); !added) return added.error();
  }
  return all;
}

/// As the partition itself has them: what is observed counts by the version that it knows.
Result<void> ThresholdWatch::add_watched(const std::string& workspace, std::uint32_t partition,
                                         std::vector<Watched>& all) const {
  const auto snapshot = node_.engine().snapshot(partition);
  if (snapshot == nullptr) return {};
  const format::Scope scope{workspace};
  const auto known = documents::Documents::read(*snapshot, scope, Kind::threshold);
  if (!known) return known.error();
  for (const auto& [view, versions] : known->all(Kind::threshold)) {
    const std::string name{view};
    const documents::Version* const current = known->current(Kind::threshold, name);
    if (current == nullptr || thresholds::partition_of(name, node_.engine().shards()) != partition) continue;
    auto threshold = thresholds::threshold_of(*current->body);
    if (!threshold) continue;
    auto kept = runtime::read_threshold(*snapshot, scope, name);
    if (!kept) return kept.error();
    all.push_back({partition, name, current->effective_at, *std::move(threshold), std::move(kept->standing)});
  }
  return {};
}

Result<void> ThresholdWatch::judge(const std::string& workspace, const Watched& one, Measurer& measurer) {
  const auto value = measurer.measure(one.threshold);
  if (!value) return value.error();
  if (!thresholds::would_change(one.standing, one.threshold, *value, measurer.at())) return {};
  const thresholds::Observation observation{one.name, one.version, one.standing.number + 1, measurer.at(), *value};
  observations_.add();
  return node_.log().append(workspace, {{one.partition, {log::Kind::observation, thresholds::encode(observation)}}},
                            [](const Result<log::Position>&) {});  // what does not arrive the next look finds again
}

}  // namespace weir::app
