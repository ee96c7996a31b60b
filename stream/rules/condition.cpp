#include "stream/rules/condition.hpp"

#include <algorithm>
#include <array>

namespace weir::rules {
namespace {

constexpr int depth_max = 32;
constexpr int conditions_max = 1'000;
constexpr std::size_t path_bytes_max = 256;

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
  exists,
  missing,
  changed,
  changed_from,
  changed_to,
};

/// What stands on the right of an operator.
enum class Right : std::uint8_t { none, one, list, pair };

struct Operator {
  std::string_view name;
  Op op;
  Right right;
};

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
    Operator{"exists", Op::exists, Right::none},
    Operator{"missing", Op::missing, Right::none},
    Operator{"changed", Op::changed, Right::none},
    Operator{"changed_from", Op::changed_from, Right::one},
    Operator{"changed_to", Op::changed_to, Right::one},
};

Truth truth_of(bool holds) { return holds ? Truth::yes : Truth::no; }
Truth opposite(Truth truth) { return static_cast<Truth>(2 - static_cast<int>(truth)); }

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

Truth within(const Value& left, const Value& right) {
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

/// Of two values that are there.
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
      return within(left, right);
    case Op::not_in:
      return opposite(within(left, right));
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
    default:
      return Truth::unknown;
  }
}

bool asks_for_event(std::string_view path) { return !path.starts_with("case."); }

}  // namespace

struct Condition::Node {
  enum class Kind : std::uint8_t { all, any, negation, comparison };
  Kind kind = Kind::all;
  std::vector<Condition> parts;  // of all, any and negation
  std::string path;
  Op op = Op::exists;
  Value right;
  std::string right_path;  // empty: `right`

  Truth truth(const Facts& facts) const {
    const Value left = facts.after(path);
    if (op == Op::exists || op == Op::missing) return truth_of(left.is_missing() == (op == Op::missing));
    const Value other = right_path.empty() ? right : facts.after(right_path);
    if (op == Op::changed || op == Op::changed_from || op == Op::changed_to) return changed(facts, left, other);
    return left.is_missing() || other.is_missing() ? Truth::unknown : compared(op, left, other);
  }

 private:
  Truth changed(const Facts& facts, const Value& left, const Value& other) const {
    const Value former = facts.before(path);
    if (former == left) return Truth::no;
    return truth_of(op == Op::changed || (op == Op::changed_from ? former == other : left == other));
  }
};

Truth Condition::truth(const Facts& facts) const {
  switch (node_->kind) {
    case Node::Kind::negation:
      return opposite(node_->parts.front().truth(facts));
    case Node::Kind::comparison:
      return node_->truth(facts);
    default:
      break;
  }
  const bool all = node_->kind == Node::Kind::all;
  Truth truth = truth_of(all);
  for (const Condition& part : node_->parts) {
    truth = all ? std::min(truth, part.truth(facts)) : std::max(truth, part.truth(facts));
    if (truth == truth_of(!all)) break;
  }
  return truth;
}

bool Condition::asks_for_event() const {
  if (node_->kind == Node::Kind::comparison) {
    return rules::asks_for_event(node_->path) ||
           (!node_->right_path.empty() && rules::asks_for_event(node_->right_path));
  }
  return std::any_of(node_->parts.begin(), node_->parts.end(),
                     [](const Condition& part) { return part.asks_for_event(); });
}

// ---- the document ---------------------------------------------------------------------------------------------------

struct Condition::Reading {
  const Paths& paths;
  int left = conditions_max;

