// Everything that a server stands on, opened from a data folder: stores, log, engine, keys, audit, metrics, threads.
// The one place that names the concrete classes; routes get it by reference.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "api/app/asked.hpp"
#include "api/app/data_folder.hpp"
#include "api/app/disk_guard.hpp"
#include "api/app/event_log.hpp"
#include "api/app/logging.hpp"
#include "api/app/memory_plan.hpp"
#include "api/app/owners.hpp"
#include "api/app/patience.hpp"
#include "api/app/people.hpp"
#include "api/app/settings.hpp"
#include "api/app/shards.hpp"
#include "api/app/shared_views.hpp"
#include "api/app/watchdog.hpp"
#include "api/app/workers.hpp"
#include "api/auth/audit.hpp"
#include "api/auth/idempotency.hpp"
#include "api/auth/quota.hpp"
#include "api/auth/token.hpp"
#include "api/metrics/registry.hpp"
#include "schemas/base/clock.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "state/store/watched_store.hpp"
#include "stream/feed/change_channel.hpp"
#include "stream/feed/process_view.hpp"
#include "stream/runtime/engine.hpp"

namespace weir::app {

/// The metric of what was refused because its workspace held its share, by what of.
inline constexpr metrics::Literal shares_refused_name = "weir_fair_share_refusals_total";
inline constexpr metrics::Literal shares_refused_help = "Refused, because the workspace held its share of the queue.";

struct Secrets {
  auth::KeyRing tokens;
  crypto::Key audit;
  crypto::Key erasure;  // of fingerprints: never replaced, or erased cases would come back
  crypto::Key cursor;
  crypto::Key nodes;      // by which nodes of a cluster know each other
  crypto::Key documents;  // of what documents keep secret
};

class Node {
 public:
  /// The process has to stop, for good. From any thread.
  using OnFatal = std::function<void(const Error&)>;

  /// Errors: storage_failed, state_format, log_damaged, bad_key_file.
  static Result<std::unique_ptr<Node>> open(const Settings& settings, const Clock& clock, Logger& logger,
                                            OnFatal on_fatal);
  ~Node();

  /// Who is told of what commits mean for effects (runtime::EngineOptions).
  struct EffectsHearer {
    decltype(runtime::EngineOptions::on_announced) announced;
    decltype(runtime::EngineOptions::on_recorded) recorded;
  };
  /// In the place of who was told before, who is told nothing more once this returns. Any thread, but theirs.
  void tell_effects(EffectsHearer hearer);

  void start();
  /// After start(), once requests are answered at `address` (HOST:PORT): a node of a group that is not for the API
  /// alone begins to take shards. Errors: log_unreachable, bad_log_settings, log_repartitioned.
  Result<void> join(std::string address);
  /// Refuses new work, does what was admitted, commits, closes. Nothing may call the node meanwhile. Idempotent.
  void stop();

  // What routes use. Thread-safe, all of it.
  const Settings& settings() const { return settings_; }
  const Clock& clock() const { return clock_; }
  Logger& logger() { return logger_; }
  const DataFolder& folder() const { return folder_; }
  /// Where other nodes reach this one; once it has joined.
  const std::string& address() const { return address_; }
  const MemoryPlan& memory() const { return memory_; }
  const Secrets& secrets() const { return secrets_; }
  log::Log& log() { return event_log_->log(); }
  /// Null on Kafka.
  log::EmbeddedLog* embedded_log() { return event_log_->embedded(); }
  /// The log has not answered for so long that requests are refused.
  /// What names the log among others (event_log.hpp).
  const std::string& log_identity() const { return event_log_->identity(); }
  bool log_is_away() const { return event_log_->figures().away > log_away_max; }
  runtime::Engine& engine() { return *engine_; }
  feed::ChangeChannel& changes() { return changes_; }
  Shards& shards() { return *shards_; }
  store::Store& store() { return *node_store_.watched; }  // audit, kept answers, uploads, pending redactions
  auth::Audit& audit() { return *audit_; }
  auth::IdempotencyStore& answers() { return *answers_; }
  auth::IngestQuota& quota() { return quota_; }
  auth::FailedAuthentications& failed_authentications() { return failed_authentications_; }
  People& people() { return *people_; }
  metrics::Registry& metrics() { return metrics_; }
  Workers& intake() { return intake_; }    // validates bodies, writes what is not the log's
  Workers& readers() { return readers_; }  // answers queries

