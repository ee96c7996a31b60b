// The fold over a trace from which every operator's figures come: for each event the facts that hang on its place in
// the case (its predecessor, its waiting time …). A step depends on the events before it only through the Carry, so a
// long trace is folded piece by piece, and a change re-folds only the pieces whose carry it changes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stream/dataflow/trace.hpp"
#include "stream/dataflow/variant_hash.hpp"

namespace weir::dataflow {

/// What one event of a case contributes. Times in µs (reference process-mining B2-B4).
struct Step {
  NameId activity = no_name;
  NameId resource = no_name;
  NameId previous_activity = no_name;  // no_name: the first event of the case
  NameId previous_resource = no_name;
  std::int64_t began = 0;
  std::int64_t ended = 0;
  std::int64_t gap = 0;      // began - previous ended, not below 0: the edge's duration
  std::int64_t waiting = 0;  // began - enabled
  std::int64_t busy = 0;     // what this event adds to the union of service intervals
  bool overlaps = false;     // began before the previous ended

  std::int64_t service() const { return ended - began; }
  std::int64_t sojourn() const { return ended - began + waiting; }
  friend bool operator==(const Step&, const Step&) = default;
};

/// All that later events need to know of the earlier ones.
struct Carry {
  NameId activity = no_name;
  NameId resource = no_name;
  bool first = true;
  std::int64_t previous_ended = 0;
  std::int64_t enabled = 0;        // latest end so far that is not after the last event's begin; else the case's start
  std::int64_t covered_until = 0;  // end of the union of service intervals
  std::vector<std::int64_t> running;  // ends after the last event's begin, ascending

  friend bool operator==(const Carry&, const Carry&) = default;
};

/// What a piece of a trace adds up to; the pieces of a case compose in order.
struct Summary {
  std::int64_t events = 0;
  std::int64_t first_began = 0;
  std::int64_t last_ended = 0;  // the greatest, not that of the last event
  std::int64_t busy = 0;
  std::int64_t overlaps = 0;
  std::int64_t self_loops = 0;
  NameId first_activity = no_name;
  NameId last_activity = no_name;
  VariantHash variant;

  void append(const Summary& next);
  friend bool operator==(const Summary&, const Summary&) = default;
};

/// Folds `entries` (in trace order) on from `carry`; one step per entry is appended to `steps`. O(n log running).
Summary fold(std::span<const Entry> entries, const Names& names, Carry& carry, std::vector<Step>& steps);

/// One event: the piece that fold() repeats. Public for readers that hold no Entry (weir discover).
Step advance(Carry& carry, NameId activity, NameId resource, std::int64_t began, std::int64_t ended);
void add_to(Summary& summary, const Step& step, const Hash128& activity);

}  // namespace weir::dataflow
