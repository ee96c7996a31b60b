// The owner of a series: takes it over, publishes checkpoints, removes old ones. Whoever takes it over after that wins:
// the former owner may still put objects, and nothing that it puts counts, nor does it remove what counts.
#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "state/checkpoint/series.hpp"

namespace weir::checkpoint {

class Publisher {
 public:
  /// Takes the series over, with a higher epoch than anybody before. `store` must outlive it. Errors: storage_failed,
  /// checkpoint_damaged.
  static Result<Publisher> claim(ObjectStore& store, std::string series, GoOn go_on = {});

  struct Published {
    Manifest manifest;
    std::uint64_t files_put = 0;  // not put before
    std::uint64_t bytes_put = 0;
  };
  /// Makes a checkpoint of every file in the folder, which must not change meanwhile. Content that the newest
  /// checkpoint or one of this owner holds is not put again; manifest last. Errors: stale_owner (then nothing was
  /// published that counts), storage_failed, overloaded.
  Result<Published> publish(const std::filesystem::path& folder, Description description);

  /// Removes all checkpoints but the `kept` newest, and of these those taken before `not_before`, never the newest;
  /// then what no checkpoint names. Returns the number of objects removed. Errors: stale_owner, storage_failed.
  Result<std::uint64_t> prune(std::size_t kept, Time not_before);

  std::uint64_t epoch() const { return epoch_; }
  /// Of the checkpoints that count, oldest first, as this owner last saw them.
  const std::vector<Manifest>& checkpoints() const { return checkpoints_; }

 private:
  /// By which a file that never changes its content is known again: path, inode, size, time of change.
  using Identity = std::tuple<std::string, std::uint64_t, std::uint64_t, std::int64_t>;
  using Digests = std::map<Identity, crypto::Digest>;

  Publisher(ObjectStore& store, std::string series, GoOn go_on)
      : store_(&store), series_(std::move(series)), go_on_(std::move(go_on)) {}

  Result<void> take_over();
  Result<void> check_owner() const;
  Result<void> read_checkpoints(const std::vector<Number>& numbers);
  Result<StoredFile> describe(const std::filesystem::path& folder, const std::string& path, Digests& digests) const;
  Result<void> put_files(const std::filesystem::path& folder, Published& published);
  Result<void> remove(const std::string& name, std::uint64_t& removed);

  ObjectStore* store_;
  std::string series_;
  GoOn go_on_;
  std::uint64_t epoch_ = 0;
  std::uint64_t next_ordinal_ = 1;
  std::vector<Manifest> checkpoints_;
  std::map<crypto::Digest, std::uint64_t> held_;  // digest -> epoch of an object that will stay
  Digests digests_;                               // of the last checkpoint's immutable files
};

}  // namespace weir::checkpoint
