// Inside state/rocksdb only: what a RocksEnvironment holds.
#pragma once

#include <memory>

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/write_buffer_manager.h>

#include "state/rocksdb/rocksdb_store.hpp"

namespace weir::rocks {

struct RocksEnvironment::Shared {
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> memtables;
  std::shared_ptr<rocksdb::Logger> info_log;
  int background_threads = 1;
};

}  // namespace weir::rocks
