// The files of a node that was stopped: its log with the high water, the state of its shard, its own store, and two
// checkpoints. Made once; read again after something befell a copy of them.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "schemas/base/result.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "stream/log/log.hpp"

namespace weir::fault {

/// What of a node something befalls.
enum class Part : std::uint8_t { log, shard, node, checkpoint };

/// The folder of the part, below that of the node.
std::string folder_of(Part part);

class RestingNode {
 public:
  /// Works for some time in the folder, which is empty, three times, each ended by a clean stop: what was flushed is in
  /// tables, the last rows are in write-ahead logs. `older` gets a copy of it as it was after the second time. Throws
  /// std::runtime_error.
  RestingNode(const std::filesystem::path& folder, const std::filesystem::path& older);
  /// One that was made before, in a copy of its folder: for read() alone. Throws std::runtime_error.
  explicit RestingNode(const std::filesystem::path& copy);

  /// All that a node gets to see of the part when it starts on the folder, as text; or the error by which it refuses.
  /// For the shard that is what it comes to once it took the rest of the (whole) log.
  Result<std::string> read(Part part, const std::filesystem::path& folder) const;
  /// What read() gives of the folder as it was made; of checkpoints, also of the one before the newest.
  bool is_whole(Part part, const std::string& text) const {
    return truths_[static_cast<std::size_t>(part)].contains(text);
  }

 private:
  void work(const std::filesystem::path& folder, std::size_t turn);
  Result<std::string> read_log(const std::filesystem::path& folder) const;
  Result<std::string> read_shard(const std::filesystem::path& folder) const;
  Result<std::string> read_node(const std::filesystem::path& folder) const;

  rocks::RocksEnvironment environment_{{.cache_bytes = std::size_t{16} << 20, .background_threads = 1}};
  log::Blocks blocks_;  // of the whole log
  std::array<std::set<std::string>, 4> truths_;
};

}  // namespace weir::fault
