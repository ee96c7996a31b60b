#include "api/app/stored_checks.hpp"

#include "api/app/copied_folder.hpp"
#include "schemas/crypto/key_file.hpp"
#include "state/format/keys.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "stream/documents/documents.hpp"
#include "stream/documents/vault.hpp"
#include "stream/log/high_water.hpp"
#include "stream/log/stored_log.hpp"
#include "stream/runtime/conservation.hpp"
#include "stream/runtime/task_records.hpp"

namespace weir::app {
namespace {

constexpr std::size_t reading_memory_bytes = std::size_t{64} << 20;
constexpr const char* restore_step =
    "Stop the server and restore a checkpoint (`weir restore`); without one, keep the folder as it is and ask for "
    "help.";
constexpr const char* rebuild_step =
    "Restart the server: it rebuilds the shard from a checkpoint, or from the log where that goes back to its "
    "beginning.";

struct Stored {
  const std::filesystem::path& folder;
  const rocks::RocksEnvironment& environment;
  bool thorough;
  Findings& findings;

  void fail(const std::string& subject, const Error& error, const char* next_step) const {
    findings.push_back({Severity::failure, subject, error.detail, next_step});
  }
  void good(const std::string& subject, std::string what) const {
    findings.push_back({Severity::good, subject, std::move(what), {}});
  }
};

/// Whether every partition goes as far as it is known to have gone, and, thoroughly, every digest.
Result<void> check_partitions(const Stored& stored, const store::Reader& log,
                              const std::vector<std::string>& workspaces, std::uint32_t partitions) {
  const auto high_water = log::HighWaterFile(stored.folder / "high-water").load();
  if (!high_water) return high_water.error();
  if (*high_water) {
    for (const auto& [place, mark] : (*high_water)->marks) {
      const auto there = log::stored_fingerprint(log, place.first, place.second, mark.end);
      if (!there) return there.error();
    }
  }
  if (!stored.thorough) return {};
  for (const std::string& workspace : workspaces) {
    for (std::uint32_t i = 0; i < partitions; ++i) {
      const auto verified = log::verify_stored(log, workspace, i);
      if (!verified) return verified.error();
    }
  }
  return {};
}

/// The laws that the views of every process obey.
Result<std::size_t> count_broken_laws(const store::Reader& state, const std::vector<std::string>& workspaces) {
  std::size_t broken = 0;
  for (const std::string& workspace : workspaces) {
    const format::Scope scope{workspace};
    std::vector<std::string> processes;
    const std::string prefix = scope.processes();
    const auto scanned = state.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
      std::string_view name = format::behind(key, prefix);
      processes.emplace_back(name.substr(0, name.find('\0')));
      return true;
    });
    if (!scanned) return scanned.error();
    for (const std::string& process : processes) {
      const auto laws = runtime::broken_laws(state, scope, process);
      if (!laws) return laws.error();
      broken += laws->size();
    }
  }
  return broken;
}

/// Whether what documents keep secret opens with the folder's key. Every state has all documents.
void check_secrets(const Stored& stored, const store::Reader& state, const std::vector<std::string>& workspaces) {
  constexpr const char* key_step =
      "Stop the server and bring the folder's own documents.key back, from a checkpoint or a backup; or give these "
      "documents with all their secrets again.";
  const auto keys = crypto::folder_keys(stored.folder, "documents");
  for (const std::string& workspace : workspaces) {
    const std::string subject = "secrets of " + workspace;
    if (!keys) return stored.fail(subject, keys.error(), key_step);
    const auto found = documents::Documents::read(state, format::Scope{workspace});
    if (!found) return stored.fail(subject, found.error(), rebuild_step);
    const documents::Vault vault{keys->back()};
    std::size_t locked = 0;
    std::string closed;
    for (const auto kind : {documents::Kind::target, documents::Kind::hook}) {
      for (const auto& [name, versions] : found->all(kind)) {
        const documents::Version& held = versions.back();
        if (!held.body || held.sealed.empty()) continue;
        ++locked;
        const documents::Place place{workspace, kind, std::string{name}};
        if (!vault.open(place, held)) closed.append(" ").append(name_of(kind)).append("/").append(name);
      }
    }
    if (!closed.empty()) {
      stored.fail(subject, {Code::bad_key_file, "These do not open with documents.key:" + closed}, key_step);
    } else if (locked > 0) {
      stored.good(subject, std::to_string(locked) + " documents open with the folder's key.");
    }
  }
}

void check_shard(const Stored& stored, const store::Reader& log, const std::vector<std::string>& workspaces,
                 std::uint32_t shard) {
  const std::string subject = "state of shard " + std::to_string(shard);
  const std::string path = stored.folder / "shards" / std::to_string(shard);
  const auto state = rocks::read_rocksdb(path, stored.environment);
  if (!state) return stored.fail(subject, state.error(), rebuild_step);
  for (const std::string& workspace : workspaces) {
    const auto progress = runtime::read_progress(**state, workspace);
    if (!progress) return stored.fail(subject, progress.error(), rebuild_step);
    const auto known = log::stored_fingerprint(log, workspace, shard, progress->next_offset);
    if (!known) return stored.fail(subject, known.error(), restore_step);
  }
  if (shard == 0) check_secrets(stored, **state, workspaces);
  if (!stored.thorough) return stored.good(subject, "It opens, and the log has what it has taken.");
  if (const auto sound = rocks::check_rocksdb(path, stored.environment); !sound) {
    return stored.fail(subject, sound.error(), rebuild_step);
  }
  const auto broken = count_broken_laws(**state, workspaces);
  if (!broken) return stored.fail(subject, broken.error(), rebuild_step);
  if (*broken > 0) {
    const Error error{Code::internal, std::to_string(*broken) + " laws of its views do not hold."};
    return stored.fail(subject, error, "Report it with the server's log; a restored checkpoint, replayed, mends it.");
  }
  stored.good(subject, "Every table is as it was written, and every law of its views holds.");
}

}  // namespace

void check_copy(const std::filesystem::path& copy, bool thorough, Findings& findings) {
  const rocks::RocksEnvironment environment({.cache_bytes = reading_memory_bytes, .background_threads = 1});
  const Stored stored{copy, environment, thorough, findings};
  const auto log = rocks::read_rocksdb(copy / "log", environment);
  if (!log) return stored.fail("log", log.error(), restore_step);
  const auto partitions = log::stored_partitions(**log);
  if (!partitions) return stored.fail("log", partitions.error(), restore_step);
  const auto workspaces = log::stored_workspaces(**log);
  if (!workspaces) return stored.fail("log", workspaces.error(), restore_step);
  const auto sound = check_partitions(stored, **log, *workspaces, *partitions);
  if (!sound) return stored.fail("log", sound.error(), restore_step);
  stored.good("log", std::to_string(workspaces->size()) + " workspaces, " + std::to_string(*partitions) +
                         " partitions, as far as they were written" + (thorough ? "; every digest holds." : "."));
  for (std::uint32_t shard = 0; shard < *partitions; ++shard) check_shard(stored, **log, *workspaces, shard);
}

}  // namespace weir::app
