// Measures the thresholds whose partitions are here, again and again, and has the log say wherever that changes how one
// stands (stream/thresholds/standing.hpp). What comes of it is the partition's task's: of two nodes that both believe
// to own a partition, and observe the same, the first in the log counts.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "api/app/background.hpp"
#include "api/app/current_views.hpp"
#include "api/app/measurer.hpp"
#include "stream/thresholds/standing.hpp"

namespace weir::app {

class ThresholdWatch {
 public:
  /// `node` must outlive it.
  explicit ThresholdWatch(Node& node);

  /// Once the node takes records. A look begins a second after the one before ended, and later where looks take long:
  /// a twentieth of the time at most.
  void start();
  /// Ends the look at hand. Idempotent; the node still takes records.
  void stop() { work_.stop(); }

 private:
  /// A threshold whose partition is here.
  struct Watched {
    std::uint32_t partition = 0;
    std::string name;
    Time version;
    thresholds::Threshold threshold;
    thresholds::Standing standing;
  };
  /// What a look has found.
  struct Found {
    std::uint64_t watched = 0;
    std::uint64_t up = 0;
    std::uint64_t unknown = 0;  // could not be judged
  };

  void look();
  void look_at(const std::string& workspace, Found& found);
  Result<std::vector<Watched>> watched_of(const std::string& workspace) const;
  Result<void> add_watched(const std::string& workspace, std::uint32_t partition, std::vector<Watched>& all) const;
  Result<void> judge(const std::string& workspace, const Watched& one, Measurer& measurer);
  void failed(const std::string& workspace, const std::string& what, const Error& why);

  Node& node_;
  metrics::Gauge watched_, up_, unknown_, last_look_;
  metrics::Counter observations_;
  std::set<std::string> failing_, failed_before_;  // what could not be read at this look, and at the one before
  CurrentViews views_;
  Background work_;
};

}  // namespace weir::app