  crypto::Digest cursor_mac(std::string_view bytes) const { return crypto::hmac_sha256(secrets_.cursor, bytes); }
  Hash128 fingerprint(std::string_view workspace, std::string_view process, std::string_view case_id) const;
  /// Null on a node that is in no group.
  Asked* asked() { return asked_.get(); }
  /// Of a shard that is here, else what is shown of it: its views; asking::whole() has its owner tell the rest. Null:
  /// nothing yet.
  std::shared_ptr<const store::Snapshot> shown(std::uint32_t shard) const;
  /// The same. Error: shard_elsewhere.
  Result<std::shared_ptr<const store::Snapshot>> snapshot(std::uint32_t shard) const;
  /// One per shard. Error: shard_elsewhere.
  Result<feed::Snapshots> snapshots() const;
  /// How far behind they are: all that are shown, one that was read, all that were.
  Currency currency() const;
  Currency currency(std::uint32_t shard, const store::Snapshot& read) const;
  Currency currency(const feed::Snapshots& read) const;

  /// Log::append() for somebody who waits, with the workspace made if need be: after 10 s without an answer `appended`
  /// is told log_unreachable. Blocks for a moment when the workspace is new.
  Result<void> append(const std::string& workspace, std::vector<log::Addressed> records, log::Appended appended);

  /// Makes `folder`, which must not be there and lie on the disk of the data folder, a copy of the data folder as of
  /// one moment of the call (its states may be a little older than its log). Appends wait for a part of it. One call at
  /// a time. Errors: storage_failed, storage_full.
  Result<void> copy_to(const std::filesystem::path& folder);

  const DiskGuard& disk() const { return disk_; }
  /// Once a second. False: the disk is all but full, the process has to stop and start again. Work that stands still is
  /// told with all that the node is at; a store that takes no writes any more, or a shard that does not end a step, is
  /// then told as fatal.
  bool watch();

  void begin_drain() { draining_ = true; }
  bool draining() const { return draining_; }

 private:
  static constexpr std::chrono::seconds log_away_max{10};

  Node(const Settings& settings, const Clock& clock, Logger& logger, DataFolder folder, Secrets secrets,
       OnFatal on_fatal);
  Result<void> open_stores();
  Result<void> open_early(std::uint32_t shard);
  Result<void> open_stream();
  Result<void> share_people();
  Result<void> open_views();
  void open_asking();
  Result<void> open_shards();
  Result<void> open_origin();
  void end_in_order(const Error& why);
  void watch_over_work();
  std::optional<std::uint64_t> writing(std::uint32_t shard) const;
  void tell_standing(const Watchdog::Stuck& stuck);
  void collect(metrics::Samples& samples);
  void collect_shares(metrics::Samples& samples) const;

  const Settings settings_;
  const Clock& clock_;
  Logger& logger_;
  DataFolder folder_;
  const MemoryPlan memory_;
  Secrets secrets_;
  std::string address_;
  OnFatal on_fatal_;
  std::atomic<bool> draining_{false};
  DiskGuard disk_;
  Watchdog watchdog_;
  metrics::Registry metrics_;
  std::unique_ptr<rocks::RocksEnvironment> environment_;
  OpenStore log_store_, node_store_;  // the log's on the embedded log alone
  std::unique_ptr<ShardStores> shard_stores_;
  std::vector<std::shared_ptr<OpenStore>> opened_early_;  // by shard; while the node opens
  std::unique_ptr<EventLog> event_log_;
  std::unique_ptr<log::ControlLog> control_;  // in a group
  Patience patience_;
  feed::ChangeChannel changes_;
  std::shared_mutex effects_mutex_;
  EffectsHearer effects_;  // under effects_mutex_
  std::unique_ptr<runtime::Engine> engine_;
  std::unique_ptr<SharedViews> views_;  // in a group, as the next three
  std::unique_ptr<Owners> owners_;
  std::unique_ptr<Asked> asked_;
  std::unique_ptr<ShardOrigin> origin_;
  std::unique_ptr<Shards> shards_;
  std::atomic<runtime::Engine*> running_{nullptr};
  std::unique_ptr<auth::Audit> audit_;
  std::unique_ptr<auth::IdempotencyStore> answers_;
  std::unique_ptr<People> people_;
  auth::IngestQuota quota_;
  auth::FailedAuthentications failed_authentications_;
  Workers intake_;
  Workers readers_;
};

}  // namespace weir::app
