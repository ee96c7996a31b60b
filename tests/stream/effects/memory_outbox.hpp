// An outbox and targets in memory, with what the ports promise and nothing more. Thread-safe.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stream/effects/outbox.hpp"
#include "stream/effects/targets.hpp"

namespace weir::effects {

class MemoryOutbox final : public Outbox {
 public:
  struct Settled {
    std::string id;
    Ending ending;
  };

  /// Told of each end, on the thread that brings it. Set before anything is put.
  std::function<void(const Settled&)> on_end;
  /// Called first by begin().
  std::function<void()> on_begin;

  /// The effect could be sent from `since` on.
  void put(const Effect& effect, Time since);
  /// As an erasure does.
  void remove(const std::string& id);

  Result<std::vector<TargetKey>> targets() override;
  Result<std::vector<Due>> due(const TargetKey& target, std::size_t count, std::size_t bytes_max) override;
  void begin(const Due& due, std::uint32_t attempt, Begun answer) override;
  void end(const Due& due, const Ending& ending, Ended answer) override;

  /// From now on answers wait for release().
  void hold_answers() { holds_ = true; }
  void release();
  /// That many calls fail from now on.
  void fail(int calls) { failing_ = calls; }

  std::size_t waiting() const;
  std::vector<Settled> settled() const;
  std::vector<Settled> endings() const;  // of every attempt
  Progress progress(const std::string& id) const;

 private:
  struct Row {
    Effect effect;
    Progress progress;
  };
  using Lane = std::pair<TargetKey, std::string>;  // target and key

  bool fails();
  void answer(std::function<void()> call);

  mutable std::mutex mutex_;
  std::map<std::string, Row> rows_;  // by place, which is the effect's id
  std::map<Lane, std::deque<std::string>> lanes_;
  std::map<TargetKey, std::set<std::pair<Time, std::string>>> order_;  // heads of lanes
  std::vector<Settled> endings_;
  std::vector<std::function<void()>> held_;
  bool holds_ = false;
  int failing_ = 0;
};

class MemoryTargets final : public Targets {
 public:
  /// A new version.
  void put(const TargetKey& key, Target target);
  Result<KnownTarget> find(const TargetKey& key) override;
  void disable(const TargetKey& key, std::uint64_t version, const std::string& why) override;

 private:
  std::mutex mutex_;
  std::map<TargetKey, KnownTarget> known_;
};

}  // namespace weir::effects
