#include "api/app/copied_folder.hpp"

#include "api/app/settings.hpp"
#include "schemas/crypto/digest.hpp"
#include "state/format/codec.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "state/store/durable_file.hpp"
#include "stream/log/stored_log.hpp"
#include "stream/runtime/task_records.hpp"

namespace weir::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t reading_memory_bytes = std::size_t{32} << 20;

bool is_any(const fs::directory_entry&) { return true; }
/// What still grows is not (Spool).
bool is_whole(const fs::directory_entry& file) {
  std::error_code gone;
  return (file.status(gone).permissions() & fs::perms::owner_write) == fs::perms::none && !gone;
}

/// Every wanted file of the folder, and of the folders in it.
Result<void> link_all(const fs::path& from, const fs::path& to, bool (*wanted)(const fs::directory_entry&)) {
  if (const auto made = store::make_folders(to); !made) return made;
  std::error_code failed;
  for (fs::directory_iterator at(from, failed); !failed && at != fs::directory_iterator(); at.increment(failed)) {
    const fs::path target = to / at->path().filename();
    if (at->is_directory(failed)) {
      if (const auto linked = link_all(at->path(), target, wanted); !linked) return linked;
    } else if (!failed && wanted(*at)) {
      fs::create_hard_link(at->path(), target, failed);
    }
    if (failed) break;
  }
  if (failed) return Error{Code::storage_failed, from.string() + " cannot be copied: " + failed.message()};
  return {};
}

/// Where the shard stands in each workspace.
Result<void> add_standings(const store::Reader& log, const store::Reader& state, std::uint32_t shard,
                           const std::vector<std::string>& workspaces, std::vector<checkpoint::Standing>& standings) {
  for (const std::string& workspace : workspaces) {
    const auto progress = runtime::read_progress(state, workspace);
    if (!progress) return progress.error();
    const auto fingerprint = log::stored_fingerprint(log, workspace, shard, progress->next_offset);
    if (!fingerprint) return fingerprint.error();
    standings.push_back({workspace, shard, progress->next_offset, fingerprint_text(*fingerprint)});
  }
  return {};
}

}  // namespace

std::string fingerprint_text(const Hash128& fingerprint) {
  std::string bytes;
  format::Encoder{bytes}.hash(fingerprint);
  return crypto::to_hex(bytes);
}

Result<void> copy_small_files(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  for (fs::directory_iterator at(from, failed); !failed && at != fs::directory_iterator(); at.increment(failed)) {
    const std::string name = at->path().filename().string();
    const bool wanted = name == "format" || name == "users" || name == "high-water" || name.ends_with(".key");
    if (wanted) fs::create_hard_link(at->path(), to / name, failed);
    if (failed) break;
  }
  if (failed) return Error{Code::storage_failed, from.string() + " cannot be copied: " + failed.message()};
  return link_all(from / "spool", to / "spool", is_whole);
}

Result<void> copy_at_rest(const DataFolder& from, const fs::path& to) {
  for (const char* stores : {"log", "node", "shards"}) {
    if (const auto linked = link_all(from.path() / stores, to / stores, is_any); !linked) return linked;
  }
  return copy_small_files(from.path(), to);
}

Result<checkpoint::Description> describe_copy(const fs::path& folder, Time taken_at) {
  const rocks::RocksEnvironment environment({.cache_bytes = reading_memory_bytes, .background_threads = 1});
  checkpoint::Description description{taken_at, std::string{version()}, known_formats(), {}};
  const auto log = rocks::read_rocksdb(folder / "log", environment);
  if (!log) return log.error();
  const auto shards = log::stored_partitions(**log);
  if (!shards) return shards.error();
  const auto workspaces = log::stored_workspaces(**log);
  if (!workspaces) return workspaces.error();
  for (std::uint32_t shard = 0; shard < *shards; ++shard) {
    const auto state = rocks::read_rocksdb(folder / "shards" / std::to_string(shard), environment);
    if (!state) return state.error();
    const auto added = add_standings(**log, **state, shard, *workspaces, description.standings);
    if (!added) return added.error();
  }
  return description;
}

const std::map<std::string, std::uint32_t>& known_formats() {
  static const std::map<std::string, std::uint32_t> formats{
      {"data folder", DataFolder::format}, {"log", log::log_format}, {"state", runtime::state_format}};
  return formats;
}

}  // namespace weir::app
