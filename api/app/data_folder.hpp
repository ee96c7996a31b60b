// The data folder of a node: who holds it, what lies where, and what was decided when it was made.
//
//   lock      held by the server that uses the folder
//   format    version of the folder, number of shards
//   *.key     secrets (schemas/crypto/key_file.hpp); cluster.key: what all others are derived from, in a cluster
//   node-id   the node's name in its group
//   reserve   blocks to give back when the disk is full (disk_guard.hpp)
//   users     who may sign in (api/auth/directory_file.hpp); users.lock: who changes it
//   crashes/  what each shard is about (stream/runtime/crash_record.hpp)
//   log-identity  which log the state is of
//   log/  high-water  shards/NN/  node/  spool/  views/
//   shards/NN.damaged   the shard's state is to be made again; damaged/NN: a former one, for a day
//   shards/NN.fetched, NN.former   while a checkpoint takes the place of a state (kafka_origin.hpp)
//   copies/   copies under way to a checkpoint store (copies.hpp)
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "schemas/base/result.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::app {

class DataFolder {
 public:
  /// The version of the folder's form.
  static constexpr std::uint32_t format = 1;

  /// Makes the folder if it is not there, holds it for this process, and checks that it was made with this number of
  /// shards; 0: as many as it was made with, and it must be there. Errors: storage_failed (another server holds it,
  /// cannot be written), state_format (other shards, another version), not_found.
  static Result<DataFolder> open(const std::filesystem::path& path, std::uint32_t shards);
  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::uint32_t shards() const { return shards_; }
  std::filesystem::path reserve() const { return path_ / "reserve"; }
  std::string log() const { return path_ / "log"; }
  std::string high_water() const { return path_ / "high-water"; }
  std::string shard(std::uint32_t number) const;
  std::filesystem::path crash_mark(std::uint32_t shard) const { return crashes() / std::to_string(shard); }
  std::filesystem::path crashes() const { return path_ / "crashes"; }
  /// Made when the shard's state was found damaged: it is made again at the next start.
  std::filesystem::path damage_mark(std::uint32_t shard) const { return this->shard(shard) + ".damaged"; }
  bool is_marked_damaged(std::uint32_t shard) const;
  /// A checkpoint of the shard that was fetched and is not yet its state; and the state whose place it takes.
  std::filesystem::path fetched(std::uint32_t shard) const { return this->shard(shard) + ".fetched"; }
  std::filesystem::path former(std::uint32_t shard) const { return this->shard(shard) + ".former"; }
  std::filesystem::path damaged() const { return path_ / "damaged"; }
  /// Moves the shard's folder to `damaged/N`, in the place of an earlier one. Error: storage_failed.
  Result<void> move_aside(std::uint32_t shard) const;
  std::string node() const { return path_ / "node"; }
  /// The views of other nodes' shards; made anew at each start.
  std::string views() const { return path_ / "views"; }
  std::filesystem::path spool() const { return path_ / "spool"; }
  std::filesystem::path copies() const { return copies_of(path_); }
  static std::filesystem::path copies_of(const std::filesystem::path& folder) { return folder / "copies"; }

  /// The folder belongs to the cluster that has the key in this file. Error: bad_key_file
  /// (schemas/crypto/key_file.hpp).
  Result<void> join_cluster(const std::filesystem::path& key) const;
  /// What names this folder's node among others, made when it is not there. Error: storage_failed.
  Result<std::string> node_id() const;
  /// The secret of this name, made when it is not there; in a cluster the same on every node. Error: bad_key_file.
  Result<crypto::Key> key(const std::string& name) const;
  /// Notes which log the state of this folder is made from, or checks it: "embedded", or what names a cluster and its
  /// topics. Errors: log_recreated (it is of another log), storage_failed.
  Result<void> bind_log(const std::string& identity) const;
  /// Free share of the disk, 0 to 1. Error: storage_failed.
  Result<double> free_share() const;

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_;
  std::uint32_t shards_ = 0;
};

/// Free share of the disk on which the path lies, 0 to 1. Error: storage_failed.
Result<double> free_share_of(const std::filesystem::path& path);

}  // namespace weir::app
