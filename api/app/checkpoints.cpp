#include "api/app/checkpoints.hpp"

#include "api/app/checkpoint_target.hpp"
#include "api/app/copied_folder.hpp"

namespace weir::app {
namespace {

using checkpoint::Manifest;

constexpr const char* copy_name = "checkpoint";

/// The first offset of the partition that some checkpoint does not include.
std::uint64_t oldest_offset(const std::vector<Manifest>& checkpoints, const std::string& workspace,
                            std::uint32_t partition) {
  std::uint64_t oldest = checkpoints.empty() ? 0 : ~std::uint64_t{0};
  for (const Manifest& one : checkpoints) {
    std::uint64_t offset = 0;
    for (const checkpoint::Standing& standing : one.standings) {
      if (standing.workspace == workspace && standing.partition == partition) offset = standing.next_offset;
    }
    oldest = std::min(oldest, offset);
  }
  return oldest;
}

}  // namespace

Checkpoints::Checkpoints(Node& node, Copies& copies)
    : node_(node), copies_(copies), figures_(node.metrics()), shards_(node, figures_) {}

void Checkpoints::start() {
  if (node_.settings().checkpoints.empty()) return;
  work_.start([this] {
    if (node_.embedded_log() == nullptr) {
      shards_.take_all();
    } else {
      take();
    }
    return Clock::Steady{std::chrono::seconds{node_.settings().checkpoint_seconds}};
  });
}

void Checkpoints::stop() {
  stopping_ = true;
  shards_.stop();
  work_.stop();
}

void Checkpoints::take() {
  const auto taken = try_to_take();
  remove_copy(node_.folder().copies() / copy_name);
  if (taken || stopping_) return;
  figures_.failed.add();
  node_.logger().log(LogLevel::error, "the checkpoint failed",
                     {{"code", name_of(taken.error().code)}, {"detail", taken.error().detail}});
}

/// Claimed when the first checkpoint is due: a target that cannot be reached stops no server.
Result<checkpoint::Publisher*> Checkpoints::owner() {
  if (!target_) {
    auto target = open_target(node_.settings(), node_.clock());
    if (!target) return target.error();
    target_ = std::move(*target);
  }
  if (!owner_) {
    auto claimed = checkpoint::Publisher::claim(*target_, node_series, [this] { return !stopping_; });
    if (!claimed) return claimed.error();
    owner_.emplace(std::move(*claimed));
  }
  return &*owner_;
}

Result<void> Checkpoints::try_to_take() {
  const Clock::Steady began = node_.clock().steady();
  const auto owner = this->owner();
  if (!owner) return owner.error();
  const auto copy = copies_.make(copy_name);
  if (!copy) return copy.error();
  const auto described = describe_copy(*copy, node_.clock().now());
  if (!described) return described.error();
  const auto published = (*owner)->publish(*copy, *described);
  if (!published) return published.error();
  figures_.tell(*published, node_.clock().steady() - began);
  const Time oldest = oldest_to_keep(node_.settings(), node_.clock().now());
  const auto pruned = (*owner)->prune(node_.settings().checkpoints_kept, oldest);
  if (!pruned) return pruned.error();
  return drop_log();
}

/// What every checkpoint includes is needed by none of them, nor by this node's own states, which are further on and on
/// the disk since they were copied.
Result<void> Checkpoints::drop_log() {
  log::EmbeddedLog* const own = node_.embedded_log();
  for (const std::string& workspace : own->workspaces()) {
    for (std::uint32_t i = 0; i < own->partitions(); ++i) {
      const std::uint64_t below = oldest_offset(owner_->checkpoints(), workspace, i);
      if (const auto trimmed = own->trim(workspace, i, below); !trimmed) return trimmed;
    }
  }
  return {};
}

}  // namespace weir::app
