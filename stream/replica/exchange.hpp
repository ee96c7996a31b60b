// The views that this node publishes and those that it shows for others, shard by shard, and the thread that drives
// both. Each shard has a replica, also one that is here: so the views of a shard that goes are at hand at once, and the
// views of one that comes are published when they include all that was.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "stream/replica/publisher.hpp"
#include "stream/replica/replica.hpp"

namespace weir::replica {

struct ExchangeOptions {
  PublisherOptions publisher;
  ReplicaOptions replica;
};

class Exchange {
 public:
  struct Parts {
    log::KeyedTopic& topic;
    store::Store& mirror;  // holds nothing else; what is in it is of no use to the next exchange
    const Clock& clock;
    runtime::CommitWatch& watch;
    std::vector<runtime::ChangeSink*> changes;  // by shard; or none
  };
  /// Told once, on its thread: the mirror or a shard's state cannot be read or written any more.
  using OnFatal = std::function<void(const Error&)>;

  /// `parts` outlive it, and the topic's threads do not call any more when it goes.
  Exchange(Parts parts, ExchangeOptions options, OnFatal on_fatal);
  /// As stop().
  ~Exchange();

  void start();
  /// What is shown can still be read. Idempotent.
  void stop();

  /// Where this node answers its fellows; before the first shard comes.
  void answer_at(std::string address) { options_.publisher.address = std::move(address); }
  /// The shard is coming: `state` is what its task is to write to, through the store that is returned. From now on its
  /// task tells of it, and its views are published. `lag`: records of the log that they do not include; any thread.
  std::shared_ptr<store::Store> own(std::uint32_t shard, std::shared_ptr<store::Store> state,
                                    std::function<std::uint64_t()> lag);
  /// The shard, whose task has ended, goes: its state is let go, and its views are those of the next owner. Errors: of
  /// the mirror.
  Result<void> release(std::uint32_t shard);

  // Any thread:
  /// As Replica::snapshot().
  std::shared_ptr<const store::Snapshot> snapshot(std::uint32_t shard) const;
  ReplicaStatus status(std::uint32_t shard) const;
  /// All shards together, of those that are or were here.
  Publisher::Figures figures() const;

 private:
  struct Bell;
  struct Lane;

  void run();
  Result<bool> step(Lane& lane);

  log::KeyedTopic& topic_;
  const Clock& clock_;
  ExchangeOptions options_;
  const OnFatal on_fatal_;
  const std::shared_ptr<Bell> bell_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // by shard
  std::thread thread_;
};

}  // namespace weir::replica
