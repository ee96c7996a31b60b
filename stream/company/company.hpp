// A company that does not exist: a support desk, orders and loans, simulated event by event. What happens is a function
// of the seed, the begin and the load that it was given when; not of how often it is asked. There is no clock and no
// thread. Memory: the cases that are running, about 100 bytes each.
//
// People with working hours in their own zones take cases from queues, the urgent first; cases are handed over, done
// over, escalated and cancelled. Half of it can be found out with a process miner: day 18 brings a check for fraud into
// the orders, which makes them wait and, at one warehouse, go in circles.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"
#include "stream/company/blueprint.hpp"
#include "stream/company/demand.hpp"
#include "stream/company/roster.hpp"

namespace weir::company {

inline constexpr Duration history = std::chrono::days{28};
inline constexpr Duration drift_after = std::chrono::days{18};

/// For one thread.
class Company {
 public:
  /// Error: unknown_zone, on a machine without the IANA database.
  static Result<std::unique_ptr<Company>> found(std::uint64_t seed, Time begin);

  /// The next event with a timestamp up to `until`, in order of their timestamps; nothing: there is none as yet. Events
  /// have ids, and attributes where a customer would want to filter. O(log running cases).
  std::optional<Event> next(Time until);

  /// From `at` on, which must not lie before the last `until`, so many customers come, in percent of the ordinary
  /// number; and as times it is that, each person works on as many cases at once, so that queues stay what they were.
  /// load_percent > 0.
  void set_load(Time at, unsigned load_percent);

  std::size_t running() const { return slots_.size() - free_.size(); }
  const std::vector<std::unique_ptr<Blueprint>>& blueprints() const { return blueprints_; }
  const std::vector<Person>& people() const { return people_; }

 private:
  enum class Kind : std::uint8_t { arrival, load, shift, ready, done, impatient, beside };

  struct Planned {
    Time at;
    std::uint64_t number;  // what was planned first happens first
    Kind kind;
    std::uint8_t step;      // impatient, beside
    std::uint32_t subject;  // a stream of customers, a person, a slot; of load: percent
    std::uint32_t turn;     // of the slot, or of the streams

    friend bool operator>(const Planned& a, const Planned& b) {
      return a.at != b.at ? a.at > b.at : a.number > b.number;
    }
  };
  /// Where a running case is kept. `turn` changes with all that happens to it, so that what was planned for another
  /// turn is void.
  struct Slot {
    Case one;
    std::uint32_t turn = 0;
    std::uint32_t first_turn = 0;  // of this case
    std::uint32_t person = 0;      // who works on it
    Time began{};
    bool used = false;
  };
  struct Waiting {
    std::uint8_t priority;
    std::uint64_t number;
    std::uint32_t slot, turn;

    friend bool operator<(const Waiting& a, const Waiting& b) {
      return a.priority != b.priority ? a.priority < b.priority : a.number > b.number;
    }
  };
  struct Team {
    std::vector<std::uint32_t> people;
    std::priority_queue<Waiting> queue;
    std::size_t asked_first = 0;  // so that work goes round
  };
  struct Duty {
    Time until{};
    unsigned busy_hands = 0;
  };

  Company(std::uint64_t seed, Time begin, std::vector<Person> people, std::vector<Zone> zones);
  void plan(Time at, Kind kind, std::uint32_t subject, std::uint32_t turn = 0, std::uint8_t step = 0);
  std::optional<Event> happen(const Planned& planned);
  void arrive(std::uint32_t stream);
  void change_load(unsigned load_percent);
  void begin_shift(std::uint32_t person);
  std::optional<Event> become_ready(std::uint32_t slot);
  void wait(std::uint32_t slot);
  void take_work(std::uint32_t person);
  Event finish(std::uint32_t slot);
  Event finish_step(std::uint32_t slot, std::string_view resource, std::optional<Time> start);
  Event tell(Slot& slot, std::uint8_t step, std::string_view resource, std::optional<Time> start);
  void lead_to(std::uint32_t slot, std::uint8_t step);
  void plan_arrival(std::uint32_t stream);
  Time by_day(Time time, Region region);
  const Activity& activity(const Case& one) const { return blueprints_[one.process]->activities()[one.step]; }
  bool is_current(std::uint32_t slot, std::uint32_t turn) const {
    return slots_[slot].used && slots_[slot].turn == turn;
  }

  Chance chance_;
  Time now_;
  std::vector<std::unique_ptr<Blueprint>> blueprints_;
  std::vector<Zone> zones_;      // of the regions
  std::vector<Demand> demands_;  // of each process and region
  std::vector<Person> people_;
  std::vector<Duty> duties_;  // of the people
  std::vector<Team> teams_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> opened_;  // cases so far, of each process
  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> planned_;
  std::uint64_t plans_ = 0;
  std::uint32_t demand_turn_ = 0;
  unsigned load_percent_ = 100;
};

}  // namespace weir::company
