#include "state/rocksdb/rocksdb_store.hpp"

#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/support/temp_folder.hpp"

namespace weir::rocks {
namespace {

namespace fs = std::filesystem;
using store::Durability;

/// Text that no compression can hide.
std::string incompressible(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t files_holding(const fs::path& folder, const std::string& needle) {
  std::size_t files = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.is_regular_file() && read_file(file.path()).find(needle) != std::string::npos) ++files;
  }
  return files;
}

fs::path newest_wal(const fs::path& folder) {
  fs::path newest;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() == ".log" && fs::file_size(file) > 0 && file.path() > newest) newest = file.path();
  }
  return newest;
}

class RocksDbStore : public ::testing::Test {
 protected:
  Result<std::unique_ptr<store::DiskStore>> open(const RocksOptions& options = {}) {
    return open_rocksdb(path_, options, environment_);
  }
  static void put(store::Store& store, const std::string& key, const std::string& value) {
    store::Batch batch;
    batch.put(key, value);
    ASSERT_TRUE(store.write(batch, Durability::synced));
  }
  static std::size_t count(const store::Reader& store) {
    std::size_t rows = 0;
    EXPECT_TRUE(store.scan("", "", [&](std::string_view, std::string_view) { return ++rows, true; }));
    return rows;
  }
  /// 100 synced rows in the write-ahead log alone, which `damage` then changes. The process was killed, or stopped.
  void damaged_log(const std::function<void(std::string& bytes)>& damage, bool killed = true) {
    {
      const auto store = open().value();
      for (int i = 0; i < 100; ++i) put(*store, std::to_string(i), std::string(100, 'x'));
      if (killed) fs::copy(path_, folder_.at("killed"));
    }
    if (killed) path_ = folder_.at("killed");
    const fs::path wal = newest_wal(path_);
    std::string bytes = read_file(wal);
    damage(bytes);
    std::ofstream(wal, std::ios::binary | std::ios::trunc) << bytes;
  }

  tests::TempFolder folder_;
  std::string path_ = folder_.at("db");
  RocksEnvironment environment_{{}};
};

TEST_F(RocksDbStore, WritesNoLogFile) {
  const auto store = open().value();
  put(*store, "a", "1");
  EXPECT_FALSE(fs::exists(path_ + "/LOG"));
}

TEST_F(RocksDbStore, IsCopiedWhileItIsWritten) {
  const auto store = open({.memtable_bytes = 1u << 16}).value();
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> written{0};
  // A pair per batch: half of one in a copy would be a torn batch.
  std::thread writer([&] {
    for (std::size_t i = 0; !stop; ++i) {
      store::Batch batch;
      batch.put("a" + std::to_string(i), incompressible(500, i));
      batch.put("b" + std::to_string(i), incompressible(500, i));
      ASSERT_TRUE(store->write(batch, Durability::buffered));
      written = i + 1;
    }
  });
  for (int i = 0; i < 10; ++i) {
    const std::string copy = folder_.at("copy" + std::to_string(i));
    const std::size_t before = written;
    ASSERT_TRUE(store->copy_to(copy));
    const auto read = read_rocksdb(copy, environment_).value();
    const std::size_t rows = count(*read);
    EXPECT_GE(rows, 2 * before);
    EXPECT_EQ(rows % 2, 0u);
    for (std::size_t row = 0; row < rows / 2; ++row) {
      EXPECT_EQ(read->get("b" + std::to_string(row)).value(), incompressible(500, row));
    }
    EXPECT_TRUE(check_rocksdb(copy, environment_));
    EXPECT_FALSE(store->copy_to(copy));
  }
  stop = true;
  writer.join();
  const auto copy = open_rocksdb(folder_.at("copy0"), {}, environment_).value();
  put(*copy, "of the copy", "1");
  EXPECT_FALSE(store->get("of the copy").value());
}

TEST_F(RocksDbStore, TellsDamageFromFailure) {
  {
    const auto store = open().value();
    put(*store, "a", incompressible(100'000, 1));
    ASSERT_TRUE(store->copy_to(folder_.at("copy")));
  }
  for (const auto& file : fs::directory_iterator(folder_.at("copy"))) {
    if (file.path().extension() != ".sst") continue;
    std::string bytes = read_file(file.path());
    bytes[bytes.size() / 2] ^= 0x10;
    std::ofstream(file.path(), std::ios::binary | std::ios::trunc) << bytes;
  }
  EXPECT_EQ(check_rocksdb(folder_.at("copy"), environment_).error().code, Code::state_damaged);
  const auto read = read_rocksdb(folder_.at("copy"), environment_);
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)->get("a").error().code, Code::state_damaged);
}

