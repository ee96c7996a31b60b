// How fast one thread makes events durable in RocksDB without looking at them: each line under its number, sorted, in
// batches of which each is synced. Usage: limit_write FILE FOLDER [LINES_PER_BATCH]
#include <cstdint>
#include <memory>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "bench/limits/lines.hpp"

namespace {

std::string key_of(std::uint64_t number) {
  std::string key(8, '\0');
  for (std::size_t i = 8; i-- > 0; number >>= 8) key[i] = static_cast<char>(number);
  return key;
}

void must(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  const std::size_t per_batch = count > 3 ? std::stoul(arguments[3]) : 10'000;
  const weir::limits::Lines lines{arguments[1]};
  rocksdb::Options options;
  options.create_if_missing = options.error_if_exists = true;
  rocksdb::DB* opened = nullptr;
  must(rocksdb::DB::Open(options, arguments[2], &opened));
  const std::unique_ptr<rocksdb::DB> db{opened};
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const weir::limits::Stopwatch writing;
  rocksdb::WriteBatch batch;
  std::uint64_t number = 0;
  for (const std::string_view line : lines.all()) {
    must(batch.Put(key_of(number++), rocksdb::Slice{line.data(), line.size()}));
    if (number % per_batch != 0 && number != lines.all().size()) continue;
    must(db->Write(synced, &batch));
    batch.Clear();
  }
  weir::limits::print({{"events", static_cast<double>(number)},
                       {"bytes", static_cast<double>(lines.bytes())},
                       {"seconds", writing.seconds()}});
}
