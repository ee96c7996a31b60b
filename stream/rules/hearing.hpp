// The rules in one case, told of its events as time goes by: what windows, sequences and absences need to know of what
// came before. What fires is a pure function of the events in their order and of the last tick.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "stream/rules/book.hpp"
#include "stream/rules/event_facts.hpp"
#include "stream/rules/firing.hpp"
#include "stream/rules/sequence_state.hpp"
#include "stream/rules/window_state.hpp"

namespace weir::rules {

enum class Explaining : bool { no, yes };

/// Not thread-safe; a copy goes on by itself. The book outlives it.
///
/// An instant belongs to what happens in it: what is due at a time is judged behind the events of that time. Events
/// count when they are told, also ahead of the last tick; what time alone decides is told once a tick has reached it.
class Hearing {
 public:
  explicit Hearing(const RuleBook& book, Explaining explaining = Explaining::no);

  /// Whether the event can be told next. Else the case is to be heard anew: it is older than the last, or than what was
  /// decided.
  bool follows(const Event& event) const;
  /// The next event of the case; WEIR_CHECKs follows(). What fires is added to `fired` in its order: by time, then
  /// salience, then name. O(attributes + what the event concerns, and what the case has open).
  void take(const Event& event, std::vector<Firing>& fired);
  /// A tick; one before the last is none.
  void pass(Time now, std::vector<Firing>& fired);

  /// When something may fire although nothing happens. None: never.
  std::optional<Time> next() const;
  /// What windows, sequences, absences and cooldowns hold. 0 once they all have passed.
  std::size_t held() const;

 private:
  class RuleFacts;
  using State = std::variant<WindowState, SequenceState>;
  struct Candidate {
    std::uint32_t entry = 0;
    Firing firing;
  };
  struct Waiting {
    std::uint32_t temporal = 0;  // in its rule
    Time due;
    std::optional<Truth> truth;  // nothing: it is open
  };
  /// An event that is not decided yet.
  struct Pending {
    Condition left;
    Firing firing;
    std::vector<Waiting> absences;
  };
  struct PendingPlace {
    std::uint32_t entry = 0;
    std::uint64_t number = 0;
    friend auto operator<=>(const PendingPlace&, const PendingPlace&) = default;
  };
  struct Memory {
    std::set<std::string> once;  // values that it fired for
    std::optional<Time> quiet_until;
  };

  void feed(const Event& event);
  void feed_sequence(std::uint32_t temporal, SequenceState& state, const Event& event);
  void learn_of(const Event& event, std::vector<Candidate>& candidates);
  void judge(std::uint32_t entry, const Event& event, std::vector<Candidate>& candidates);
  void wait(std::uint32_t entry, Condition left, Firing firing, Time at);
  void decide(PendingPlace place, Time at, bool by_time, std::vector<Candidate>& candidates);
  void learn_by_time(Time at, std::vector<Candidate>& candidates);
  void forget_due(PendingPlace place, Time due);
  std::optional<Firing> firing_of(std::uint32_t entry, const RuleFacts& facts, Trigger trigger, Time at) const;

  std::optional<Time> due() const;
  void run_until(Time end);
  void run(Time due);
  void end_states(Time due);
  void tell(std::vector<Candidate> candidates, Time at, std::vector<Firing>& fired);
  bool may_fire(const Candidate& candidate, std::set<std::string>& groups);
  void let_go(Time now);

  const RuleBook* book_;
  Explaining explaining_;
  EventFacts facts_;
  std::map<std::uint32_t, State> states_;                              // by temporal; those that hold something
  std::map<std::uint32_t, std::map<std::uint64_t, Pending>> pending_;  // by entry, in the order of their events
  std::multimap<Time, PendingPlace> dues_;                             // of absences that are open
  std::uint64_t next_pending_ = 0;
  std::map<std::string, Memory> memories_;             // by rule
  std::unordered_map<std::uint32_t, Seen> completed_;  // temporals that stand at this instant
  std::vector<Firing> ahead_;                          // that time decided, ahead of the last tick
  std::optional<Time> last_event_;
  std::optional<Time> tick_;
  std::optional<Time> decided_;       // what happens up to then comes too late
  std::vector<std::uint32_t> found_;  // scratch
};

}  // namespace weir::rules
