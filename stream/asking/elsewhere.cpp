#include "stream/asking/elsewhere.hpp"

#include "stream/replica/rows.hpp"

namespace weir::asking {

Elsewhere::Elsewhere(std::shared_ptr<const store::Snapshot> shown, Open open)
    : shown_(std::move(shown)), open_(std::move(open)) {}

Result<std::shared_ptr<const store::Snapshot>> Elsewhere::whole(const std::string& workspace) const {
  const std::lock_guard lock{mutex_};
  if (const auto known = wholes_.find(workspace); known != wholes_.end()) return known->second.snapshot;
  const auto includes = replica::settled_offset(*shown_, workspace);
  if (!includes) return includes.error();
  auto opened = open_(workspace, *includes);
  if (!opened) return opened.error();
  return wholes_.emplace(workspace, *std::move(opened)).first->second.snapshot;
}

std::optional<std::uint64_t> Elsewhere::lag_of_whole() const {
  const std::lock_guard lock{mutex_};
  if (wholes_.empty()) return std::nullopt;
  return wholes_.begin()->second.lag;
}

const Elsewhere* as_elsewhere(const store::Snapshot& shard) { return dynamic_cast<const Elsewhere*>(&shard); }

Result<std::shared_ptr<const store::Snapshot>> whole(const std::shared_ptr<const store::Snapshot>& shard,
                                                     const std::string& workspace) {
  const Elsewhere* const elsewhere = as_elsewhere(*shard);
  return elsewhere == nullptr ? shard : elsewhere->whole(workspace);
}

bool may_be_asked_again(Code code) {
  return code == Code::shard_elsewhere || code == Code::not_caught_up || code == Code::overloaded;
}

}  // namespace weir::asking
