// One sequence over the events of one key: how far it has come. A pure function of its events in their order, and of
// the time that passed.
#pragma once

#include <set>

#include "stream/rules/temporal.hpp"

namespace weir::rules {

/// Not thread-safe. The sequence outlives it. Of all that came equally far the latest beginning is kept, for whatever
/// completes another completes it too: O(steps) memory, but for matches that wait for an absence at the end.
class SequenceState {
 public:
  explicit SequenceState(const Sequence& sequence) : sequence_(&sequence), began_(sequence.steps.size()) {}

  /// The next event of the key, whatever it is, not before the last. True: it completes a match. O(steps).
  bool take(const Event& event, const Facts& facts);
  /// When the first of the matches that wait for an absence at their end is complete.
  std::optional<Time> due() const;
  /// They are.
  void end();
  /// Lets go what no event at `now` or later, and no due(), needs.
  void pass(Time now);
  std::size_t held() const;

 private:
  bool advance(std::size_t step, const Event& event, const Facts& facts);
  void let_go();

  const Sequence* sequence_;
  std::vector<std::optional<Time>> began_;  // [i]: of what has come as far as i steps; [0] is not used
  std::set<Time> waiting_;                  // when they are complete
};

}  // namespace weir::rules
