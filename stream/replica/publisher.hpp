// Publishes the views of one shard that this node owns, on the shard's partition of the views topic: claims a
// generation, sends the whole view from a snapshot, then batches of the rows that changed since. No thread of its own
// (exchange.hpp); never in the way of the shard's task.
//
// Whatever it cannot be sure of (an append that failed, more changes than are kept apart, a claim of another node while
// the shard is still here) it answers with a new generation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "schemas/base/clock.hpp"
#include "stream/log/keyed_topic.hpp"
#include "stream/replica/published_store.hpp"

namespace weir::replica {

struct PublisherOptions {
  std::string address;                                    // where this node answers its fellows
  std::size_t piece_bytes = std::size_t{256} << 10;       // appended at once
  std::size_t flight_bytes = std::size_t{2} << 20;        // appended and not confirmed, about
  std::size_t batch_bytes_max = std::size_t{8} << 20;     // more changes than that are a new generation
  std::size_t bytes_per_second = std::size_t{4} << 20;    // of batches
  Clock::Steady gap = std::chrono::milliseconds{250};     // at least, between two batches and so of one row
  Clock::Steady heartbeat = std::chrono::seconds{1};      // at most, between two marks
  Clock::Steady claim_gap = std::chrono::seconds{5};      // at least, between two claims
  Clock::Steady catch_up_max = std::chrono::seconds{60};  // the first claim waits for the views to catch up
  Clock::Steady retire_gap = std::chrono::seconds{10};    // between two looks at what older generations left
};

/// One thread at a time.
class Publisher {
 public:
  struct Source {
    std::shared_ptr<PublishedStore> state;
    std::function<std::uint64_t()> lag;  // records of the log that the shard's views do not include
    /// The views include all that is shown of the shard now, so that nobody\'s go back when they are published.
    std::function<Result<bool>()> has_caught_up;
    /// Keys of records that generations older than this one left on the topic, behind `after`, ascending.
    std::function<Result<std::vector<std::string>>(std::uint64_t generation, const std::string& after)> obsolete;
  };
  struct Figures {
    std::uint64_t generations = 0;  // claimed
    std::uint64_t rows = 0;         // sent
    std::uint64_t retired = 0;      // records of older generations taken away
  };

  /// `topic` and `clock` outlive it. `wake`: step() has something to do; called from any thread, also once the
  /// publisher is gone.
  Publisher(std::uint32_t shard, log::KeyedTopic& topic, const Clock& clock, PublisherOptions options, Source source,
            std::function<void()> wake);

  /// Does a bounded amount of work. True: there is more at once. Error: of the store, which is final.
  Result<bool> step();
  /// The newest generation that the topic tells of, whoever claimed it.
  void saw(std::uint64_t generation) { newest_seen_ = generation; }

  /// 0: none is claimed at the moment.
  std::uint64_t generation() const { return generation_; }
  const Figures& figures() const { return figures_; }

 private:
  /// What is appended in one generation; told of by the topic's thread.
  struct Flight;
  enum class Phase : std::uint8_t { waiting, claiming, viewing, open, sending };

  bool append(std::vector<log::KeyedRecord> records);
  bool has_room() const;
  void start_over();
  Result<bool> claim();
  bool begin_view();
  Result<bool> send_view();
  bool end_view();
  bool look_for_changes();
  Result<bool> send_changes();
  bool beat();
  Result<bool> retire();

  const std::uint32_t shard_;
  log::KeyedTopic& topic_;
  const Clock& clock_;
  const PublisherOptions options_;
  const Source source_;
  const std::function<void()> wake_;

  Phase phase_ = Phase::waiting;
  std::shared_ptr<Flight> flight_;
  std::uint64_t generation_ = 0;
  std::uint64_t newest_seen_ = 0;
  Clock::Steady claim_at_{};
  Clock::Steady catch_up_until_;
  std::shared_ptr<const store::Snapshot> snapshot_;  // of the view or batch being sent
  std::uint64_t lag_ = 0;                            // as of it
  std::string cursor_;                               // the next row of the view
  std::vector<std::string> keys_;                    // of the batch
  std::size_t at_ = 0;                               // the next of them
  std::uint64_t rows_ = 0;                           // sent of the view or batch
  std::size_t bytes_ = 0;
  std::uint64_t batch_ = 0;   // the last that was ended
  Clock::Steady batch_at_{};  // the next
  Clock::Steady mark_at_{};   // the last
  Clock::Steady retire_at_{};
  std::string retired_up_to_;
  Figures figures_;
};

}  // namespace weir::replica
