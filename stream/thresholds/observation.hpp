// What the log carries of thresholds: what was measured, whenever that changes how one stands. On the partition of the
// threshold's name, so that its task knows how it stood, also after its state was made again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace weir::thresholds {

/// The payload of a record of log::Kind::observation.
struct Observation {
  std::string threshold;        // its name
  Time version;                 // since when the version holds by which it was measured
  std::uint64_t number = 1;     // one more than Standing::number as it was found: of two who observe the first counts
  Time at;                      // wall clock of who measured
  std::optional<double> value;  // in the measure's unit; none: there was nothing to measure

  friend bool operator==(const Observation&, const Observation&) = default;
};

std::string encode(const Observation& observation);
/// Error: state_format.
Result<Observation> decode_observation(std::string_view bytes);

/// The partition that keeps the threshold, and whose owner measures it.
std::uint32_t partition_of(std::string_view threshold, std::uint32_t partitions);

}  // namespace weir::thresholds
