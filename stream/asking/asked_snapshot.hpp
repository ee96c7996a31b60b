// The asker's side: the snapshot of a shard that is elsewhere, read from its owner page by page, so that whatever reads
// snapshots reads it unchanged. It is pinned there (pins.hpp); names, cases and dead letters are of one moment.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "state/store/store.hpp"
#include "stream/asking/message.hpp"

namespace weir::asking {

/// Whoever carries questions to one owner. Thread-safe, both.
struct Door {
  /// Waits for the answer; `to`, `asked`, `nonce` and `let_go` are filled in on the way. Errors: shard_elsewhere (no
  /// answer came), overloaded, and those that the owner answers with.
  std::function<Result<Answer>(Question question)> ask;
  /// The pin is of no use any more; does not wait.
  std::function<void(const Hash128& pin)> let_go;
};

/// Reads wait for the owner; errors of all: those of Door::ask().
class AskedSnapshot final : public store::Snapshot {
 public:
  /// Has the owner take a snapshot, which includes the workspace's records below the offset `includes`. Only rows of
  /// the workspace can be read. Errors: not_caught_up besides.
  static Result<std::shared_ptr<const AskedSnapshot>> open(Door door, const std::string& workspace, std::uint32_t shard,
                                                           std::uint64_t includes);
  ~AskedSnapshot() override;
  AskedSnapshot(const AskedSnapshot&) = delete;
  AskedSnapshot& operator=(const AskedSnapshot&) = delete;

  /// Records of the log that the shard had not taken.
  std::uint64_t lag() const { return lag_; }

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override;
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override;
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override;

 private:
  AskedSnapshot(Door door, std::string workspace, std::uint32_t shard);
  Result<Answer> ask(std::variant<Keys, Range> wanted, std::size_t bytes_max) const;
  Result<void> read(Range range, const store::Visit& visit) const;

  const Door door_;
  const std::string workspace_;
  const std::uint32_t shard_;
  Hash128 pin_;
  std::uint64_t lag_ = 0;
  std::string progress_key_;
  std::optional<std::string> progress_;  // what every reader looks at first came with the pin
};

}  // namespace weir::asking
