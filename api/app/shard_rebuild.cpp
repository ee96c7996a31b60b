#include "api/app/shard_rebuild.hpp"

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

Result<void> move_aside(const DataFolder& folder, std::uint32_t shard) {
  const fs::path aside = folder.damaged() / std::to_string(shard);
  if (const auto made = store::make_folders(aside.parent_path()); !made) return made;
  std::error_code failed;
  fs::remove_all(aside, failed);
  fs::rename(folder.shard(shard), aside, failed);
  if (failed) return Error{Code::storage_failed, folder.shard(shard) + ": " + failed.message()};
  fs::last_write_time(aside, fs::file_time_type::clock::now(), failed);  // it stays for a day from now on
  return store::sync_folder(fs::path{folder.shard(shard)}.parent_path());
}

void tell(Logger& logger, std::uint32_t shard, const std::string& source) {
  logger.log(LogLevel::error, "the state of a shard is damaged and made again; its folder lies in damaged/",
             {{"shard", std::uint64_t{shard}}, {"from", source}});
}

}  // namespace

Result<void> rebuild_shard(const DataFolder& folder, const Settings& settings, std::uint32_t shard,
                           const store::Reader& log, const Clock& clock, Logger& logger) {
  const auto workspaces = log::stored_workspaces(log);
  if (!workspaces) return workspaces.error();
  std::string why = "no checkpoints are kept";
  if (!settings.checkpoints.empty()) {
    const auto target = open_target(settings, clock);
    if (!target) return target.error();
    const auto found = find_checkpoint(**target, log, shard, *workspaces);
    why = found ? "no checkpoint fits the log" : found.error().detail;
    if (found && *found) {
      if (const auto moved = move_aside(folder, shard); !moved) return moved;
      tell(logger, shard, "checkpoint " + to_text((*found)->number));
      return checkpoint::restore(**target, node_series, **found, "shards/" + std::to_string(shard) + '/',
                                 folder.shard(shard));
    }
  }
  const auto whole = fits(log, shard, *workspaces, Manifest{});
  if (!whole) return whole.error();
  if (!*whole) {
    return Error{Code::state_damaged,
                 folder.shard(shard) + ": the log no longer goes back to its beginning, and " + why};
  }
  if (const auto moved = move_aside(folder, shard); !moved) return moved;
  tell(logger, shard, "the log");
  return store::make_folders(folder.shard(shard));
}

}  // namespace weir::app
