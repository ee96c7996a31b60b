#include "stream/rules/operators.hpp"

#include <algorithm>
#include <array>

namespace weir::rules {
namespace {

constexpr std::array operators{
    Operator{"eq", Op::eq, Right::one},
    Operator{"ne", Op::ne, Right::one},
    Operator{"lt", Op::lt, Right::one},
    Operator{"lte", Op::lte, Right::one},
    Operator{"gt", Op::gt, Right::one},
    Operator{"gte", Op::gte, Right::one},
    Operator{"between", Op::between, Right::pair},
    Operator{"in", Op::in, Right::list},
    Operator{"not_in", Op::not_in, Right::list},
    Operator{"contains", Op::contains, Right::one},
    Operator{"not_contains", Op::not_contains, Right::one},
    Operator{"contains_any", Op::contains_any, Right::list},
    Operator{"contains_all", Op::contains_all, Right::list},
    Operator{"starts_with", Op::starts_with, Right::one},
    Operator{"ends_with", Op::ends_with, Right::one},
    Operator{"matches", Op::matches, Right::pattern},
    Operator{"exists", Op::exists, Right::none},
    Operator{"missing", Op::missing, Right::none},
    Operator{"changed", Op::changed, Right::none},
    Operator{"changed_from", Op::changed_from, Right::one},
    Operator{"changed_to", Op::changed_to, Right::one},
    Operator{"before", Op::before, Right::instant},
    Operator{"after", Op::after, Right::instant},
    Operator{"within", Op::within, Right::span},
    Operator{"is_business_time", Op::is_business_time, Right::calendar},
};

/// An item of a list, or a part of a text.
Truth contains(const Value& left, const Value& right) {
  if (const auto* list = left.list()) return truth_of(std::find(list->begin(), list->end(), right) != list->end());
  if (left.text() == nullptr || right.text() == nullptr) return Truth::unknown;
  return truth_of(left.text()->find(*right.text()) != std::string::npos);
}

Truth contains_each(const Value& left, const Value& right, bool all) {
  if (right.list() == nullptr) return Truth::unknown;
  Truth truth = truth_of(all);
  for (const Value& one : *right.list()) {
    truth = all ? std::min(truth, contains(left, one)) : std::max(truth, contains(left, one));
  }
  return truth;
}

Truth is_in(const Value& left, const Value& right) {
  if (right.list() == nullptr) return Truth::unknown;
  return truth_of(std::find(right.list()->begin(), right.list()->end(), left) != right.list()->end());
}

template <class Holds>
Truth ordered(const Value& left, const Value& right, Holds holds) {
  const auto order = compare(left, right);
  return order ? truth_of(holds(*order)) : Truth::unknown;
}

Truth between(const Value& left, const Value& right) {
  if (right.list() == nullptr || right.list()->size() != 2) return Truth::unknown;
  return std::min(ordered(left, right.list()->front(), [](auto order) { return order >= 0; }),
                  ordered(left, right.list()->back(), [](auto order) { return order <= 0; }));
}

Truth at_end(const Value& left, const Value& right, bool starts) {
  if (left.text() == nullptr || right.text() == nullptr) return Truth::unknown;
  return truth_of(starts ? left.text()->starts_with(*right.text()) : left.text()->ends_with(*right.text()));
}

template <class Holds>
Truth in_time(const Value& left, const Value& right, Holds holds) {
  const auto a = left.time(), b = right.time();
  return a && b ? truth_of(holds(*a, *b)) : Truth::unknown;
}

}  // namespace

const Operator* operator_of(std::string_view name) {
  const auto found =
      std::find_if(operators.begin(), operators.end(), [&](const auto& one) { return one.name == name; });
  return found == operators.end() ? nullptr : &*found;
}

std::string_view name_of(Op op) {
  return std::find_if(operators.begin(), operators.end(), [&](const auto& one) { return one.op == op; })->name;
}

Truth compared(Op op, const Value& left, const Value& right) {
  switch (op) {
    case Op::eq:
      return truth_of(left == right);
    case Op::ne:
      return truth_of(!(left == right));
    case Op::lt:
      return ordered(left, right, [](auto order) { return order < 0; });
    case Op::lte:
      return ordered(left, right, [](auto order) { return order <= 0; });
    case Op::gt:
      return ordered(left, right, [](auto order) { return order > 0; });
    case Op::gte:
      return ordered(left, right, [](auto order) { return order >= 0; });
    case Op::between:
      return between(left, right);
    case Op::in:
      return is_in(left, right);
    case Op::not_in:
      return opposite(is_in(left, right));
    case Op::contains:
      return contains(left, right);
    case Op::not_contains:
      return opposite(contains(left, right));
    case Op::contains_any:
      return contains_each(left, right, false);
    case Op::contains_all:
      return contains_each(left, right, true);
    case Op::starts_with:
      return at_end(left, right, true);
    case Op::ends_with:
      return at_end(left, right, false);
    case Op::before:
      return in_time(left, right, [](Time a, Time b) { return a < b; });
    case Op::after:
      return in_time(left, right, [](Time a, Time b) { return a > b; });
    default:
      return Truth::unknown;
  }
}

}  // namespace weir::rules