TEST_F(RocksDbStore, NamesThePathWhenAnotherHoldsIt) {
  const auto store = open().value();
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::storage_failed);
  EXPECT_NE(second.error().detail.find(path_), std::string::npos);
}

TEST_F(RocksDbStore, RefusesABitFlipInTheMiddleOfTheLog) {
  damaged_log([](std::string& bytes) { bytes[bytes.size() / 2] ^= 0x10; });
  const auto reopened = open({.recovery = WalRecovery::refuse_damage});
  ASSERT_FALSE(reopened);
  EXPECT_EQ(reopened.error().code, Code::state_damaged);
}

TEST_F(RocksDbStore, KeepsThePrefixBeforeABitFlipIfAskedTo) {
  damaged_log([](std::string& bytes) { bytes[bytes.size() / 2] ^= 0x10; });
  const auto reopened = open({.recovery = WalRecovery::keep_prefix}).value();
  EXPECT_GT(count(*reopened), 30u);
  EXPECT_LT(count(*reopened), 70u);
}

TEST_F(RocksDbStore, DropsATornLastRecord) {
  damaged_log([](std::string& bytes) { bytes.resize(bytes.size() - 10); });
  const auto reopened = open({.recovery = WalRecovery::refuse_damage}).value();
  EXPECT_EQ(count(*reopened), 99u);
}

TEST_F(RocksDbStore, RefusesALogThatWasCutOrWentAfterACleanStop) {
  damaged_log([](std::string& bytes) { bytes.resize(bytes.size() - 10); }, false);
  for (int again = 0; again < 2; ++again) {
    const auto reopened = open();
    ASSERT_FALSE(reopened);
    EXPECT_EQ(reopened.error().code, Code::state_damaged);
    EXPECT_NE(reopened.error().detail.find("the last 1 changes"), std::string::npos) << reopened.error().detail;
  }
  path_ = folder_.at("another");
  damaged_log([](std::string& bytes) { bytes.clear(); }, false);
  fs::remove(newest_wal(path_));
  EXPECT_EQ(open().error().code, Code::state_damaged);
  path_ = folder_.at("a shard");
  damaged_log([](std::string& bytes) { bytes.clear(); }, false);
  EXPECT_EQ(count(*open({.recovery = WalRecovery::keep_prefix}).value()), 0u);  // the log has the rest
}

TEST_F(RocksDbStore, RefusesAManifestThatWasCutOrIsAnOlderOne) {
  const auto current = [&] {
    const std::string name = read_file(fs::path{path_} / "CURRENT");
    return fs::path{path_} / name.substr(0, name.find('\n'));
  };
  put(*open().value(), "a", "1");
  const std::string older_name = read_file(fs::path{path_} / "CURRENT"), older = read_file(current());
  put(*open().value(), "b", "2");
  const std::string newer_name = read_file(fs::path{path_} / "CURRENT"), newer = read_file(current());
  const auto refused = [&](const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    for (const WalRecovery recovery : {WalRecovery::refuse_damage, WalRecovery::keep_prefix}) {
      const auto reopened = open({.recovery = recovery});
      ASSERT_FALSE(reopened);
      EXPECT_EQ(reopened.error().code, Code::state_damaged);
    }
  };
  refused(current(), newer.substr(0, newer.size() - 1));
  refused(current(), older);
  std::ofstream(current(), std::ios::binary | std::ios::trunc) << newer;
  refused(fs::path{path_} / "CURRENT", older_name);
  std::ofstream(fs::path{path_} / "CURRENT", std::ios::binary | std::ios::trunc) << newer_name;
  EXPECT_EQ(count(*open().value()), 2u);
}

