#include "stream/runtime/commit_watch.hpp"

#include <algorithm>

namespace weir::runtime {

bool CommitWatch::includes(const std::string& workspace, const log::Position& position) const {
  return std::all_of(position.parts.begin(), position.parts.end(), [&](const log::Position::Part& part) {
    const auto known = next_.find({workspace, part.partition});
    return known != next_.end() && known->second >= part.next;
  });
}

std::vector<CommitWatch::Told> CommitWatch::take(const std::function<bool(const Waiter&)>& which) {
  std::vector<Told> taken;
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    if (!which(*waiter)) {
      ++waiter;
      continue;
    }
    taken.push_back(std::move(waiter->told));
    waiter = waiters_.erase(waiter);
  }
  return taken;
}

void CommitWatch::committed(std::uint32_t shard, const std::string& workspace, std::uint64_t next_offset) {
  std::vector<Told> included;
  {
    const std::lock_guard lock{mutex_};
    next_[{workspace, shard}] = next_offset;
    included = take(
        [&](const Waiter& waiter) { return waiter.workspace == workspace && includes(workspace, waiter.position); });
  }
  for (const Told& told : included) told(true);
}

void CommitWatch::forget(std::uint32_t shard) {
  const std::lock_guard lock{mutex_};
  std::erase_if(next_, [&](const auto& known) { return known.first.second == shard; });
}

void CommitWatch::when_included(const std::string& workspace, log::Position position, Clock::Steady deadline,
                                Told told) {
  {
    const std::lock_guard lock{mutex_};
    if (!includes(workspace, position)) {
      waiters_.push_back({workspace, std::move(position), deadline, std::move(told)});
      return;
    }
  }
  told(true);
}

void CommitWatch::expire(Clock::Steady now) {
  std::vector<Told> late;
  {
    const std::lock_guard lock{mutex_};
    late = take([&](const Waiter& waiter) { return waiter.deadline <= now; });
  }
  for (const Told& told : late) told(false);
}

bool CommitWatch::awaited(std::uint32_t shard, const std::string& workspace, std::uint64_t next_offset) const {
  const std::lock_guard lock{mutex_};
  if (waiters_.empty()) return false;
  const auto known = next_.find({workspace, shard});
  const std::uint64_t committed = known == next_.end() ? 0 : known->second;
  const auto helped = [&](const log::Position::Part& part) {
    return part.partition == shard && part.next > committed && part.next <= next_offset;
  };
  return std::any_of(waiters_.begin(), waiters_.end(), [&](const Waiter& waiter) {
    const auto& parts = waiter.position.parts;
    return waiter.workspace == workspace && std::any_of(parts.begin(), parts.end(), helped);
  });
}

std::uint64_t CommitWatch::committed_offset(std::uint32_t shard, const std::string& workspace) const {
  const std::lock_guard lock{mutex_};
  const auto known = next_.find({workspace, shard});
  return known == next_.end() ? 0 : known->second;
}

}  // namespace weir::runtime
