// Inside state/rocksdb only: reads, of the newest state or of a snapshot.
#pragma once

#include <rocksdb/db.h>

#include "state/store/store.hpp"

namespace weir::rocks {

rocksdb::Slice to_slice(std::string_view bytes);
std::string_view to_view(const rocksdb::Slice& slice);
Error to_error(const rocksdb::Status& status);

/// `snapshot` may be null: the newest state.
class RocksReader {
 public:
  RocksReader(rocksdb::DB& db, const rocksdb::Snapshot* snapshot) : db_(db), snapshot_(snapshot) {}

  Result<std::optional<std::string>> get(std::string_view key) const;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const;
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const;
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const;

 private:
  rocksdb::ReadOptions options() const;

  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

/// What can be read, as the reading half of a `Base`: a store::Reader or more.
template <class Base>
class Reading : public Base {
 public:
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

 protected:
  explicit Reading(const RocksReader& reader) : reader_(reader) {}

 private:
  RocksReader reader_;
};

}  // namespace weir::rocks
