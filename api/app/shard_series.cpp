#include "api/app/shard_series.hpp"

#include <algorithm>

#include "api/app/checkpoint_target.hpp"
#include "api/app/copied_folder.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/runtime/task_records.hpp"

namespace weir::app {
namespace {

constexpr std::size_t mark_digits = 16;

}  // namespace

Result<ShardSeries> ShardSeries::open(const Settings& settings, const DataFolder& folder,
                                      const std::string& log_identity, const Clock& clock) {
  const auto key = folder.key("checkpoints");
  if (!key) return key.error();
  auto objects = open_target(settings, clock);
  if (!objects) return objects.error();
  const crypto::Digest mark = crypto::hmac_sha256(*key, log_identity + '\0' + std::to_string(folder.shards()));
  const std::string digits = crypto::to_hex(crypto::bytes_of(mark)).substr(0, mark_digits);
  return ShardSeries{*std::move(objects), settings.kafka_prefix + '-' + digits};
}

Result<std::vector<checkpoint::Standing>> read_standings(const store::Reader& state, std::uint32_t shard,
                                                         const std::vector<std::string>& workspaces) {
  std::vector<checkpoint::Standing> standings;
  for (const std::string& workspace : workspaces) {
    const auto progress = runtime::read_progress(state, workspace);
    if (!progress) return progress.error();
    if (progress->next_offset == 0) continue;
    std::string fingerprint = progress->has_last ? fingerprint_text(progress->last_content) : std::string{};
    standings.push_back({workspace, shard, progress->next_offset, std::move(fingerprint)});
  }
  return standings;
}

std::uint64_t next_offset_in(const std::vector<checkpoint::Standing>& standings, const std::string& workspace) {
  const auto at = std::find_if(standings.begin(), standings.end(),
                               [&](const checkpoint::Standing& one) { return one.workspace == workspace; });
  return at == standings.end() ? 0 : at->next_offset;
}

std::uint64_t records_in(const std::vector<checkpoint::Standing>& standings) {
  std::uint64_t records = 0;
  for (const checkpoint::Standing& one : standings) records += one.next_offset;
  return records;
}

bool is_of_a_folder(const checkpoint::Manifest& manifest) { return manifest.formats.contains("data folder"); }

}  // namespace weir::app
