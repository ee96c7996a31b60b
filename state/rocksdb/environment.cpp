#include "state/rocksdb/environment.hpp"

#include <cstdarg>
#include <cstdio>

namespace weir::rocks {
namespace {

/// Takes the place of RocksDB's own LOG file, which asserts when the disk is full (reliability M3).
class MessageLog final : public rocksdb::Logger {
 public:
  explicit MessageLog(RocksEnvironment::OnMessage on_message)
      : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), on_message_(std::move(on_message)) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, std::va_list arguments) override {
    if (!on_message_) return;
    char line[1024];
    const int size = std::vsnprintf(line, sizeof line, format, arguments);
    if (size <= 0) return;
    on_message_({line, std::min(static_cast<std::size_t>(size), sizeof line - 1)});
  }

 private:
  RocksEnvironment::OnMessage on_message_;
};

std::shared_ptr<rocksdb::Cache> make_cache(std::size_t bytes) {
  rocksdb::LRUCacheOptions options;
  options.capacity = bytes;
  options.high_pri_pool_ratio = 0.3;  // indexes and filters stay when a long scan passes
  return rocksdb::NewLRUCache(options);
}

}  // namespace

RocksEnvironment::RocksEnvironment(const Limits& limits, OnMessage on_message) {
  auto shared = std::make_shared<Shared>();
  shared->cache = make_cache(limits.cache_bytes);
  shared->memtables = std::make_shared<rocksdb::WriteBufferManager>(limits.memtables_bytes, shared->cache);
  shared->info_log = std::make_shared<MessageLog>(std::move(on_message));
  shared->background_threads = limits.background_threads;
  // The process's own threads, which another environment of it may want more of.
  rocksdb::Env* env = rocksdb::Env::Default();
  env->IncBackgroundThreadsIfNeeded(limits.background_threads, rocksdb::Env::LOW);  // compactions
  env->IncBackgroundThreadsIfNeeded(1, rocksdb::Env::HIGH);                         // flushes
  shared_ = std::move(shared);
}

RocksEnvironment::~RocksEnvironment() = default;

}  // namespace weir::rocks
