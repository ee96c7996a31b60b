// What people do about an alert. On the partition of its case, so that it is in one order with the case's events.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace weir::alerts {

enum class Deed : std::uint8_t { acknowledge = 1, resolve = 2 };

/// The payload of a record of log::Kind::command.
struct Command {
  Deed deed = Deed::acknowledge;
  std::string process;
  std::string case_id;
  std::string alert;  // AlertName::text()
  std::string by;     // who: auth::Credential::actor()
  std::string note;   // may be empty
  Time time;          // wall clock of who appends it

  friend bool operator==(const Command&, const Command&) = default;
};

std::string encode(const Command& command);
/// Error: state_format.
Result<Command> decode_command(std::string_view bytes);

/// A command as its case has it.
struct Done {
  Deed deed = Deed::acknowledge;
  std::string alert;
  std::string by;
  std::string note;
  Time at;

  friend bool operator==(const Done&, const Done&) = default;
};

/// All that people did about the alerts of one case, in the order of the log.
class Commands {
 public:
  static constexpr std::size_t commands_max = 1'000;

  const std::vector<Done>& all() const { return done_; }
  bool empty() const { return done_.empty(); }
  /// Of one alert, in the same order.
  std::vector<Done> of(std::string_view alert) const;

  /// `tick`: the last before it. It counts as done no earlier than that, nor than the command before it, so that
  /// nothing is undone which was told by then. False: there are too many. Pure.
  bool take(const Command& command, Time tick);

  /// Forgets those of other alerts than these, by their names: they are not kept any more.
  void keep_only(std::span<const std::string> alerts);

  /// About what it takes in memory besides itself.
  std::size_t bytes() const;
  friend bool operator==(const Commands&, const Commands&) = default;

 private:
  friend std::string encode(const Commands& commands);
  friend Result<Commands> decode_commands(std::string_view bytes);

  std::vector<Done> done_;  // ascending by time
};

std::string encode(const Commands& commands);
/// Error: state_format.
Result<Commands> decode_commands(std::string_view bytes);

}  // namespace weir::alerts
