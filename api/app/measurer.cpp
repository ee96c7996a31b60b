#include "api/app/measurer.hpp"

#include <algorithm>

namespace weir::app {

using dataflow::Table;
using thresholds::Measure;
using thresholds::Threshold;

Measurer::Order Measurer::order(const Threshold& threshold) const {
  feed::Reading reading = feed::reading_of(threshold, at_);
  return {threshold.process, std::move(reading.tables), reading.filter.from, reading.filter.window};
}

Result<const feed::Snapshots*> Measurer::snapshots() {
  if (!snapshots_) {
    auto taken = node_.snapshots();
    if (!taken) return taken.error();
    snapshots_ = *std::move(taken);
  }
  return &*snapshots_;
}

Result<feed::ProcessView*> Measurer::view(const Threshold& threshold) {
  Order wanted = order(threshold);
  if (view_ != nullptr && read_ == wanted) return view_.get();
  view_.reset();
  const auto snapshots = this->snapshots();
  if (!snapshots) return snapshots.error();
  const feed::Reading reading = feed::reading_of(threshold, at_);
  const auto& operators = node_.engine().operators();
  const bool with_clocks =
      std::find(reading.tables.begin(), reading.tables.end(), Table::clocks) != reading.tables.end();
  auto view = reading.filter.takes_all()
                  ? feed::read_view(**snapshots, workspace_, threshold.process, operators, reading.tables)
                  : feed::scan_view(**snapshots, workspace_, threshold.process, operators, reading.filter, with_clocks);
  if (!view) return view.error();
  view_ = *std::move(view);
  read_ = std::move(wanted);
  return view_.get();
}

Result<std::optional<double>> Measurer::measure(const Threshold& threshold) {
  if (thresholds::is_of_engine(threshold.measure)) {
    const auto found = measure_engine(threshold);
    if (!found) return found.error();
    return std::optional{*found};
  }
  const auto read = view(threshold);
  if (!read) return read.error();
  return feed::measured(threshold, **read);
}

Result<double> Measurer::measure_engine(const Threshold& threshold) {
  if (threshold.measure == Measure::lag) return static_cast<double>(node_.currency().lag);
  if (threshold.measure == Measure::disk_free_share) return node_.disk().free_share();
  const auto snapshots = this->snapshots();
  if (!snapshots) return snapshots.error();
  const auto since = threshold.last ? std::optional{at_ - *threshold.last} : std::nullopt;
  const auto count = threshold.measure == Measure::dead_letters
                         ? feed::count_dead_letters(**snapshots, workspace_, since)
                         : feed::count_failing_targets(**snapshots, workspace_);
  if (!count) return count.error();
  return static_cast<double>(*count);
}

}  // namespace weir::app
