// What a process of the company is: its activities, who does them, and which follows which. A blueprint has no state;
// all that is known of a case is in the case.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/company/chance.hpp"
#include "stream/company/roster.hpp"

namespace weir::company {

/// What is known of a running case. Small: there may be a million.
struct Case {
  std::uint32_t number = 0;
  std::uint32_t amount_cents = 0;
  std::uint16_t events = 0;  // so far
  std::uint8_t process = 0;  // index of its blueprint
  Region region = Region::europe;
  std::uint8_t channel = 0;  // what the blueprint's lists say
  std::uint8_t product = 0;
  std::uint8_t country = 0;
  std::uint8_t tier = 0;
  std::uint8_t priority = 0;  // more goes first
  std::uint8_t rounds = 0;    // of whatever is done over
  std::uint8_t step = 0;      // the activity that it is in or waits for
};

/// One row of a blueprint. Two rows may have the same name: the same activity in other hands.
struct Activity {
  std::string_view name;
  Role role = Role::nobody;     // whose queue the case waits in
  std::string_view actor = {};  // nobody's work: the resource told
  Span before = {};             // until it can begin (nobody's work: until it is done)
  Span work = {};               // somebody's work: how long it takes
  bool by_day = false;          // nobody's work, but that of people who sleep: 8 to 20 h where the customer is
};

/// Waiting for too long leads elsewhere.
struct Patience {
  Span wait;
  std::uint8_t then;  // step
};

/// Attributes of an event, told in any order.
class Facts {
 public:
  Facts& text(std::string_view name, std::string_view value);
  Facts& number(std::string_view name, std::uint64_t value);
  /// 12345 cents are 123.45.
  Facts& cents(std::string_view name, std::uint64_t value);
  /// Sorted by name.
  std::vector<Attribute> take();

 private:
  std::vector<Attribute> attributes_;
};

class Blueprint {
 public:
  static constexpr std::uint8_t ended = 255;

  virtual ~Blueprint() = default;
  virtual std::string_view process() const = 0;
  /// What ids of cases begin with.
  virtual std::string_view prefix() const = 0;
  virtual std::span<const Activity> activities() const = 0;
  /// The names of activities after which a case is over.
  virtual std::vector<std::string> ends() const = 0;
  /// Cases a day, of the three regions together, on an ordinary day.
  virtual unsigned cases_a_day() const = 0;
  /// How much of the ordinary load each day of the week (Monday first) and each hour of the customer's day bring.
  virtual std::span<const unsigned, 7> weekday_percent() const = 0;
  virtual std::span<const unsigned, 24> hour_percent() const = 0;
  /// The same for so many days after the company's first; at most season_percent_max.
  virtual unsigned season_percent(unsigned) const { return 100; }
  static constexpr unsigned season_percent_max = 125;

  /// Draws what a new case is; its first step is 0.
  virtual void open(Case& one, Chance& chance) const = 0;
  /// The step after the one that was just done, or `ended`.
  virtual std::uint8_t after(Case& one, Chance& chance, Time now) const = 0;
  virtual std::optional<Patience> patience(const Case&) const { return std::nullopt; }
  /// A step that goes on beside the one that was just done, if any.
  virtual std::optional<std::uint8_t> beside(const Case&) const { return std::nullopt; }
  /// What the event of the step that was just done tells.
  virtual void tell(const Case& one, Chance& chance, Facts& facts) const = 0;
};

std::unique_ptr<Blueprint> support_desk();
/// From `fraud_check_since` on, orders that look risky wait for a check: the drift that there is to discover.
std::unique_ptr<Blueprint> orders(Time fraud_check_since);
std::unique_ptr<Blueprint> loans();

/// One of several ways on, each as often as its weight says.
struct Way {
  unsigned weight;
  std::uint8_t to;  // step, or Blueprint::ended
};
std::uint8_t choose(Chance& chance, std::initializer_list<Way> ways);

/// The name of a country of the region, and which of its five a customer is from.
std::string_view country_of(Region region, std::uint8_t country);
std::uint8_t draw_country(Chance& chance);

}  // namespace weir::company
