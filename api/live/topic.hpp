// One view as all its subscribers see it: the document, its recent deltas as bytes that all share, and who is to be
// woken. A subscriber has no queue: it has a place in the stream, and what lies behind it is told when its connection
// can take it, each delta by itself or, to a slow reader, all as one.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/live/document.hpp"
#include "api/live/question.hpp"
#include "api/live/source.hpp"
#include "api/net/web_socket.hpp"
#include "schemas/base/clock.hpp"

namespace weir::live {

struct TopicLimits {
  std::size_t recent_bytes_max = std::size_t{1} << 20;  // of deltas kept for the slow and for resume
  std::size_t recent_max = 1'024;
  // Beyond, a value channel's reader is told all at once.
  std::size_t apart_max = 8;
  std::size_t apart_bytes_max = 256u << 10;
};

/// The bytes of a message after the subscriber's own beginning; null: there are none.
using Shared = std::shared_ptr<const std::string>;

/// What a subscriber is told next. `shared` goes on where `{"ref":1,"type":"delta",` ends.
struct Told {
  enum class Kind : std::uint8_t { snapshot, recovered, delta, snapshot_required, failed };
  Kind kind = Kind::delta;
  Shared shared;
  bool conflated = false;
  Error error = {};  // of `failed`
};

/// Where a subscriber stands in the topic's stream.
struct Place {
  std::uint64_t seq = 0;
  bool begins = true;  // has been told nothing yet
  std::optional<Standing> resume;
  bool conflate = false;  // told all at once, however little it is
};

/// Thread-safe; follow() and load() one at a time.
class Topic {
 public:
  /// `epoch` is told to no other topic, ever.
  Topic(Question question, std::string epoch, const Clock& clock, TopicLimits limits = {});
  ~Topic();

  const Question& question() const { return question_; }

  // ---- for the threads that compute

  /// Before the first load().
  void set_source(std::unique_ptr<Source> source) { source_ = std::move(source); }
  bool has_source() const { return source_ != nullptr; }
  std::optional<Clock::Steady> poll_interval() const { return source_->poll_interval(); }
  /// Whether subscribers were told something. `later`: a part of it cannot be asked for now; what is held stays, and
  /// load() has to look again.
  enum class Step : std::uint8_t { unchanged, changed, must_load, later, failed };
  /// Brings the view up to date quickly, or says that load() has to. O(changes).
  Step follow();
  /// Brings the view up to date by the whole answer.
  Step load();
  /// The views changed, and follow() has not looked yet.
  void set_pending(bool pending) { pending_ = pending; }

  // ---- for subscribers

  /// `socket` is woken whenever next() may tell more. Gives the number under which to leave.
  std::uint64_t enter(std::shared_ptr<net::WebSocket> socket);
  void leave(std::uint64_t number);
  std::size_t subscribers() const { return subscribers_.load(); }
  /// Nothing is told until the next follow() or load(): what is held may be old.
  void set_stale();

  /// What the subscriber at `place` is told next, if anything; moves the place. O(what is told).
  std::optional<Told> next(Place& place);
  /// next() would tell something. O(1).
  bool has_next(const Place& place) const;

  std::uint64_t seq() const;
  /// What is held is as the views were at this time.
  Time as_of() const { return pending_ ? from_micros(compared_) : clock_.now(); }
  std::size_t size_bytes() const;

 private:
  struct Recent {
    std::uint64_t seq;
    Shared body;
    std::uint64_t end_bytes;  // of all bodies ever kept, up to this one
  };

  Step keep(const Result<bool>& differs, Time began);
  Step fail(const Error& error);
  void keep_recent(const std::optional<std::string>& data);
  void wake_all();
  Told told_snapshot(Place& place);
  std::optional<Told> told_resumed(Place& place);
  bool recent_covers(std::uint64_t seq) const;

  const Question question_;
  const std::string epoch_;
  const Clock& clock_;
  const TopicLimits limits_;
  std::unique_ptr<Source> source_;

  mutable std::mutex mutex_;
  Document document_;      // under mutex_, as all below
  std::uint64_t seq_ = 0;  // 0: nothing was loaded
  bool stale_ = false;
  std::optional<Error> error_;
  std::deque<Recent> recent_;     // oldest first, without gaps, up to seq_
  std::uint64_t kept_bytes_ = 0;  // of all bodies ever kept
  Shared snapshot_;               // of seq_, once somebody asked
  std::map<std::uint64_t, std::shared_ptr<net::WebSocket>> sockets_;
  std::uint64_t next_number_ = 0;

  std::atomic<std::size_t> subscribers_{0};
  std::atomic<std::int64_t> compared_{0};
  std::atomic<bool> pending_{false};
};

}  // namespace weir::live
