// Which entries of which process changed, from the shards' threads to whoever shows views as they change. Bounded:
// where more changes than is kept apart, "all of it" is told instead. What is told are hints where to look; the values
// come from the snapshot that is handed out with them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "state/store/store.hpp"
#include "stream/runtime/change_sink.hpp"

namespace weir::feed {

/// What changed in one process in one shard since it was last asked.
struct Changes {
  bool any = false;              // some commit touched the process
  bool all_cells = false;        // which cells is not known
  bool all_cases = false;        // which cases is not known
  bool names_forgotten = false;  // numbers may stand for other names than before
  boost::unordered_flat_set<dataflow::CellKey, dataflow::CellKeyHash> cells;  // in the shard's names
  boost::unordered_flat_set<std::string> cases;

  static Changes everything();
  /// The changes of both.
  void add(Changes&& later);
};

/// How many entries of one process are kept apart, per shard.
struct ChangeLimits {
  std::size_t cells_max = 16'384;
  std::size_t cases_max = 4'096;
};

/// Thread-safe; `sinks()` are for one shard's thread each.
class ChangeChannel {
 public:
  using TakeSnapshot = std::function<std::shared_ptr<const store::Snapshot>()>;

  explicit ChangeChannel(std::uint32_t shards, ChangeLimits limits = {});
  ~ChangeChannel();

  /// One per shard; they live as long as the channel.
  std::vector<runtime::ChangeSink*> sinks();

  /// What is shown of the shard has to be read anew: it came, or went.
  void renew(std::uint32_t shard);

  /// Follows one process while it lives. Not thread-safe.
  class Follower {
   public:
    virtual ~Follower() = default;
    /// What changed in the shard since the last call (at first: everything), with a snapshot that `snapshot` takes:
    /// it holds exactly what was told up to now. Waits while the shard writes a commit.
    virtual std::pair<Changes, std::shared_ptr<const store::Snapshot>> take(std::uint32_t shard,
                                                                            const TakeSnapshot& snapshot) = 0;
  };
  /// `changed` is called on a shard's thread when take() has something new; it must return at once and not call back.
  /// It is not called any more when the follower is gone. The channel must outlive the follower. O(shards).
  std::unique_ptr<Follower> follow(std::string workspace, std::string process, std::function<void()> changed);

 private:
  struct Followed;
  class Shard;
  class Registration;

  std::vector<std::unique_ptr<Shard>> shards_;
  std::atomic<int> followers_{0};
};

}  // namespace weir::feed
