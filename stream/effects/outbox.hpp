// What the deliverer asks of whoever keeps effects: the port to the outboxes of all shards of a node.
//
// The way of one effect through it:
//   due()      lists it, when it is the oldest of its target and key
//   begin()    is answered when it is durable that this attempt is made; of the first that is the ledger's `intended`
//   end()      is answered when what came of the attempt is durable. `again`: due() lists it with its progress once
//              more; `delivered`, `refused` and `given_up` settle it, and the next of its key may be listed
//
// Delivery is at least once: a receiver whose answer is lost gets the effect again with the next attempt, and one that
// was being told when the process ended (between begin() and end()) gets it again after the start. Each time it is the
// same id, by which a receiver drops repeats.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "stream/effects/effect.hpp"

namespace weir::effects {

struct TargetKey {
  std::string workspace;
  std::string name;

  friend auto operator<=>(const TargetKey&, const TargetKey&) = default;
};

/// How far an effect is. Kept beside it, so that a restart goes on where it was.
struct Progress {
  std::uint32_t attempts = 0;  // that were begun
  Time since;                  // it could have been sent for the first time: its commit, or the end of the one before
  Time due;                    // not before; at first `since`
  Duration wait{};             // that `due` lies behind the attempt before it: bounds what a clock set back can do

  friend bool operator==(const Progress&, const Progress&) = default;
};

/// An effect in the outbox.
struct Due {
  std::string place;  // the outbox's own name of it (shard and row), at most 1 KiB; handed back as it is
  Effect effect;
  Progress progress;
};

enum class Outcome : std::uint8_t {
  delivered,
  again,     // after Progress::due
  refused,   // for good: the receiver will never take it, or there is no such target
  given_up,  // it was tried for as long as is promised
};

std::string_view name_of(Outcome outcome);

/// What is kept of an attempt, and shown in `/v1/deliveries`.
struct AttemptRecord {
  std::uint32_t number = 0;  // from 1; 0: it ended without an attempt
  Time began;                // by the wall clock
  Duration took{};
  std::uint32_t status = 0;  // of HTTP or SMTP; 0: no answer
  std::string detail;        // why it failed, for people; at most 256 bytes, without secrets
  std::string answer;        // its first 1 KiB, UTF-8

  friend bool operator==(const AttemptRecord&, const AttemptRecord&) = default;
};

struct Ending {
  Outcome outcome = Outcome::again;
  Progress progress;  // from now on, where it is to be tried again
  AttemptRecord record;
};

/// The stored forms, each with a version byte; errors of decoding: state_format.
std::string encode_progress(const Progress& progress);
Result<Progress> decode_progress(std::string_view bytes);
std::string encode_record(const AttemptRecord& record);
Result<AttemptRecord> decode_record(std::string_view bytes);

class Outbox {
 public:
  /// Whether the attempt may be made. no: the effect is not there any more (its case was erased, its shard moved).
  using Begun = std::function<void(Result<bool>)>;
  using Ended = std::function<void(Result<void>)>;

  virtual ~Outbox() = default;

  /// Targets that have any effect, due or not. Called at the start and after Deliverer::wake_all().
  virtual Result<std::vector<TargetKey>> targets() = 0;

  /// The first effects of the target in the order of (due, place), due or not, at most `count` and about `bytes_max`.
  /// Of several effects of one key only the oldest is listed, and the next one when it is settled: a resolve must not
  /// overtake its trigger. What begin() or end() answered shows in calls after the answer. On the deliverer's thread,
  /// often: O(count), from a snapshot.
  virtual Result<std::vector<Due>> due(const TargetKey& target, std::size_t count, std::size_t bytes_max) = 0;

  /// Makes it durable that attempt number `attempt` is about to be made. Of the first attempt the ledger must say so
  /// before the answer; later ones may be answered before they are durable. The answer comes on any thread, once, also
  /// from within the call; an error leaves the effect as it was, to be tried later.
  virtual void begin(const Due& due, std::uint32_t attempt, Begun answer) = 0;

  /// Makes durable what came of it: of `again` the progress, else that it is settled; the record in either case. The
  /// answer as begin()'s; an error means that the outbox is no longer the owner, and the effect is let go.
  virtual void end(const Due& due, const Ending& ending, Ended answer) = 0;
};

}  // namespace weir::effects
