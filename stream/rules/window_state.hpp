// One window over the events of one key: what it holds, and what it comes to. A pure function of its events in the
// order of time, and of the time that passed.
#pragma once

#include "stream/rules/temporal.hpp"

namespace weir::rules {

/// A window whose values are asked for has no result while it holds more events than this.
inline constexpr std::size_t window_values_max = 10'000;

/// Not thread-safe. The window outlives it.
class WindowState {
 public:
  explicit WindowState(const Window& window) : window_(&window) {}
  Window::Kind kind() const { return window_->kind; }

  /// An event that the window takes, not before the last. The result, if it completes a window of kind count.
  std::optional<Value> take(Time at, Value value);
  /// When the window at hand ends although nothing happens; of kinds tumbling and session.
  std::optional<Time> due() const;
  /// The result of the window that ends at due(), which is let go. O(events in it).
  Value end();
  /// Of kind sliding: the result at a time that is not before the last event. O(events in it), of a count O(1).
  Value result(Time at);
  /// Lets go what no event at `now` or later, and no due(), needs.
  void pass(Time now);
  std::size_t held() const { return times_.size() - first_; }

 private:
  Time oldest() const { return times_[first_]; }
  Value result_before(Time end) const;
  void let_go(std::size_t events);
  /// All up to the time.
  void let_go_until(Time time);

  const Window* window_;
  std::size_t first_ = 0;        // ahead of it all is let go
  std::vector<Time> times_;      // of the events, ascending
  std::vector<Value> values_;    // theirs; of count and rate none
  std::optional<Time> spilled_;  // the last that there was no room for
};

}  // namespace weir::rules
