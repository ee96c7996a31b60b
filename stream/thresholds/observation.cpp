#include "stream/thresholds/observation.hpp"

#include <bit>

#include "state/format/codec.hpp"
#include "stream/log/partitioner.hpp"

namespace weir::thresholds {
namespace {

constexpr std::uint8_t version = 1;

}  // namespace

std::string encode(const Observation& observation) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(observation.threshold);
  out.signed_number(to_micros(observation.version));
  out.number(observation.number);
  out.signed_number(to_micros(observation.at));
  out.byte(observation.value ? 1 : 0);
  if (observation.value) out.fixed64(std::bit_cast<std::uint64_t>(*observation.value));
  return bytes;
}

Result<Observation> decode_observation(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) in.refuse();
  Observation observation;
  observation.threshold = in.text();
  observation.version = from_micros(in.signed_number());
  observation.number = in.number();
  observation.at = from_micros(in.signed_number());
  if (in.byte() == 1) observation.value = std::bit_cast<double>(in.fixed64());
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the record of an observation cannot be read"};
  return observation;
}

/// No process has an empty name, so no case lies there by the same key.
std::uint32_t partition_of(std::string_view threshold, std::uint32_t partitions) {
  return log::partition_of("", threshold, partitions);
}

}  // namespace weir::thresholds