  std::optional<Condition> read(const DocumentNode& node, int depth) {
    if (depth > depth_max) return node.fault("lies deeper than 32 levels"), std::nullopt;
    if (--left < 0) return node.fault("is one condition more than 1,000"), std::nullopt;
    if (!node.value().is(JsonKind::object)) return node.fault("must be a condition"), std::nullopt;
    auto made = std::make_shared<Node>();
    std::size_t forms = 0;
    bool whole = true, has_value = false;
    const Operator* op = nullptr;
    const auto several = [&](Node::Kind kind) {
      return [&, kind](const DocumentNode& list) {
        ++forms;
        made->kind = kind;
        list.each_item(conditions_max, [&](const DocumentNode& one) { whole = add(*made, one, depth) && whole; });
        if (made->parts.empty() && whole) list.fault("must hold a condition"), whole = false;
      };
    };
    node.object({{"all", several(Node::Kind::all)},
                 {"any", several(Node::Kind::any)},
                 {"not",
                  [&](const DocumentNode& one) {
                    ++forms;
                    made->kind = Node::Kind::negation;
                    whole = add(*made, one, depth) && whole;
                  }},
                 {"path",
                  [&](const DocumentNode& one) {
                    ++forms;
                    made->kind = Node::Kind::comparison;
                    made->path = read_path(one);
                    whole = whole && !made->path.empty();
                  }},
                 {"op", [&](const DocumentNode& one) { whole = (op = read_operator(one)) != nullptr && whole; }},
                 {"value", [&](const DocumentNode& one) {
                    has_value = true;
                    whole = read_right(*made, one) && whole;
                  }}});
    if (forms != 1) return node.fault("must have one of all, any, not and path"), std::nullopt;
    if (made->kind == Node::Kind::comparison) whole = whole && is_complete(*made, node, op, has_value);
    if (!whole) return std::nullopt;
    return Condition{std::move(made)};
  }

 private:
  bool add(Node& made, const DocumentNode& node, int depth) {
    const auto part = read(node, depth + 1);
    if (part) made.parts.push_back(*part);
    return part.has_value();
  }

  static const Operator* read_operator(const DocumentNode& node) {
    std::string scratch;
    const std::string_view name = node.value().is(JsonKind::string) ? node.value().text(scratch) : std::string_view{};
    const auto found =
        std::find_if(operators.begin(), operators.end(), [&](const auto& one) { return one.name == name; });
    if (found != operators.end()) return &*found;
    node.fault("is no operator");
    return nullptr;
  }

  /// Empty: it is none.
  std::string read_path(const DocumentNode& node) const {
    auto path = node.text(path_bytes_max);
    if (!path) return {};
    if (paths.known(*path)) return *std::move(path);
    node.fault("must be one of the paths " + std::string{paths.all});
    return {};
  }

  bool read_right(Node& made, const DocumentNode& node) const {
    if (node.value().is(JsonKind::object)) {
      const std::size_t faults = node.faults();
      node.object({{"path", [&](const DocumentNode& one) { made.right_path = read_path(one); }}});
      if (made.right_path.empty() && node.faults() == faults) node.fault("must be a value or a path");
      return !made.right_path.empty();
    }
    auto value = value_of(node.value());
    if (!value) return node.fault("must be a text, a number, a boolean, null, or a list of them"), false;
    made.right = *std::move(value);
    return true;
  }

  static bool is_complete(Node& made, const DocumentNode& node, const Operator* op, bool has_value) {
    if (op == nullptr) return node.fault("must have an op"), false;
    made.op = op->op;
    if (op->right == Right::none) return !has_value || (node.fault("takes no value with this op"), false);
    if (!has_value) return node.fault("must have a value with this op"), false;
    if (!made.right_path.empty()) return true;
    const auto* list = made.right.list();
    const bool fits = op->right == Right::one    ? list == nullptr
                      : op->right == Right::pair ? list != nullptr && list->size() == 2
                                                 : list != nullptr;
    if (fits) return true;
    node.fault(op->right == Right::one    ? "must have a single value with this op"
               : op->right == Right::pair ? "must have a list of two values with this op"
                                          : "must have a list of values with this op");
    return false;
  }
};

std::optional<Condition> Condition::read(const DocumentNode& node, const Paths& paths) {
  return Reading{paths}.read(node, 0);
}

}  // namespace weir::rules
