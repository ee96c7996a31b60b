#include "state/rocksdb/rocks_reader.hpp"

namespace weir::rocks {
namespace {

/// The bounds of an iterator; must outlive it.
struct Bounds {
  rocksdb::Slice from;
  rocksdb::Slice to;

  Bounds(std::string_view from_key, std::string_view to_key) : from(to_slice(from_key)), to(to_slice(to_key)) {}
  void limit(rocksdb::ReadOptions& options) const {
    options.iterate_lower_bound = &from;
    if (!to.empty()) options.iterate_upper_bound = &to;
  }
};

bool is_empty_range(std::string_view from, std::string_view to) { return !to.empty() && to <= from; }

}  // namespace

rocksdb::Slice to_slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view to_view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
Error to_error(const rocksdb::Status& status) {
  return {status.IsCorruption() ? Code::state_damaged : Code::storage_failed, status.ToString()};
}

rocksdb::ReadOptions RocksReader::options() const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  return options;
}

Result<std::optional<std::string>> RocksReader::get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_.Get(options(), to_slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return to_error(status);
  return std::optional{std::move(value)};
}

Result<std::vector<std::optional<std::string>>> RocksReader::multi_get(const std::vector<std::string>& keys) const {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_.MultiGet(options(), db_.DefaultColumnFamily(), keys.size(), slices.data(), found.data(), statuses.data());
  std::vector<std::optional<std::string>> values(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      values[i] = found[i].ToString();
    } else if (!statuses[i].IsNotFound()) {
      return to_error(statuses[i]);
    }
  }
  return values;
}

Result<void> RocksReader::scan(std::string_view from, std::string_view to, const store::Visit& visit) const {
  if (is_empty_range(from, to)) return {};
  const Bounds bounds(from, to);
  rocksdb::ReadOptions limited = options();
  bounds.limit(limited);
  const std::unique_ptr<rocksdb::Iterator> at(db_.NewIterator(limited));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    if (!visit(to_view(at->key()), to_view(at->value()))) return {};
  }
  if (!at->status().ok()) return to_error(at->status());
  return {};
}

Result<void> RocksReader::scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const {
  if (is_empty_range(from, to)) return {};
  const Bounds bounds(from, to);
  rocksdb::ReadOptions limited = options();
  bounds.limit(limited);
  const std::unique_ptr<rocksdb::Iterator> at(db_.NewIterator(limited));
  for (at->SeekToLast(); at->Valid(); at->Prev()) {
    if (!visit(to_view(at->key()), to_view(at->value()))) return {};
  }
  if (!at->status().ok()) return to_error(at->status());
  return {};
}

}  // namespace weir::rocks
