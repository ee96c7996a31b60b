// What may stand between two values of a condition.
#pragma once

#include <cstdint>
#include <string_view>

#include "stream/rules/value.hpp"

namespace weir::rules {

/// `unknown`: what was asked for is missing, or of a kind that the operator does not compare.
enum class Truth : std::uint8_t { no, unknown, yes };

inline Truth truth_of(bool holds) { return holds ? Truth::yes : Truth::no; }
inline Truth opposite(Truth truth) { return static_cast<Truth>(2 - static_cast<int>(truth)); }

enum class Op : std::uint8_t {
  eq,
  ne,
  lt,
  lte,
  gt,
  gte,
  between,
  in,
  not_in,
  contains,
  not_contains,
  contains_any,
  contains_all,
  starts_with,
  ends_with,
  matches,
  exists,
  missing,
  changed,
  changed_from,
  changed_to,
  before,
  after,
  within,
  is_business_time,
};

/// What stands on its right.
enum class Right : std::uint8_t {
  none,
  one,
  list,
  pair,
  pattern,   // a regular expression
  instant,   // a point in time
  span,      // a duration
  calendar,  // its name
};

struct Operator {
  std::string_view name;
  Op op;
  Right right;
};

/// Null: there is none of this name.
const Operator* operator_of(std::string_view name);
std::string_view name_of(Op op);

/// Of two values that are there, and an operator that needs no more than them; of others `unknown`.
Truth compared(Op op, const Value& left, const Value& right);

}  // namespace weir::rules
