// Inside state/rocksdb only: the store over an open database.
#pragma once

#include <memory>

#include "state/rocksdb/environment.hpp"
#include "state/rocksdb/failure.hpp"
#include "state/rocksdb/rocks_reader.hpp"

namespace weir::rocks {

class RocksStore final : public Reading<store::DiskStore> {
 public:
  RocksStore(std::shared_ptr<rocksdb::DB> db, std::shared_ptr<Failure> failure,
             std::shared_ptr<const RocksEnvironment::Shared> environment, std::size_t memtable_bytes)
      : Reading(RocksReader(*db, nullptr)),
        memtable_bytes_(memtable_bytes),
        environment_(std::move(environment)),
        failure_(std::move(failure)),
        db_(std::move(db)) {}

  /// All rows are durable then, and the next open holds the files to that; not if a change failed.
  ~RocksStore() override;

  Result<void> write(const store::Batch& batch, store::Durability durability) override;
  std::shared_ptr<const store::Snapshot> snapshot() const override;
  Result<void> compact(std::string_view from, std::string_view to) override;
  Result<void> sync() override;
  Result<void> copy_to(const std::string& folder) override;

 private:
  /// Every error of a change is final.
  Result<void> outcome(const rocksdb::Status& status);

  const std::size_t memtable_bytes_;
  std::shared_ptr<const RocksEnvironment::Shared> environment_;
  std::shared_ptr<Failure> failure_;
  std::shared_ptr<rocksdb::DB> db_;  // shared with snapshots
};

}  // namespace weir::rocks
