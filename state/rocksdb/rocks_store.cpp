#include "state/rocksdb/rocks_store.hpp"

#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include "state/rocksdb/resting_mark.hpp"

namespace weir::rocks {
namespace {

constexpr std::size_t protection_bytes = 8;  // per key: a bit that flips between here and the disk is noticed
constexpr std::size_t entry_overhead_bytes = 16;

class RocksSnapshot final : public Reading<store::Snapshot> {
 public:
  explicit RocksSnapshot(const std::shared_ptr<rocksdb::DB>& db) : RocksSnapshot(db, db->GetSnapshot()) {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(snapshot_); }

 private:
  RocksSnapshot(std::shared_ptr<rocksdb::DB> db, const rocksdb::Snapshot* snapshot)
      : Reading(RocksReader(*db, snapshot)), db_(std::move(db)), snapshot_(snapshot) {}

  std::shared_ptr<rocksdb::DB> db_;
  const rocksdb::Snapshot* snapshot_;
};

rocksdb::Status fill(rocksdb::WriteBatch& out, const store::Batch& batch) {
  rocksdb::Status status;
  for (const auto& entry : batch.entries()) {
    status = entry.value ? out.Put(to_slice(entry.key), to_slice(*entry.value)) : out.Delete(to_slice(entry.key));
    if (!status.ok()) break;
  }
  return status;
}

Error failed_earlier() { return {Code::storage_failed, "the store failed earlier and has to be reopened"}; }

}  // namespace

RocksStore::~RocksStore() {
  // Without a mark of this end, that of the beginning holds: nothing is lost by leaving it.
  if (!failure_->happened() && db_->FlushWAL(true).ok()) {
    static_cast<void>(save_mark(db_->GetName(), db_->GetLatestSequenceNumber()));
  }
}

Result<void> RocksStore::outcome(const rocksdb::Status& status) {
  if (status.ok()) return {};
  failure_->report(status.ToString());
  return to_error(status);
}

Result<void> RocksStore::write(const store::Batch& batch, store::Durability durability) {
  if (failure_->happened()) return failed_earlier();
  const std::size_t reserved = batch.bytes() + batch.entries().size() * entry_overhead_bytes;
  rocksdb::WriteBatch rows(reserved, 0, protection_bytes, 0);
  const rocksdb::Status filled = fill(rows, batch);
  if (!filled.ok()) return outcome(filled);
  rocksdb::WriteOptions options;
  options.sync = durability == store::Durability::synced;
  options.memtable_insert_hint_per_batch = true;  // most batches are sorted
  const auto written = outcome(db_->Write(options, &rows));
  if (!written || rows.GetDataSize() < memtable_bytes_) return written;
  // A full memtable is flushed when the next write meets it. After a write of its size that may be long, and a kill
  // would leave all of it to be replayed.
  rocksdb::FlushOptions flush;
  flush.wait = false;
  flush.allow_write_stall = true;
  const rocksdb::Status flushed = db_->Flush(flush);
  if (flushed.IsTryAgain()) return {};  // writers are being stopped: the next write meets it and waits
  return outcome(flushed);
}

Result<void> RocksStore::sync() {
  if (failure_->happened()) return failed_earlier();
  return outcome(db_->FlushWAL(true));
}

std::shared_ptr<const store::Snapshot> RocksStore::snapshot() const { return std::make_shared<RocksSnapshot>(db_); }

Result<void> RocksStore::copy_to(const std::string& folder) {
  if (failure_->happened()) return failed_earlier();
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  constexpr std::uint64_t always_flush = 0;  // no write-ahead log is linked that may not be synced (reliability M7)
  if (status.ok()) status = checkpoint->CreateCheckpoint(folder, always_flush);
  if (!status.ok()) return Error{Code::storage_failed, folder + ": " + status.ToString()};
  return {};
}

Result<void> RocksStore::compact(std::string_view from, std::string_view to) {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice begin = to_slice(from);
  const rocksdb::Slice end = to_slice(to);
  return outcome(db_->CompactRange(options, &begin, to.empty() ? nullptr : &end));
}

}  // namespace weir::rocks
