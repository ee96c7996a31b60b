#include "api/app/embedded_origin.hpp"

#include <optional>

#include "api/app/checkpoint_target.hpp"
#include "api/app/copied_folder.hpp"
#include "state/checkpoint/series.hpp"
#include "state/store/durable_file.hpp"
#include "stream/log/stored_log.hpp"

namespace weir::app {
namespace {

namespace fs = std::filesystem;
using checkpoint::Manifest;

/// Whether the log holds every record that the state has not taken: `manifest`'s, or that of nothing.
Result<bool> fits(const store::Reader& log, std::uint32_t shard, const std::vector<std::string>& workspaces,
                  const Manifest& manifest) {
  for (const std::string& workspace : workspaces) {
    checkpoint::Standing standing;
    for (const checkpoint::Standing& one : manifest.standings) {
      if (one.partition == shard && one.workspace == workspace) standing = one;
    }
    const auto begin = log::stored_begin(log, workspace, shard);
    if (!begin) return begin.error();
    if (standing.next_offset < *begin) return false;
    if (standing.fingerprint.empty()) continue;
    const auto known = log::stored_fingerprint(log, workspace, shard, standing.next_offset);
    if (!known || fingerprint_text(*known) != standing.fingerprint) return false;
  }
  return true;
}

/// The newest checkpoint of the node that the log goes on from.
Result<std::optional<Manifest>> find_checkpoint(checkpoint::ObjectStore& target, const store::Reader& log,
                                                std::uint32_t shard, const std::vector<std::string>& workspaces) {
  const auto catalogue = checkpoint::read_catalogue(target, node_series);
  if (!catalogue) return catalogue.error();
  for (auto number = catalogue->numbers.rbegin(); number != catalogue->numbers.rend(); ++number) {
    auto manifest = checkpoint::read_manifest(target, node_series, *number);
    if (!manifest || !check_formats(*manifest, known_formats())) continue;
    const auto fitting = fits(log, shard, workspaces, *manifest);
    if (!fitting) return fitting.error();
    if (*fitting) return std::optional{std::move(*manifest)};
  }
  return std::optional<Manifest>{};
}

}  // namespace

void EmbeddedOrigin::tell(std::uint32_t shard, const std::string& source) {
  logger_.log(LogLevel::error, "the state of a shard is damaged and made again; its folder lies in damaged/",
              {{"shard", std::uint64_t{shard}}, {"from", source}});
}

Result<void> EmbeddedOrigin::renew(std::uint32_t shard, bool) {
  const auto workspaces = log::stored_workspaces(log_);
  if (!workspaces) return workspaces.error();
  std::string why = "no checkpoints are kept";
  if (!settings_.checkpoints.empty()) {
    const auto target = open_target(settings_, clock_);
    if (!target) return target.error();
    const auto found = find_checkpoint(**target, log_, shard, *workspaces);
    why = found ? "no checkpoint fits the log" : found.error().detail;
    if (found && *found) {
      if (const auto moved = folder_.move_aside(shard); !moved) return moved;
      tell(shard, "checkpoint " + to_text((*found)->number));
      return checkpoint::restore(**target, node_series, **found, "shards/" + std::to_string(shard) + '/',
                                 folder_.shard(shard));
    }
  }
  const auto whole = fits(log_, shard, *workspaces, Manifest{});
  if (!whole) return whole.error();
  if (!*whole) {
    return Error{Code::state_damaged,
                 folder_.shard(shard) + ": the log no longer goes back to its beginning, and " + why};
  }
  if (const auto moved = folder_.move_aside(shard); !moved) return moved;
  tell(shard, "the log");
  return store::make_folders(folder_.shard(shard));
}

}  // namespace weir::app
