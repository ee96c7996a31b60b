// The owner's side: snapshots that other nodes read page by page. Each is kept ("pinned") while it is read and for a
// while after; the shard may move away meanwhile, what is read stays what it was.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "schemas/base/clock.hpp"
#include "state/store/store.hpp"
#include "stream/asking/message.hpp"

namespace weir::asking {

struct PinOptions {
  std::size_t pins_max = 2'048;                       // of all askers; a workspace may hold its fair share
  Clock::Steady lease = std::chrono::seconds{60};     // since it was last read
  std::size_t page_bytes_max = std::size_t{1} << 20;  // of an answer, but that one row is always in it
};

/// Thread-safe.
class Pins {
 public:
  struct Source {
    /// Null: the shard is not here.
    std::function<std::shared_ptr<const store::Snapshot>(std::uint32_t shard)> snapshot;
    /// Records of the log that the shard has not taken.
    std::function<std::uint64_t(std::uint32_t shard)> lag;
  };

  Pins(Source source, const Clock& clock, PinOptions options = {});

  /// Reads the store; neither waits nor asks anybody. Nothing but rows of the question's workspace is told.
  Answer answer(const Question& question);
  /// Lets go what was not read for too long. To be called about once a second. O(pins).
  void expire();
  /// Lets all go, for good.
  void close();
  std::size_t count() const;

 private:
  struct Pin {
    std::shared_ptr<const store::Snapshot> snapshot;
    std::string workspace;
    std::uint32_t shard = 0;
    std::uint64_t lag = 0;
    Clock::Steady read_at{};
  };

  using Numbered = std::map<Hash128, Pin>;

  Result<Pin> find(const Question& question, Hash128& number);
  Result<Pin> make(const Question& question, Hash128& number);
  void let_go(const Question& question);
  Numbered::iterator remove(Numbered::iterator pin, std::vector<Pin>& gone);
  Result<void> read(const Pin& pin, const Question& question, Answer& answer) const;

  const Source source_;
  const Clock& clock_;
  const PinOptions options_;
  mutable std::mutex mutex_;
  Numbered pins_;  // under mutex_, as all below
  std::map<std::string, std::size_t, std::less<>> of_workspace_;
  bool closed_ = false;
};

}  // namespace weir::asking
