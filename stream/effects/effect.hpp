// An effect: something that somebody outside is to be told, once, by way of a target.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace weir::effects {

/// What it means to a receiver that keeps incidents. `none`: a message, no incident.
enum class Action : std::uint8_t { none, trigger, acknowledge, resolve };
enum class Severity : std::uint8_t { info, warning, error, critical };

std::string_view name_of(Action action);
std::string_view name_of(Severity severity);

inline constexpr std::size_t effect_id_bytes_max = 128;
inline constexpr std::size_t effect_key_bytes_max = 255;
inline constexpr std::size_t effect_bytes_max = std::size_t{256} << 10;  // as it is stored

struct Effect {
  std::string id;    // 1 to 128 of A-Z, a-z, 0-9, _ and -; the same after every replay, so never made of an offset
  std::string type;  // such as "sla.breached"; 1 to 64 of a-z, 0-9, _, . and -
  Time occurred;
  std::string workspace;
  std::string target;  // its name
  std::string key;     // 1 to 255 bytes; the same for all revisions of a fact. Receivers keep one incident for it
  Action action = Action::none;
  Severity severity = Severity::info;
  std::string title;                                        // one line
  std::string summary;                                      // plain text
  std::vector<std::pair<std::string, std::string>> fields;  // to be shown, in this order
  std::string data;                                         // an object as JSON, or nothing

  friend bool operator==(const Effect&, const Effect&) = default;
};

/// What keeps it from being sent as it is, such as an id that would break a header; empty: nothing. For who makes
/// effects. O(bytes).
std::string fault_of(const Effect& effect);

/// The stored form, with a version byte. decode_effect's error: state_format.
std::string encode_effect(const Effect& effect);
Result<Effect> decode_effect(std::string_view bytes);

}  // namespace weir::effects
