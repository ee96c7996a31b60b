// A process that several topics show: its changes are taken once and handed to each.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "stream/feed/live_process.hpp"

namespace weir::live {

/// Where views come from. All of it must outlive whoever has it.
struct Stream {
  feed::ChangeChannel& changes;
  std::uint32_t shards;
  feed::LiveProcess::SnapshotOf snapshot;
  const dataflow::Operators& operators;
};

/// Thread-safe.
class ProcessFeed {
 public:
  /// `changed` as of feed::ChangeChannel::follow(). Following begins with the first look, which may wait for a shard.
  ProcessFeed(const Stream& stream, std::string workspace, std::string process, std::function<void()> changed);

  /// One topic's place. One thread at a time; the feed lives as long as it.
  class Reader {
   public:
    explicit Reader(std::shared_ptr<ProcessFeed> feed);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// The process as it is now and, while the lock is held, stays; with what changed since this reader last looked.
    struct Look {
      std::unique_lock<std::mutex> lock;
      feed::LiveProcess& process;
      feed::Changes changes;
    };
    Result<Look> look();

   private:
    std::shared_ptr<ProcessFeed> feed_;
    std::list<feed::Changes>::iterator pending_;  // under the feed's mutex
  };

 private:
  const Stream& stream_;
  const std::string workspace_;
  const std::string process_;
  const std::function<void()> changed_;
  std::mutex mutex_;
  std::unique_ptr<feed::LiveProcess> live_;  // under mutex_
  std::list<feed::Changes> pending_;         // under mutex_: by reader
};

}  // namespace weir::live
