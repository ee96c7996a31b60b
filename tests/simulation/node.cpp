#include "tests/simulation/node.hpp"

#include "stream/operators/operators.hpp"
#include "tests/support/model.hpp"

namespace weir::simulation {
namespace {

/// What the store says, whatever the task believes.
std::optional<std::int64_t> first_timer(const store::Reader& store, const std::string& workspace) {
  const std::string prefix = format::Scope{workspace}.timers();
  std::optional<std::int64_t> first;
  const auto scanned = store.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    first = format::from_ordered(format::read_big_endian(format::behind(key, prefix).substr(0, 8)));
    return false;
  });
  if (!scanned) throw Difference("timers cannot be read");
  return first;
}

}  // namespace

Node::Node(Disk& disk, const ManualClock& clock, const Plan& plan)
    : disk_(disk), clock_(clock), plan_(plan), operators_(operators::all()) {}

Result<std::unique_ptr<Node>> Node::start(Disk& disk, const ManualClock& clock, const Plan& plan) {
  std::unique_ptr<Node> node{new Node(disk, clock, plan)};
  if (const auto opened = node->open(); !opened) return opened.error();
  return node;
}

Result<void> Node::open() {
  auto log = log::EmbeddedLog::open(disk_.log(), disk_.high_water(), clock_, plan_.log);
  if (!log) return log.error();
  log_ = std::move(*log);
  for (const std::string& workspace : plan_.workspaces) {
    if (const auto made = log_->ensure_workspace(workspace); !made) return made;
  }
  for (std::uint32_t i = 0; i < plan_.shards; ++i) {
    auto task = runtime::Task::open(disk_.shard(i), operators_, support::test_fingerprint, plan_.task);
    if (!task) return task.error();
    tasks_.push_back(std::move(*task));
    runners_.push_back(std::make_unique<runtime::ShardRunner>(i, *log_, *tasks_.back(), watch_, clock_, plan_.runner));
  }
  return {};
}

Result<void> Node::stop() {
  for (auto& runner : runners_) {
    if (const auto finished = runner->finish(); !finished) return finished;
  }
  return log_->save_high_water();
}

bool Node::at_rest() const {
  if (log_->queued_bytes() > 0) return false;
  for (std::uint32_t i = 0; i < shards(); ++i) {
    if (tasks_[i]->dirty() || tasks_[i]->has_sweeps() || runners_[i]->lag() > 0) return false;
  }
  return true;
}

bool Node::overdue() const {
  for (std::uint32_t i = 0; i < shards(); ++i) {
    if (runners_[i]->ticks_held()) continue;
    for (const std::string& workspace : plan_.workspaces) {
      const auto due = first_timer(disk_.shard(i), workspace);
      if (due && *due <= to_micros(clock_.now())) return true;
    }
  }
  return false;
}

feed::Snapshots Node::snapshots() const {
  feed::Snapshots all;
  for (std::uint32_t i = 0; i < shards(); ++i) all.push_back(disk_.shard(i).snapshot());
  return all;
}

}  // namespace weir::simulation
