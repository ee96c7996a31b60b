#include "api/app/shard_stores.hpp"

namespace weir::app {

Result<OpenStore> open_store(const std::string& path, const rocks::RocksOptions& options,
                             const rocks::RocksEnvironment& environment) {
  auto opened = rocks::open_rocksdb(path, options, environment);
  if (!opened) return opened.error();
  OpenStore store;
  store.files = opened->get();
  store.watched = std::make_unique<store::WatchedStore>(std::move(*opened));
  return store;
}

ShardStores::ShardStores(const DataFolder& folder, rocks::RocksOptions options,
                         const rocks::RocksEnvironment& environment)
    : folder_(folder), options_(std::move(options)), environment_(environment) {
  places_->open.resize(folder.shards());
  places_->in_use.resize(folder.shards());
}

Result<std::shared_ptr<OpenStore>> ShardStores::open(std::uint32_t shard) {
  {
    std::unique_lock lock{places_->mutex};
    std::shared_ptr<OpenStore> held;
    places_->closed.wait(lock,
                         [&] { return (held = places_->open[shard].lock()) != nullptr || !places_->in_use[shard]; });
    if (held != nullptr) return held;
    places_->in_use[shard] = true;
  }
  const auto leave = [places = places_, shard](OpenStore* store) {
    delete store;
    const std::lock_guard lock{places->mutex};
    places->in_use[shard] = false;
    places->closed.notify_all();
  };
  auto opened = open_store(folder_.shard(shard), options_, environment_);
  if (!opened) {
    leave(nullptr);
    return opened.error();
  }
  const std::shared_ptr<OpenStore> store{new OpenStore{std::move(*opened)}, leave};
  const std::lock_guard lock{places_->mutex};
  places_->open[shard] = store;
  places_->closed.notify_all();
  return store;
}

Result<bool> ShardStores::while_closed(std::uint32_t shard, const std::function<Result<void>()>& deed) {
  {
    std::unique_lock lock{places_->mutex};
    places_->closed.wait(lock, [&] { return places_->open[shard].lock() != nullptr || !places_->in_use[shard]; });
    if (places_->in_use[shard]) return false;
    places_->in_use[shard] = true;
  }
  const auto done = deed();
  const std::lock_guard lock{places_->mutex};
  places_->in_use[shard] = false;
  places_->closed.notify_all();
  if (!done) return done.error();
  return true;
}

std::shared_ptr<OpenStore> ShardStores::find(std::uint32_t shard) const {
  const std::lock_guard lock{places_->mutex};
  return places_->open[shard].lock();
}

}  // namespace weir::app
