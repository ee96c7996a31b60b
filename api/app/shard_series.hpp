// The checkpoints of shards on Kafka: a series for each shard, in the store that all nodes share.
//
//   PREFIX-MARK/SHARD   PREFIX: of the topics; MARK: everything that a state is only good with
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/app/data_folder.hpp"
#include "api/app/settings.hpp"
#include "schemas/base/clock.hpp"
#include "schemas/base/result.hpp"
#include "state/checkpoint/manifest.hpp"
#include "state/checkpoint/object_store.hpp"
#include "state/store/store.hpp"

namespace weir::app {

/// Those of one Kafka cluster, prefix of topics, number of shards and cluster key: the mark is made of them all. So who
/// differs in any of them sees no checkpoint that its state could not be made of, and several clusters may share a
/// store. One call at a time.
class ShardSeries {
 public:
  /// In the store that `--checkpoints` names, which must not be empty. `log_identity`: EventLog::identity(). `clock`
  /// must outlive it. Nothing is sent yet. Errors: bad_request, bad_key_file.
  static Result<ShardSeries> open(const Settings& settings, const DataFolder& folder, const std::string& log_identity,
                                  const Clock& clock);

  std::string name(std::uint32_t shard) const { return place_ + '/' + std::to_string(shard); }
  checkpoint::ObjectStore& objects() const { return *objects_; }

 private:
  ShardSeries(std::unique_ptr<checkpoint::ObjectStore> objects, std::string place)
      : objects_(std::move(objects)), place_(std::move(place)) {}

  std::unique_ptr<checkpoint::ObjectStore> objects_;
  std::string place_;
};

/// Where a shard's state stands in each of the workspaces of which it has taken something. Errors: state_format and
/// those of the store.
Result<std::vector<checkpoint::Standing>> read_standings(const store::Reader& state, std::uint32_t shard,
                                                         const std::vector<std::string>& workspaces);
/// 0 if it has taken nothing of the workspace.
std::uint64_t next_offset_in(const std::vector<checkpoint::Standing>& standings, const std::string& workspace);
/// Records taken, over all workspaces: of two states of a shard the one with more is further.
std::uint64_t records_in(const std::vector<checkpoint::Standing>& standings);

/// Of a node's data folder, from which a node can be made; else of a shard.
bool is_of_a_folder(const checkpoint::Manifest& manifest);

}  // namespace weir::app
