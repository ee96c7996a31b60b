// A shard that is elsewhere, as queries are handed it: its views as they are shown here, at hand at once; and whole,
// with cases and dead letters, what its owner has, for those that need it. Never both at once: numbers of names mean
// something in one snapshot alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "state/store/store.hpp"

namespace weir::asking {

/// All that a workspace has in a shard.
struct Whole {
  std::shared_ptr<const store::Snapshot> snapshot;
  std::uint64_t lag = 0;  // records of the log that it does not include
};

/// Reads as what is shown; of what is not, the errors of that.
class Elsewhere final : public store::Snapshot {
 public:
  /// May wait for the owner. `includes`: the offset below which it has to include the workspace's records.
  using Open = std::function<Result<Whole>(const std::string& workspace, std::uint64_t includes)>;

  Elsewhere(std::shared_ptr<const store::Snapshot> shown, Open open);

  /// Opened at the first call, then the same. Not older than what is shown. Errors: those of Open, of the store.
  Result<std::shared_ptr<const store::Snapshot>> whole(const std::string& workspace) const;
  /// The lag of what was opened; none: nothing was.
  std::optional<std::uint64_t> lag_of_whole() const;

  Result<std::optional<std::string>> get(std::string_view key) const override { return shown_->get(key); }
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    return shown_->multi_get(keys);
  }
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    return shown_->scan(from, to, visit);
  }
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    return shown_->scan_backwards(from, to, visit);
  }

 private:
  const std::shared_ptr<const store::Snapshot> shown_;
  const Open open_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Whole> wholes_;  // under mutex_: by workspace
};

/// Null: the snapshot is of a shard that is here.
const Elsewhere* as_elsewhere(const store::Snapshot& shard);

/// The snapshot with all that the workspace has in the shard: itself where the shard is here. Errors: shard_elsewhere
/// (its owner cannot be asked), not_caught_up, overloaded, those of the store.
Result<std::shared_ptr<const store::Snapshot>> whole(const std::shared_ptr<const store::Snapshot>& shard,
                                                     const std::string& workspace);

/// Whether the code says that the owner of a shard could not tell now, and may soon.
bool may_be_asked_again(Code code);

}  // namespace weir::asking
