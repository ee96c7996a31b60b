// Inside state/rocksdb only: the store over an open database.
#pragma once

#include <memory>

#include "state/rocksdb/environment.hpp"
#include "state/rocksdb/failure.hpp"
#include "state/rocksdb/rocks_reader.hpp"

namespace weir::rocks {

class RocksStore final : public store::Store {
 public:
  RocksStore(std::shared_ptr<rocksdb::DB> db, std::shared_ptr<Failure> failure,
             std::shared_ptr<const RocksEnvironment::Shared> environment, std::size_t memtable_bytes)
      : memtable_bytes_(memtable_bytes),
        environment_(std::move(environment)),
        failure_(std::move(failure)),
        db_(std::move(db)),
        reader_(*db_, nullptr) {}

  Result<std::optional<std::string>> get(std::string_view key) const override { return reader_.get(key); }
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    return reader_.multi_get(keys);
  }
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    return reader_.scan(from, to, visit);
  }
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override {
    return reader_.scan_backwards(from, to, visit);
  }
  Result<void> write(const store::Batch& batch, store::Durability durability) override;
  std::shared_ptr<const store::Snapshot> snapshot() const override;
  Result<void> compact(std::string_view from, std::string_view to) override;
  Result<void> sync() override;

 private:
  /// Every error of a change is final.
  Result<void> outcome(const rocksdb::Status& status);

  const std::size_t memtable_bytes_;
  std::shared_ptr<const RocksEnvironment::Shared> environment_;
  std::shared_ptr<Failure> failure_;
  std::shared_ptr<rocksdb::DB> db_;  // shared with snapshots
  RocksReader reader_;
};

}  // namespace weir::rocks
