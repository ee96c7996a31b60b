// Applies cases as a whole: what a batch answers. Used by everything that reads a snapshot or a file: filtered queries,
// the self-check, weir discover. The same fold and the same operators as the live engine's.
#pragma once

#include <string_view>
#include <vector>

#include "stream/dataflow/completion.hpp"

namespace weir::dataflow {

/// Not thread-safe; keeps its buffers from case to case.
class WholeCase {
 public:
  void begin() {
    steps_.clear();
    paused_.clear();
    clocks_.clear();
    summary_ = {};
    carry_ = {};
  }
  /// The next event in trace order; for `paused` µs of it nobody worked.
  void add(const Names& names, NameId activity, NameId resource, std::int64_t began, std::int64_t ended,
           std::int64_t paused = 0) {
    steps_.push_back(advance(carry_, activity, resource, began, ended));
    add_to(summary_, steps_.back(), names.hash(activity));
    if (paused == 0) return;
    paused_.resize(steps_.size());
    paused_.back() = paused;
  }
  /// The length of the union of the service intervals, where pauses make it another than the fold says. After the last
  /// add().
  void set_busy(std::int64_t micros) { summary_.busy = micros; }
  /// How it stands under SLA policies. After begin().
  void set_clocks(ClockTallies clocks) { clocks_ = std::move(clocks); }
  bool empty() const { return steps_.empty(); }
  /// The facts of the case as it stands. O(n log n).
  CaseFacts facts(const Completion& completion);
  /// The same as it was judged before.
  CaseFacts facts(const Judgement& judgement);
  /// Adds the case, whose facts these are, to `views`. Not to be called for an empty case.
  void apply(std::string_view case_id, const CaseFacts& facts, const Operators& operators, Views& views);
  /// The change that apply() gives to every operator, for a caller who chooses among them.
  void hand_over(std::string_view case_id, const CaseFacts& facts, const std::function<void(const CaseChange&)>& take);
  /// Takes out of `views` what apply() with these facts added. Not for a case with pauses, nor to be called twice.
  void retract(std::string_view case_id, const CaseFacts& facts, const Operators& operators, Views& views);
  /// Adds the case to `views`. Not to be called for an empty case.
  void apply(std::string_view case_id, const Completion& completion, const Operators& operators, Views& views);

  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
  ClockTallies clocks_;
  std::vector<std::int64_t> paused_;  // empty, or one for each of the first steps
  Summary summary_;
  Carry carry_;
  std::vector<Occurrences> activities_;
  std::vector<Occurrences> edges_;
};

/// How often each activity and each edge occurs in `steps`, as `after`. O(n log n).
void count_occurrences(const std::vector<Step>& steps, std::vector<Occurrences>& activities,
                       std::vector<Occurrences>& edges);
/// Activities that occur more than once.
std::int64_t rework_of(const std::vector<Occurrences>& activities);

}  // namespace weir::dataflow
