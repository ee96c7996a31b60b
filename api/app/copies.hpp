// Copies of a node's data folder for commands beside the server. A command asks by a file in `copies/`; the server
// makes the copy there and says so by another. Whoever may write to the data folder may ask: no credential, socket or
// port.
//
//   copies/NAME.wanted   a command asks
//   copies/NAME/         the copy; the command removes it
//   copies/NAME.done     empty: the copy is whole; else what went wrong
#pragma once

#include <mutex>

#include "api/app/background.hpp"
#include "api/app/node.hpp"

namespace weir::app {

/// The server's side. Thread-safe.
class Copies {
 public:
  /// `node` must outlive it.
  explicit Copies(Node& node) : node_(node) {}

  /// Removes what an earlier process left, then answers commands, and removes damaged states that are a day old.
  void start();
  /// Idempotent.
  void stop() { work_.stop(); }

  /// A copy for the server itself; to be removed with remove_copy(). One at a time.
  Result<std::filesystem::path> make(const std::string& name);

 private:
  void answer_commands();

  Node& node_;
  std::mutex making_;
  Background work_;
};

/// The command's side: a copy of the data folder as it is now, made by the server that holds it, or, where none does,
/// by this process. To be removed with remove_copy(). Errors: not_found (no data folder), storage_failed (also when the
/// server stops meanwhile), storage_full.
Result<std::filesystem::path> obtain_copy(const std::filesystem::path& data);
void remove_copy(const std::filesystem::path& copy);

}  // namespace weir::app
