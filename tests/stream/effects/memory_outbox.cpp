#include "tests/stream/effects/memory_outbox.hpp"

#include <algorithm>

namespace weir::effects {
namespace {

TargetKey target_of(const Effect& effect) { return {effect.workspace, effect.target}; }

}  // namespace

void MemoryOutbox::put(const Effect& effect, Time since) {
  const std::lock_guard lock(mutex_);
  Progress progress;
  progress.since = progress.due = since;
  rows_[effect.id] = {effect, progress};
  auto& lane = lanes_[{target_of(effect), effect.key}];
  lane.push_back(effect.id);
  if (lane.size() == 1) order_[target_of(effect)].insert({since, effect.id});
}

void MemoryOutbox::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto row = rows_.find(id);
  if (row == rows_.end()) return;
  const TargetKey target = target_of(row->second.effect);
  auto& lane = lanes_[{target, row->second.effect.key}];
  const bool was_head = lane.front() == id;
  order_[target].erase({row->second.progress.due, id});
  lane.erase(std::find(lane.begin(), lane.end(), id));
  if (was_head && !lane.empty()) order_[target].insert({rows_[lane.front()].progress.due, lane.front()});
  rows_.erase(row);
}

bool MemoryOutbox::fails() {
  if (failing_ == 0) return false;
  --failing_;
  return true;
}

void MemoryOutbox::answer(std::function<void()> call) {
  if (holds_) {
    held_.push_back(std::move(call));
  } else {
    call();
  }
}

void MemoryOutbox::release() {
  std::vector<std::function<void()>> calls;
  {
    const std::lock_guard lock(mutex_);
    holds_ = false;
    calls.swap(held_);
  }
  for (const auto& call : calls) call();
}

Result<std::vector<TargetKey>> MemoryOutbox::targets() {
  const std::lock_guard lock(mutex_);
  if (fails()) return Error{Code::storage_failed, ""};
  std::vector<TargetKey> keys;
  for (const auto& [key, order] : order_) {
    if (!order.empty()) keys.push_back(key);
  }
  return keys;
}

Result<std::vector<Due>> MemoryOutbox::due(const TargetKey& target, std::size_t count, std::size_t) {
  const std::lock_guard lock(mutex_);
  if (fails()) return Error{Code::storage_failed, ""};
  std::vector<Due> listed;
  for (const auto& [due, id] : order_[target]) {
    if (listed.size() == count) break;
    listed.push_back({id, rows_[id].effect, rows_[id].progress});
  }
  return listed;
}

void MemoryOutbox::begin(const Due& due, std::uint32_t attempt, Begun answered) {
  if (on_begin) on_begin();
  Result<bool> result = true;
  {
    const std::lock_guard lock(mutex_);
    const auto row = rows_.find(due.place);
    if (fails()) {
      result = Error{Code::storage_failed, ""};
    } else if (row == rows_.end()) {
      result = false;
    } else {
      row->second.progress.attempts = attempt;  // the next start counts it, should this one not end
    }
  }
  answer([answered = std::move(answered), result] { answered(result); });
}

void MemoryOutbox::end(const Due& due, const Ending& ending, Ended answered) {
  Result<void> result;
  {
    const std::lock_guard lock(mutex_);
    const auto row = rows_.find(due.place);
    if (row == rows_.end()) {
      result = Error{Code::storage_failed, "it is gone"};
    } else if (ending.outcome == Outcome::again) {
      auto& order = order_[target_of(due.effect)];
      order.erase({row->second.progress.due, due.place});
      row->second.progress = ending.progress;
      order.insert({ending.progress.due, due.place});
    }
    if (result) endings_.push_back({due.place, ending});
  }
  if (result && ending.outcome != Outcome::again) remove(due.place);
  if (result && on_end) on_end({due.place, ending});
  answer([answered = std::move(answered), result] { answered(result); });
}

std::size_t MemoryOutbox::waiting() const {
  const std::lock_guard lock(mutex_);
  return rows_.size();
}

std::vector<MemoryOutbox::Settled> MemoryOutbox::endings() const {
  const std::lock_guard lock(mutex_);
  return endings_;
}

std::vector<MemoryOutbox::Settled> MemoryOutbox::settled() const {
  auto all = endings();
  std::erase_if(all, [](const Settled& one) { return one.ending.outcome == Outcome::again; });
  return all;
}

Progress MemoryOutbox::progress(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return rows_.at(id).progress;
}

void MemoryTargets::put(const TargetKey& key, Target target) {
  const std::lock_guard lock(mutex_);
  KnownTarget& known = known_[key];
  known = {std::make_shared<const Target>(std::move(target)), known.version + 1, false};
}

Result<KnownTarget> MemoryTargets::find(const TargetKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key);
  return found == known_.end() ? KnownTarget{} : found->second;
}

void MemoryTargets::disable(const TargetKey& key, std::uint64_t version, const std::string&) {
  const std::lock_guard lock(mutex_);
  KnownTarget& known = known_[key];
  if (known.version == version) known.disabled = true;
}

}  // namespace weir::effects
