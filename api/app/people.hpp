// What a server keeps of people and their credentials: the directory, who is signed in, the tokens, and the threads
// that hash passwords.
#pragma once

#include <memory>

#include "api/app/data_folder.hpp"
#include "api/app/settings.hpp"
#include "api/app/workers.hpp"
#include "api/auth/access.hpp"
#include "api/auth/audit.hpp"
#include "api/auth/quota.hpp"
#include "api/auth/tickets.hpp"
#include "api/metrics/registry.hpp"

namespace weir::app {

/// Thread-safe.
class People {
 public:
  /// All must outlive it. Errors: storage_failed, state_format.
  static Result<std::unique_ptr<People>> open(const Settings& settings, const DataFolder& folder, store::Store& store,
                                              const auth::KeyRing& keys, auth::Audit& audit, const Clock& clock);

  /// From now on users and tokens are those of the cluster. `put` is ControlLog::put(), for keys that apply() is told
  /// of.
  using Put = std::function<Result<void>(const std::string& key, const std::optional<std::string>& value)>;
  void share(Put put);
  /// As ControlLog::Apply; keys that are not of people are left alone.
  Result<void> apply(const std::string& key, const std::optional<std::string>& value);

  auth::DirectoryFile& directory() { return *directory_; }
  auth::Sessions& sessions() { return *sessions_; }
  auth::TokenRegistry& tokens() { return *tokens_; }
  auth::Access& access() { return access_; }
  auth::Tickets& tickets() { return tickets_; }
  auth::SignInAttempts& attempts() { return attempts_; }
  /// For what takes a password: half the cores, since each takes 50 ms of one and 19 MiB.
  Workers& passwords() { return passwords_; }

  static constexpr std::string_view first_admin = "admin";
  /// Where there is no user yet: adds `first_admin` to the workspace, with a password that is told here and never
  /// again. Nothing where there is one. Reads and writes the disk. Errors: those of DirectoryFile::change().
  Result<std::optional<std::string>> add_first_admin(std::string_view workspace);

  /// Once a second, by one thread: takes over what `weir user` wrote beside the server, and once a minute keeps what
  /// use has changed. Reads and writes the disk.
  Result<void> look_around();
  /// Ends the threads and keeps what use has changed. Idempotent.
  void stop();
  void collect(metrics::Samples& samples) const;

 private:
  People(std::unique_ptr<auth::DirectoryFile> directory, std::unique_ptr<auth::Sessions> sessions,
         std::unique_ptr<auth::TokenRegistry> tokens, const auth::KeyRing& keys, auth::Audit& audit,
         const Clock& clock);
  Result<void> audit_deeds();

  std::unique_ptr<auth::DirectoryFile> directory_;
  std::unique_ptr<auth::Sessions> sessions_;
  std::unique_ptr<auth::TokenRegistry> tokens_;
  auth::Access access_;
  auth::Audit& audit_;
  const Clock& clock_;
  auth::Tickets tickets_;
  auth::SignInAttempts attempts_;
  Workers passwords_;
  Clock::Steady flushed_{};  // of look_around() alone
};

}  // namespace weir::app
