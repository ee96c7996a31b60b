// What a condition is made of; for the files that read and judge it.
#pragma once

#include "stream/rules/condition.hpp"
#include "stream/rules/pattern.hpp"

namespace weir::rules {

struct Condition::Node {
  enum class Kind : std::uint8_t { all, any, negation, comparison, every, some, temporal, constant };

  Kind kind = Kind::all;
  std::vector<Condition> parts;  // of all, any, negation; of every and some the one about an item
  std::string path;              // of a comparison, of every and some; of temporal what it is
  Op op = Op::exists;
  Value right;
  std::string right_path;  // empty: `right`
  std::optional<Pattern> pattern;
  std::size_t number = 0;  // of temporal
  Truth constant = Truth::unknown;

  /// Of a comparison with what stands on its left.
  Truth compare(const Facts& facts, const Value& left) const;
  /// Of every and some.
  Truth quantify(const Facts& facts, const Value& list) const;
};

inline constexpr std::string_view item_path = "item";  // what every and some go through

}  // namespace weir::rules
