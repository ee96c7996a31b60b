// What the log carries of effects: that an attempt is about to be made, and what came of it. On the partition of the
// case, so that its task knows what was told, also after its state was made again (design 1, the delivered-ledger).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "stream/effects/outbox.hpp"

namespace weir::alerts {

/// What a target is told: of which notice, and whether it still stands or is taken back.
struct Telling {
  std::string notice;  // its name within the case
  std::string target;
  std::uint32_t revision = 0;  // 0: for the first time
  bool stands = true;
  Time at;  // since when it is so, as it is told

  friend bool operator==(const Telling&, const Telling&) = default;
};

/// The payload of a record of log::Kind::delivery.
struct Delivery {
  enum class Event : std::uint8_t { begun = 1, ended = 2 };

  Event event = Event::begun;
  std::string process;
  std::string case_id;
  Telling telling;
  std::uint32_t attempt = 0;   // its number, from 1; 0 with an end: there was none
  Hash128 sender;              // drawn for this attempt: of two who begin the same one the first in the log may send
  Time time;                   // wall clock of the sender
  std::string effect;          // encode_effect(): what is told, with what begins the first attempt, or ends without one
  effects::Progress progress;  // with a begin as it was listed, with an end from then on
  // With an end:
  effects::Outcome outcome = effects::Outcome::again;
  effects::AttemptRecord record;

  friend bool operator==(const Delivery&, const Delivery&) = default;
};

std::string encode(const Delivery& delivery);
/// Error: state_format.
Result<Delivery> decode_delivery(std::string_view bytes);

}  // namespace weir::alerts
