// Measures thresholds of one workspace, one after the other, as of one moment.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "api/app/node.hpp"
#include "stream/feed/measures.hpp"

namespace weir::app {

/// One thread.
class Measurer {
 public:
  /// `node` outlives it. `snapshots`: what to measure on; none: what there is.
  Measurer(Node& node, std::string workspace, std::optional<feed::Snapshots> snapshots = {})
      : node_(node), workspace_(std::move(workspace)), at_(node.clock().now()), snapshots_(std::move(snapshots)) {}

  Time at() const { return at_; }
  /// In the measure's unit; nothing: there is nothing to measure. Thresholds of which the view is the same should
  /// follow one another: it is read once for them (order()). Errors: shard_elsewhere, not_caught_up, overloaded,
  /// state_format, those of the store.
  Result<std::optional<double>> measure(const thresholds::Threshold& threshold);

  /// Equal for those that are measured in one view.
  using Order = std::tuple<std::string, std::vector<dataflow::Table>, std::optional<std::int64_t>, feed::Window>;
  Order order(const thresholds::Threshold& threshold) const;

 private:
  Result<const feed::Snapshots*> snapshots();
  Result<feed::ProcessView*> view(const thresholds::Threshold& threshold);
  Result<double> measure_engine(const thresholds::Threshold& threshold);

  Node& node_;
  const std::string workspace_;
  const Time at_;
  std::optional<feed::Snapshots> snapshots_;
  std::optional<Order> read_;                // which view is held
  std::unique_ptr<feed::ProcessView> view_;  // null where it could not be read
};

}  // namespace weir::app
