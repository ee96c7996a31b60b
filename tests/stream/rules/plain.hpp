// The rule language judged anew from its meaning, by plain loops over the whole history for every instant: no state, no
// index, nothing of stream/rules but the names of kinds. Time is in whole minutes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stream/rules/temporal.hpp"

namespace weir::rules::plain {

struct Happening {
  int at = 0;
  int activity = 0;         // 'a' + this
  std::optional<double> n;  // attr.n
  std::optional<int> s;     // attr.s, a text
};

struct Filter {
  std::vector<int> activities;  // none: any
  std::optional<int> least;     // attr.n >= least
};

struct Step {
  std::optional<Filter> never;
  Filter event;
};

struct Node {
  enum class Kind { all, any, negation, number, said, window, sequence, absent };
  Kind kind = Kind::number;
  std::vector<Node> parts;
  Op op = Op::eq;    // of number (attr.n) and window
  double value = 0;  // of number, said (case.attr.s) and window
  Filter filter;     // of window and absent
  Window::Kind window = Window::Kind::sliding;
  Aggregate aggregate = Aggregate::count;  // of attr.n
  int span = 1;                            // for, gap, within
  int size = 1;
  std::vector<Step> steps;
  std::optional<Filter> never_after;
  Sequence::Contiguity contiguity = Sequence::Contiguity::relaxed;
  bool skip_past = true;
};

enum class Once { always, per_case, per_number };

/// One version of a rule; those of one name ascend by `from` and stand side by side.
struct Rule {
  std::string name;
  std::optional<int> from;  // none: since ever
  bool is_there = true;
  int salience = 0;
  std::string xor_group;
  std::vector<int> on;
  Node when;
  Once once = Once::always;
  int cooldown = 0;
  bool dry_run = false;
};

struct Firing {
  int at = 0;
  std::string rule;
  std::optional<int> version;
  std::optional<int> event;  // by place
  std::optional<int> due;

  friend bool operator==(const Firing&, const Firing&) = default;
};

/// `events` ascend by time.
std::vector<Firing> firings(const std::vector<Rule>& rules, const std::vector<Happening>& events, int now);

/// The rule as a document.
std::string document(const Rule& rule);

}  // namespace weir::rules::plain
