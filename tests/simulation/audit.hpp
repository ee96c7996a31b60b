// What must be true of a node that has come to rest, whatever it went through.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/node.hpp"
#include "tests/simulation/producers.hpp"
#include "tests/support/model.hpp"

namespace weir::simulation {

class Audit {
 public:
  /// Reads the whole log.
  Audit(Node& node, const Plan& plan);

  /// Every acknowledged record is in the log, where its position says.
  void check_acknowledged(const std::vector<Acknowledged>& acknowledged) const;
  /// The shards hold what the plain model makes of the log: views, counters, cases, events, dead letters.
  void check_views() const;
  /// New tasks that take the log in other batches, with other commits, come to the same.
  void check_replay(Dice& dice) const;

  std::uint64_t records() const;

 private:
  using Partition = std::pair<std::string, std::uint32_t>;  // workspace, number

  void read_partition(const Partition& partition);
  void check_answers(const feed::Snapshots& snapshots, const std::string& who) const;
  void check_cases(const feed::Snapshots& snapshots, const std::string& workspace, const std::string& process) const;
  void check_dead_letters(const feed::Snapshots& snapshots) const;
  void replay(runtime::Task& task, const Partition& partition, Dice& dice) const;
  std::vector<support::Outcome> outcomes(const std::string& workspace, const std::string& process) const;
  std::vector<std::string> processes() const;

  Node& node_;
  const Plan& plan_;
  std::map<Partition, log::Blocks> blocks_;
  std::map<Partition, support::PartitionModel> models_;
};

}  // namespace weir::simulation
