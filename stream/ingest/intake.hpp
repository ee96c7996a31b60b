// What becomes of the events of one body: each accepted, seen to repeat another of the body, or refused by its index.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"
#include "schemas/codec/event_json.hpp"
#include "stream/log/log.hpp"

namespace weir::ingest {

struct Rejection {
  std::size_t index = 0;
  Error why;
};

struct Intake {
  std::vector<log::Addressed> records;  // of the accepted ones, in the order of the body
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;  // of an event further up in the body
  std::vector<Rejection> rejected;

  bool all_rejected() const { return accepted + duplicates == 0 && !rejected.empty(); }
};

/// The record of an identified event, for the partition of its case.
log::Addressed address(const Event& event, std::uint32_t partitions);

/// Identifies and addresses the events. An event with the identity of one further up but other content is rejected
/// (id_conflict). O(events).
Intake take_in(std::vector<DecodedEvent> decoded, std::uint32_t partitions);

}  // namespace weir::ingest
