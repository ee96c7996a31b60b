#include "api/live/process_feed.hpp"

namespace weir::live {
namespace {

/// Of what a topic that nobody looks at has not seen yet.
constexpr std::size_t cells_max = 65'536;
constexpr std::size_t cases_max = 65'536;

void bound(feed::Changes& changes) {
  changes.all_cells = changes.all_cells || changes.cells.size() > cells_max;
  changes.all_cases = changes.all_cases || changes.cases.size() > cases_max;
  if (changes.all_cells) changes.cells.clear();
  if (changes.all_cases) changes.cases.clear();
}

}  // namespace

ProcessFeed::ProcessFeed(const Stream& stream, std::string workspace, std::string process,
                         std::function<void()> changed)
    : stream_(stream), workspace_(std::move(workspace)), process_(std::move(process)), changed_(std::move(changed)) {}

ProcessFeed::Reader::Reader(std::shared_ptr<ProcessFeed> feed) : feed_(std::move(feed)) {
  const std::lock_guard lock{feed_->mutex_};
  pending_ = feed_->pending_.insert(feed_->pending_.end(), feed::Changes::everything());
}

ProcessFeed::Reader::~Reader() {
  const std::lock_guard lock{feed_->mutex_};
  feed_->pending_.erase(pending_);
}

Result<ProcessFeed::Reader::Look> ProcessFeed::Reader::look() {
  std::unique_lock lock{feed_->mutex_};
  auto& live = feed_->live_;
  if (live == nullptr) {
    const Stream& stream = feed_->stream_;
    live = std::make_unique<feed::LiveProcess>(stream.changes, stream.shards, stream.snapshot, stream.operators,
                                               feed_->workspace_, feed_->process_, feed_->changed_);
  }
  const auto changes = live->advance();
  if (!changes) return changes.error();
  for (feed::Changes& pending : feed_->pending_) {
    pending.add(feed::Changes{*changes});
    bound(pending);
  }
  return Look{std::move(lock), *live, std::exchange(*pending_, {})};
}

}  // namespace weir::live
