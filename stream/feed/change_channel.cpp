#include "stream/feed/change_channel.hpp"

#include <algorithm>
#include <mutex>

namespace weir::feed {

Changes Changes::everything() {
  Changes all;
  all.any = all.all_cells = all.all_cases = all.names_forgotten = true;
  return all;
}

void Changes::add(Changes&& later) {
  any = any || later.any;
  all_cells = all_cells || later.all_cells;
  all_cases = all_cases || later.all_cases;
  names_forgotten = names_forgotten || later.names_forgotten;
  cells.insert(later.cells.begin(), later.cells.end());
  cases.insert(std::make_move_iterator(later.cases.begin()), std::make_move_iterator(later.cases.end()));
}

/// A process that somebody follows, as one shard sees it.
struct ChangeChannel::Followed {
  const std::string workspace;
  const std::string process;
  const std::function<void()> changed;
  Changes changes;         // under the shard's mutex
  Changes gathered = {};   // of the commit at hand; the shard's thread alone
  bool in_commit = false;  // the commit at hand gathers for it; the shard's thread alone
};

class ChangeChannel::Shard final : public runtime::ChangeSink {
 public:
  Shard(const ChangeLimits& limits, const std::atomic<int>& followers) : limits_(limits), followers_(followers) {}

  void begin() override {
    const std::lock_guard lock{mutex_};
    in_commit_ = followed_;
    for (const auto& one : in_commit_) {
      one->in_commit = true;
      one->gathered = {};  // by a commit that was rolled back
    }
  }

  bool follows(std::string_view workspace, std::string_view process) const override {
    return std::any_of(in_commit_.begin(), in_commit_.end(),
                       [&](const auto& one) { return concerns(*one, workspace, process); });
  }

  void gather(std::string_view workspace, std::string_view process, const runtime::ProcessChanges& changes) override {
    for (const auto& one : in_commit_) {
      if (!concerns(*one, workspace, process)) continue;
      Changes& gathered = one->gathered;
      gathered.any = true;
      gathered.all_cells = gathered.all_cells || changes.everything;
      gathered.all_cases = gathered.all_cases || changes.everything || changes.all_cases;
      gathered.names_forgotten = gathered.names_forgotten || changes.names_forgotten;
      gathered.cells.insert(changes.cells.begin(), changes.cells.end());
      for (const std::string_view id : changes.cases) gathered.cases.emplace(id);
    }
  }

  Result<void> publish(const std::function<Result<void>()>& write) override {
    const std::lock_guard lock{mutex_};
    if (const auto written = write(); !written) return written;
    for (const auto& one : followed_) {
      // Who came while the commit gathered was not gathered for, and may have seen the state before it.
      Changes news = one->in_commit ? std::move(one->gathered) : Changes::everything();
      if (!news.any) continue;
      one->changes.add(std::move(news));
      bound(one->changes);
      one->changed();
    }
    for (const auto& one : in_commit_) {
      one->gathered = {};
      one->in_commit = false;
    }
    in_commit_.clear();
    return {};
  }

  void renew() {
    const std::lock_guard lock{mutex_};
    for (const auto& one : followed_) {
      one->changes.add(Changes::everything());
      one->changed();
    }
  }

  bool followed() const override { return followers_.load(std::memory_order_relaxed) > 0; }

  void add(std::shared_ptr<Followed> followed) {
    const std::lock_guard lock{mutex_};
    followed_.push_back(std::move(followed));
  }
  void remove(const std::shared_ptr<Followed>& followed) {
    const std::lock_guard lock{mutex_};
    std::erase(followed_, followed);
  }
  std::pair<Changes, std::shared_ptr<const store::Snapshot>> take(Followed& followed, const TakeSnapshot& snapshot) {
    const std::lock_guard lock{mutex_};
    return {std::exchange(followed.changes, {}), snapshot()};
  }

 private:
  static bool concerns(const Followed& one, std::string_view workspace, std::string_view process) {
    return one.workspace == workspace && (process.empty() || one.process == process);
  }
  void bound(Changes& changes) const {
    changes.all_cells = changes.all_cells || changes.cells.size() > limits_.cells_max;
    changes.all_cases = changes.all_cases || changes.cases.size() > limits_.cases_max;
    if (changes.all_cells) changes.cells.clear();
    if (changes.all_cases) changes.cases.clear();
  }

  const ChangeLimits limits_;
  const std::atomic<int>& followers_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Followed>> followed_;   // under mutex_
  std::vector<std::shared_ptr<Followed>> in_commit_;  // the shard's thread alone
};

class ChangeChannel::Registration final : public Follower {
 public:
  Registration(ChangeChannel& channel, const std::string& workspace, const std::string& process,
               const std::function<void()>& changed)
      : channel_(channel) {
    ++channel_.followers_;
    for (const auto& shard : channel_.shards_) {
      followed_.push_back(std::make_shared<Followed>(Followed{workspace, process, changed, Changes::everything()}));
      shard->add(followed_.back());
    }
  }
  ~Registration() override {
    for (std::size_t i = 0; i < followed_.size(); ++i) channel_.shards_[i]->remove(followed_[i]);
    --channel_.followers_;
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  std::pair<Changes, std::shared_ptr<const store::Snapshot>> take(std::uint32_t shard,
                                                                  const TakeSnapshot& snapshot) override {
    return channel_.shards_[shard]->take(*followed_[shard], snapshot);
  }

 private:
  ChangeChannel& channel_;
  std::vector<std::shared_ptr<Followed>> followed_;  // by shard
};

ChangeChannel::ChangeChannel(std::uint32_t shards, ChangeLimits limits) {
  for (std::uint32_t i = 0; i < shards; ++i) shards_.push_back(std::make_unique<Shard>(limits, followers_));
}
ChangeChannel::~ChangeChannel() = default;

std::vector<runtime::ChangeSink*> ChangeChannel::sinks() {
  std::vector<runtime::ChangeSink*> all;
  for (const auto& shard : shards_) all.push_back(shard.get());
  return all;
}

void ChangeChannel::renew(std::uint32_t shard) { shards_[shard]->renew(); }

std::unique_ptr<ChangeChannel::Follower> ChangeChannel::follow(std::string workspace, std::string process,
                                                               std::function<void()> changed) {
  return std::make_unique<Registration>(*this, workspace, process, changed);
}

}  // namespace weir::feed
