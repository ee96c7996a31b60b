// Takes effects from the outbox to their receivers: what the deliverer's thread does, without the thread.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schemas/base/clock.hpp"
#include "schemas/base/fair_queue.hpp"
#include "state/http/exchanges.hpp"
#include "stream/effects/breaker.hpp"
#include "stream/effects/conversation.hpp"
#include "stream/effects/outbox.hpp"
#include "stream/effects/targets.hpp"
#include "stream/log/record_publisher.hpp"

namespace weir::effects {

struct DispatcherOptions {
  std::size_t at_once_max = 128;
  std::size_t at_once_per_target = 8;
  // To targets whose last attempt failed: however many of them hang, the rest is left to those that work.
  std::size_t at_once_in_trouble = 64;
  std::size_t bytes_max = std::size_t{16} << 20;  // of effects in hand; one is always taken
  BreakerOptions breaker;
  Clock::Steady again_after_error = std::chrono::seconds{1};  // of the outbox
  Clock::Steady limited_for = std::chrono::seconds{30};       // where a receiver does not say for how long
};

/// Totals since the start, but for the last three. Any thread reads them.
struct DeliveryFigures {
  std::atomic<std::uint64_t> attempts{0};
  std::atomic<std::uint64_t> delivered{0};
  std::atomic<std::uint64_t> failed{0};    // attempts after which the effect is tried again, or given up
  std::atomic<std::uint64_t> refused{0};   // effects
  std::atomic<std::uint64_t> given_up{0};  // effects
  std::atomic<std::uint64_t> redated{0};   // effects, after the wall clock was set back
  std::atomic<std::uint64_t> outbox_errors{0};
  std::atomic<std::uint64_t> in_hand{0};
  std::atomic<std::uint64_t> bytes_in_hand{0};
  std::atomic<std::uint64_t> targets_held{0};  // whose breaker is open
};

/// Answers of the outbox and of the publisher, and wake-ups, from any thread to the dispatcher's. Outlives the
/// dispatcher as long as anybody may still answer; then nobody listens. Bounded by what is in hand and by the number of
/// targets.
class Inbox {
 public:
  struct Answer {
    std::uint64_t ticket;
    Result<bool> result;  // of begin(); of end(), and of a record that was published: true, or the error
  };
  struct Content {
    std::vector<Answer> answers;
    std::set<TargetKey> woken;
    bool all_woken = false;
  };

  explicit Inbox(http::Exchanges& exchanges) : exchanges_(&exchanges) {}
  void put(Answer answer);
  void wake(const TargetKey& target);
  void wake_all();
  Content take();
  void close();

 private:
  std::mutex mutex_;  // of all below: held for moments
  http::Exchanges* exchanges_;
  Content content_;
};

/// One thread, but for figures() and what goes through the inbox. Per target effects are begun in the outbox's order;
/// targets, and workspaces, in turn. Attempts that end as nobody can know (the process stops) are not reported.
class Dispatcher {
 public:
  /// All outlive it; `inbox` is where exchanges' thread is woken through.
  Dispatcher(Outbox& outbox, Targets& targets, http::Exchanges& exchanges, log::RecordPublisher& publisher,
             const Clock& clock, const DispatcherOptions& options = {});
  ~Dispatcher();

  /// Hears answers, begins what can begin. -> when to call again although nothing happened. O(what happened).
  Clock::Steady step();
  /// What the exchanges say has ended.
  void take(std::vector<http::Exchanges::Ended> ended);
  /// Begins nothing more.
  void close() { closed_ = true; }
  /// Nothing is under way.
  bool idle() const { return in_hand_.empty(); }

  Inbox& inbox() { return *inbox_; }
  const DeliveryFigures& figures() const { return figures_; }

 private:
  enum class Stage : std::uint8_t { beginning, sending, ending };
  struct Line;
  struct InHand;
  using Ticket = std::uint64_t;

  void hear(const Inbox::Answer& answer);
  void look_at(const TargetKey& key);
  void look_again(Line& line, Clock::Steady at);
  void look_at_all();
  void look_at_what_is_due(Clock::Steady steady);
  Line* next_line();
  bool begin_one(Line& line);
  std::optional<Due> next_of(Line& line);
  void know(Line& line, const KnownTarget& known);
  void begin(Line& line, Due due, KnownTarget known);
  void send(Ticket ticket, InHand& one);
  void publish(Ticket ticket, const InHand& one, const KafkaTopic& topic);
  void conclude(Ticket ticket, InHand& one, const Verdict& verdict, const http::Answer& answer);
  void judge_line(Line& line, const Verdict& verdict);
  Ending ending_of(const Due& due, const Verdict& verdict);
  void settle(Line& line, Due due, const Ending& ending);
  void end(Ticket ticket, InHand& one, const Ending& ending);
  void let_go(Ticket ticket);
  void forget_if_idle(const Line& line);
  std::pair<Ticket, InHand&> take_in_hand(Line& line, Due due, Stage stage);
  Time now() const;

  Outbox& outbox_;
  Targets& targets_;
  http::Exchanges& exchanges_;
  log::RecordPublisher& publisher_;
  const Clock& clock_;
  const DispatcherOptions options_;
  // The wall clock as it was at the start, carried on by the steady one: no later jump of it makes effects due.
  const Time start_;
  const Clock::Steady steady_start_;
  const std::shared_ptr<Inbox> inbox_;
  DeliveryFigures figures_;

  std::map<TargetKey, std::unique_ptr<Line>> lines_;
  FairQueue<TargetKey> ready_;  // to be looked at; each target once
  std::multimap<Clock::Steady, TargetKey> later_;
  std::optional<Clock::Steady> all_later_;
  std::deque<TargetKey> held_;  // in trouble, until another one in trouble ends; each target once
  std::map<Ticket, std::unique_ptr<InHand>> in_hand_;
  std::set<std::string> places_;  // of what is in hand
  Ticket next_ticket_ = 1;
  std::size_t bytes_ = 0;
  std::size_t in_trouble_ = 0;  // of what is in hand
  bool closed_ = false;
};

}  // namespace weir::effects
