// The directory of users as a file of the data folder, which the server and `weir user` beside it both change: in turn,
// under a lock of its own, each beginning with what the other left.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>

#include "api/auth/directory.hpp"

namespace weir::auth {

/// In a cluster each node has such a file, and tells the others, user by user, what was changed in its own; of two
/// changes of one user the later in the control log counts (stream/log/control_log.hpp). `users.shared` is what all
/// were told, by which a node knows what was changed beside it. Thread-safe.
class DirectoryFile {
 public:
  /// `users` of the data folder, which must be there; without the file there are no users. Errors: storage_failed,
  /// state_format.
  static Result<std::unique_ptr<DirectoryFile>> open(const std::filesystem::path& data_folder);

  /// As last read or written here. Reads no disk.
  std::shared_ptr<const Directory> current() const;

  using Change = std::function<Result<void>(Directory&)>;
  /// Reads the file anew, changes it, writes it, synced; nothing is written where the change gives an error or changes
  /// nothing. Not from an I/O thread. Errors: the change's own, storage_failed, state_format.
  Result<void> change(const Change& change);
  /// Reads what another process wrote. One stat() where nothing was written. In a cluster it tells what it has not told
  /// yet.
  Result<void> refresh();

  /// Makes a user known to every node of a cluster, this one by apply(), before it returns; none: removed.
  using Share = std::function<Result<void>(const std::string& name, const std::optional<User>& user)>;
  /// From now on change() and refresh() share, with the errors of `share`; what a change did here then stays, and is
  /// shared by a later refresh(). Before any thread uses it.
  void share(Share share) { share_ = std::move(share); }
  /// What a node of the cluster shared. Errors: storage_failed, state_format.
  Result<void> apply(const std::string& name, const std::optional<User>& user);

 private:
  /// Tells one writing of the file from another.
  struct Stamp {
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  explicit DirectoryFile(std::filesystem::path path);
  Stamp stamp() const;
  Result<void> load();
  Result<void> load_shared();
  Result<void> change_here(const Change& change);
  Result<void> tell_changes();

  const std::filesystem::path path_;
  Share share_;
  std::mutex telling_;   // one at a time tells changes; taken before changing_
  std::mutex changing_;  // one change or refresh at a time
  Stamp read_;           // under changing_
  mutable std::mutex mutex_;
  std::shared_ptr<const Directory> current_;  // under mutex_
  Directory shared_;                          // under mutex_; users alone
};

}  // namespace weir::auth
