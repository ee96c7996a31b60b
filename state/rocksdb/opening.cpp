// The options of a database and its opening.
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include "state/rocksdb/resting_mark.hpp"
#include "state/rocksdb/rocks_store.hpp"

namespace weir::rocks {
namespace {

constexpr int open_files_max = 256;
constexpr std::size_t manifest_step_bytes = std::size_t{64} << 10;  // not 4 MiB: a node has a store for each shard
constexpr int level0_files_max = 64;
constexpr double filter_bits_per_key = 10;
constexpr double memtable_filter_share = 0.1;  // of a memtable: most cases that a shard looks up are new

/// Background errors never heal by themselves here: the process stops and reopens.
class FailureListener final : public rocksdb::EventListener {
 public:
  explicit FailureListener(std::shared_ptr<Failure> failure) : failure_(std::move(failure)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    failure_->report(status->ToString());
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::shared_ptr<Failure> failure_;
};

std::shared_ptr<rocksdb::TableFactory> table_of(const RocksOptions& options, const RocksEnvironment::Shared& shared) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = shared.cache;
  table.block_size = options.block_bytes;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
  table.cache_index_and_filter_blocks = true;  // inside the cache's budget
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

/// The option left in RocksDB 10, where it is always on.
template <class Options>
void refuse_options_file_errors(Options& to) {
  if constexpr (requires { to.fail_if_options_file_error; }) to.fail_if_options_file_error = true;
}

void set_checks(rocksdb::Options& to, const RocksOptions& options) {
  to.paranoid_checks = true;
  to.force_consistency_checks = true;
  to.write_dbid_to_manifest = true;
  to.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  refuse_options_file_errors(to);
  to.wal_recovery_mode = options.recovery == WalRecovery::refuse_damage
                             ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                             : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  to.recycle_log_file_num = 0;
  to.avoid_flush_during_recovery = false;
  to.max_bgerror_resume_count = 0;
}

void set_sizes(rocksdb::Options& to, const RocksOptions& options, const RocksEnvironment::Shared& shared) {
  // No slowing down: RocksDB would let large batches in at 16 KiB a second. Writers wait when it is really too much.
  to.level0_slowdown_writes_trigger = to.level0_stop_writes_trigger = level0_files_max;
  to.soft_pending_compaction_bytes_limit = 0;
  to.write_buffer_manager = shared.memtables;
  to.write_buffer_size = options.memtable_bytes;
  to.memtable_whole_key_filtering = true;
  to.memtable_prefix_bloom_size_ratio = memtable_filter_share;
  to.max_write_buffer_number = 2;  // beyond, writers wait for the flush: memory is bounded, not the log behind it
  to.max_background_jobs = shared.background_threads + 1;
  to.manifest_preallocation_size = manifest_step_bytes;
  to.max_open_files = open_files_max;
  to.bytes_per_sync = std::uint64_t{1} << 20;
  to.level_compaction_dynamic_level_bytes = true;
  to.compression = options.compress ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  to.bottommost_compression = to.compression;
}

rocksdb::Options options_of(const RocksOptions& options, const RocksEnvironment::Shared& shared,
                            const std::shared_ptr<Failure>& failure) {
  rocksdb::Options to;
  to.create_if_missing = true;
  to.info_log = shared.info_log;
  to.stats_dump_period_sec = 0;
  to.stats_persist_period_sec = 0;
  to.skip_stats_update_on_db_open = true;
  to.table_factory = table_of(options, shared);
  to.listeners.push_back(std::make_shared<FailureListener>(failure));
  set_checks(to, options);
  set_sizes(to, options, shared);
  return to;
}

Error cannot_open(const std::string& path, const rocksdb::Status& status) {
  return {status.IsCorruption() ? Code::state_damaged : Code::storage_failed, path + ": " + status.ToString()};
}

/// A database that nobody writes to.
class ReadOnly final : public Reading<store::Reader> {
 public:
  ReadOnly(std::unique_ptr<rocksdb::DB> db, std::shared_ptr<const RocksEnvironment::Shared> environment)
      : Reading(RocksReader(*db, nullptr)), environment_(std::move(environment)), db_(std::move(db)) {}

 private:
  std::shared_ptr<const RocksEnvironment::Shared> environment_;
  std::unique_ptr<rocksdb::DB> db_;
};

Result<std::unique_ptr<rocksdb::DB>> open_for_reading(const std::string& path, const RocksEnvironment& environment) {
  rocksdb::DB* opened = nullptr;
  const auto nobody = std::make_shared<Failure>(nullptr);
  const rocksdb::Status status =
      rocksdb::DB::OpenForReadOnly(options_of({}, *environment.shared(), nobody), path, &opened);
  if (!status.ok()) return cannot_open(path, status);
  return std::unique_ptr<rocksdb::DB>{opened};
}

}  // namespace

Result<std::unique_ptr<store::DiskStore>> open_rocksdb(const std::string& path, const RocksOptions& options,
                                                       const RocksEnvironment& environment) {
  const auto mark = load_mark(path);
  if (!mark) return mark.error();
  if (*mark) {
    if (const auto checked = check_manifest(path, **mark); !checked) return checked.error();
  }
  const auto failure = std::make_shared<Failure>(options.on_fatal);
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options_of(options, *environment.shared(), failure), path, &opened);
  if (!status.ok()) return cannot_open(path, status);
  const std::shared_ptr<rocksdb::DB> db{opened};
  const std::uint64_t changes = db->GetLatestSequenceNumber();
  if (*mark && options.recovery == WalRecovery::refuse_damage && changes < (*mark)->changes) {
    return Error{Code::state_damaged,
                 path + ": the last " + std::to_string((*mark)->changes - changes) +
                     " changes of rows are missing; restore a checkpoint, or remove RESTING there to go on without "
                     "them"};
  }
  if (const auto saved = save_mark(path, changes); !saved) return saved.error();
  return std::unique_ptr<store::DiskStore>(
      std::make_unique<RocksStore>(db, failure, environment.shared(), options.memtable_bytes));
}

Result<std::unique_ptr<store::Reader>> read_rocksdb(const std::string& path, const RocksEnvironment& environment) {
  auto opened = open_for_reading(path, environment);
  if (!opened) return opened.error();
  return std::unique_ptr<store::Reader>{std::make_unique<ReadOnly>(std::move(*opened), environment.shared())};
}

Result<void> check_rocksdb(const std::string& path, const RocksEnvironment& environment) {
  const auto opened = open_for_reading(path, environment);
  if (!opened) return opened.error();
  const rocksdb::Status status = (*opened)->VerifyChecksum();
  if (!status.ok()) return cannot_open(path, status);
  return {};
}

}  // namespace weir::rocks
