// A process whose cases run under promises, as its shard lives through it: a log, the task that takes it, somebody who
// tells what the outbox holds, and all that may come between. At any moment what is shown and what was told can be held
// to a walk step by step.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "state/memory/memory_store.hpp"
#include "stream/feed/alerts.hpp"
#include "stream/runtime/task.hpp"
#include "tests/stream/sla/promised.hpp"

namespace weir::sla {

/// What did not come out as it should; its text says what.
struct Mismatch {
  std::string what;
};

class ToldWorld {
 public:
  static constexpr int cases = 40;

  ToldWorld(std::uint64_t seed, Duration step, int end);

  /// All of it. Throws Mismatch.
  void run();

  /// What was met on the way.
  struct Met {
    std::uint64_t cycles = 0, breaches = 0, told = 0, corrections = 0, restarts = 0, rebuilds = 0;
  };
  const Met& met() const { return met_; }

 private:
  using Lines = std::vector<std::string>;  // ascending
  /// What a target heard last of a notice.
  struct Heard {
    std::uint32_t revision = 0;
    bool stands = true;
    Time at;
  };
  struct Attempt {
    feed::WaitingRow row;
    alerts::Delivery begun;
  };

  int upto(int most) { return static_cast<int>(random_() % (static_cast<unsigned>(most) + 1)); }
  bool one_in(unsigned n) { return random_() % n == 0; }

  void step();
  void pass_time();
  void post();
  Event draw_event();
  void append(log::Kind kind, std::string value) { log_.push_back({kind, std::move(value)}); }
  void append(const documents::Change& change);

  void open(memory::MemoryStore& store);
  void take_log(std::uint64_t until, bool may_commit);
  void come_to_rest();
  void restart();
  void rebuild();

  /// -> whether there was anything to tell.
  bool tell_some();
  void hear(const Attempt& attempt);

  void audit(unsigned one_case_in);
  Lines shown(const std::set<std::string>& case_ids) const;
  Lines expected(const std::set<std::string>& case_ids, std::map<std::string, Time>& notices);
  void add_expected(const std::string& case_id, std::size_t metric, std::map<std::string, Time>& notices, Lines& lines);
  Lines counted() const;
  void check_told(const std::map<std::string, Time>& notices) const;
  feed::Snapshots snapshots() const { return {store_->snapshot()}; }

  std::mt19937_64 random_;
  const Stage stage_;
  Promised promised_;
  dataflow::Operators operators_;  // that of promises alone
  runtime::TaskOptions options_;
  std::vector<std::shared_ptr<const BusinessCalendar>> calendars_;  // kept, so that a restart need not make them again
  int now_ = 0;
  int declared_ = 0;  // from when the newest version holds
  std::vector<log::Record> log_;
  std::map<std::string, std::vector<Event>> events_;  // by case
  std::vector<Event> sent_;
  std::unique_ptr<memory::MemoryStore> store_;
  std::unique_ptr<runtime::Task> task_;
  std::set<Hash128> counting_;  // senders whose attempt counts
  std::uint64_t senders_ = 0;
  std::map<std::string, std::string> sent_ids_;  // what was told under an id
  std::map<std::string, Heard> heard_;           // by case and notice
  std::map<std::string, std::array<std::int64_t, 6>> tallies_;
  Met met_;
};

}  // namespace weir::sla
