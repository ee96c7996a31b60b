// The uploads of a node: received files wait in the spool and are read, one after the other, by one thread. What is
// known of each is kept in the node's store, so that after a stop or a crash reading begins again; the identity of rows
// makes the repetition harmless.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "api/app/node.hpp"
#include "stream/ingest/upload.hpp"

namespace weir::app {

/// Thread-safe. All but the constructor and stop() read or write the disk: not from an I/O thread.
class Uploads {
 public:
  /// Takes up what an earlier process left. `node` must outlive it. Errors: storage_failed, state_format.
  static Result<std::unique_ptr<Uploads>> open(Node& node);
  /// As stop().
  ~Uploads();

  void start();
  /// Leaves the file at hand for the next start. Idempotent.
  void stop();

  /// Where the file of a new upload is to be written; whatever lies in the spool without a record goes at the next
  /// start.
  static std::string new_id();
  std::filesystem::path spool_path(const std::string& id) const;

  /// Looks at the beginning of the spooled file, then keeps the upload and queues it. Errors: those of the file as a
  /// whole (FileReader), unknown_zone, storage_failed; then nothing is kept and the file is still the caller's.
  Result<ingest::Upload> accept(const std::string& workspace, ingest::Upload upload);

  /// Error: not_found.
  Result<ingest::Upload> find(const std::string& workspace, const std::string& id);
  /// Newest first.
  Result<std::vector<ingest::Upload>> list(const std::string& workspace);
  /// Takes back what the upload alone brought, and stops its reading. The position from which on the views are without
  /// it. Error: not_found.
  Result<log::Position> withdraw(const std::string& workspace, const std::string& id);

 private:
  struct Job {
    std::string workspace;
    std::string id;

    friend auto operator<=>(const Job&, const Job&) = default;
  };

  explicit Uploads(Node& node) : node_(node) {}
  Result<void> restore();
  void run();
  void read(const Job& job);
  Result<void> read_file(const Job& job, ingest::Upload& upload);
  Result<log::Position> close(const Job& job, const ingest::Upload& upload, log::Kind kind);
  bool interrupted(const Job& job);
  Result<void> keep(const std::string& workspace, const ingest::Upload& upload, store::Durability durability);
  Result<ingest::Upload> load(const std::string& workspace, const std::string& id);

  Node& node_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;               // under mutex_
  std::optional<Job> at_hand_;          // under mutex_: being read
  std::optional<ingest::Upload> seen_;  // under mutex_: at_hand_'s progress
  std::set<Job> withdrawn_;             // under mutex_: not to be read on
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace weir::app