TEST_F(RocksDbStore, RefusesAMarkThatCannotBeRead) {
  put(*open().value(), "a", "1");
  const fs::path mark = fs::path{path_} / "RESTING";
  std::string bytes = read_file(mark);
  for (std::size_t bit = 0; bit < 8 * (bytes.size() - 1); ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    std::ofstream(mark, std::ios::binary | std::ios::trunc) << bytes;
    const auto reopened = open();
    ASSERT_FALSE(reopened) << bit;
    EXPECT_EQ(reopened.error().code, Code::state_damaged);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
  fs::remove(mark);  // as of a version before this one
  EXPECT_EQ(count(*open().value()), 1u);
}

TEST_F(RocksDbStore, CompactingTakesErasedAndOverwrittenBytesOffTheDisk) {
  const std::string erased = incompressible(64, 1);
  const std::string overwritten = incompressible(64, 2);
  const std::string kept = incompressible(64, 3);
  {
    const auto store = open().value();
    put(*store, "m1", erased);
    put(*store, "m2", overwritten);
    put(*store, "m3", kept);
    ASSERT_TRUE(store->compact("", ""));  // down to the last level
    store::Batch batch;
    batch.erase("m1");
    batch.put("m2", "other");
    ASSERT_TRUE(store->write(batch, Durability::synced));
    EXPECT_GT(files_holding(path_, erased), 0u);
    ASSERT_TRUE(store->compact("m1", "m3"));
    EXPECT_EQ(files_holding(path_, erased), 0u);
    EXPECT_EQ(files_holding(path_, overwritten), 0u);
    EXPECT_GT(files_holding(path_, kept), 0u);
  }
  EXPECT_EQ(count(*open().value()), 2u);
}

/// No file may grow beyond `bytes` while it lives: how a full disk looks to a process.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    previous_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &previous_);
    const rlimit limit{bytes, previous_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &previous_);
    std::signal(SIGXFSZ, previous_handler_);
  }

 private:
  rlimit previous_{};
  void (*previous_handler_)(int) = nullptr;
};

TEST_F(RocksDbStore, AFailedWriteIsFinalUntilTheStoreIsReopened) {
  int fatal = 0;
  std::size_t acknowledged = 0;
  {
    const auto store = open({.on_fatal = [&](std::string_view) { ++fatal; }}).value();
    const auto try_put = [&] {
      store::Batch batch;
      batch.put(std::to_string(acknowledged), incompressible(64 << 10, acknowledged));
      return store->write(batch, Durability::synced);
    };
    {
      const FileSizeLimit limit(1 << 20);
      while (acknowledged < 100 && try_put()) ++acknowledged;
    }
    ASSERT_LT(acknowledged, 100u);
    EXPECT_EQ(fatal, 1);
    const Result<void> later = try_put();
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code, Code::storage_failed);
    EXPECT_FALSE(store->sync());
    EXPECT_EQ(fatal, 1);
  }
  EXPECT_EQ(count(*open().value()), acknowledged);
}

TEST_F(RocksDbStore, ASnapshotOutlivesItsStore) {
  auto store = open().value();
  put(*store, "a", "1");
  const auto snapshot = store->snapshot();
  store.reset();
  EXPECT_EQ(*snapshot->get("a"), "1");
}

TEST_F(RocksDbStore, ABatchLargerThanAMemtableDoesNotWaitForTheNextToBeFlushed) {
  const auto store = open({.memtable_bytes = 1 << 20}).value();
  put(*store, "a", incompressible(2 << 20, 1));
  const auto flushed = [&] {
    const fs::directory_iterator files{path_};
    return std::any_of(begin(files), end(files), [](const auto& file) { return file.path().extension() == ".sst"; });
  };
  for (int waited = 0; waited < 1'000 && !flushed(); ++waited)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_TRUE(flushed());
}

TEST_F(RocksDbStore, ManyStoresShareOneBudgetOfMemtables) {
  const RocksEnvironment small({.cache_bytes = 8 << 20, .memtables_bytes = 4 << 20, .background_threads = 1});
  std::vector<std::unique_ptr<store::Store>> stores;
  for (int i = 0; i < 4; ++i) stores.push_back(open_rocksdb(folder_.at("db" + std::to_string(i)), {}, small).value());
  for (int round = 0; round < 16; ++round) {
    for (auto& store : stores) put(*store, std::to_string(round), incompressible(256 << 10, round));
  }
  // 16 MiB were written, each store's own memtable holds 32: only the shared budget can have caused flushes.
  std::size_t tables = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder_.path())) tables += file.path().extension() == ".sst";
  EXPECT_GT(tables, 0u);
  for (auto& store : stores) EXPECT_EQ(count(*store), 16u);
}

}  // namespace
}  // namespace weir::rocks
