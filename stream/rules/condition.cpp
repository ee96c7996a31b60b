#include "stream/rules/condition.hpp"

#include <algorithm>

#include "stream/rules/condition_node.hpp"

namespace weir::rules {
namespace {

bool asks_for_event(std::string_view path) { return path != item_path && !path.starts_with("case."); }

/// The facts, and the item of a list.
class ItemFacts final : public Facts {
 public:
  ItemFacts(const Facts& facts, const Value& item) : facts_(facts), item_(item) {}

  Value after(std::string_view path) const override { return path == item_path ? item_ : facts_.after(path); }
  Value before(std::string_view path) const override { return path == item_path ? Value{} : facts_.before(path); }
  const BusinessCalendar* calendar(std::string_view name) const override { return facts_.calendar(name); }

 private:
  const Facts& facts_;
  const Value& item_;
};

Truth near(const Facts& facts, const Value& left, const Value& span) {
  const auto time = left.time(), now = facts.after("timestamp").time();
  if (!time || !now) return Truth::unknown;
  const Duration apart = *time < *now ? *now - *time : *time - *now;
  return truth_of(apart <= Duration{*span.whole()});
}

Truth in_business_time(const Facts& facts, const Value& left, const Value& name) {
  const auto time = left.time();
  const BusinessCalendar* const calendar = facts.calendar(*name.text());
  return time && calendar != nullptr ? truth_of(calendar->is_open(*time)) : Truth::unknown;
}

Truth changed(Op op, const Value& former, const Value& left, const Value& right) {
  if (former == left) return Truth::no;
  return truth_of(op == Op::changed || (op == Op::changed_from ? former == right : left == right));
}

Truth joined(bool all, Truth a, Truth b) { return all ? std::min(a, b) : std::max(a, b); }

}  // namespace

const BusinessCalendar* Facts::calendar(std::string_view) const { return nullptr; }
Seen Facts::temporal(std::size_t) const { return {}; }

Condition Condition::comparison(std::string path, Op op, Value right) {
  auto node = std::make_shared<Node>();
  node->kind = Node::Kind::comparison;
  node->path = std::move(path);
  node->op = op;
  node->right = std::move(right);
  return Condition{std::move(node)};
}

Condition Condition::all(std::vector<Condition> parts) {
  auto node = std::make_shared<Node>();
  node->parts = std::move(parts);
  return Condition{std::move(node)};
}

Truth Condition::Node::compare(const Facts& facts, const Value& left) const {
  if (op == Op::exists || op == Op::missing) return truth_of(left.is_missing() == (op == Op::missing));
  const Value told = right_path.empty() ? Value{} : facts.after(right_path);
  const Value& other = right_path.empty() ? right : told;
  if (op == Op::changed || op == Op::changed_from || op == Op::changed_to) {
    return changed(op, facts.before(path), left, other);
  }
  if (left.is_missing() || other.is_missing()) return Truth::unknown;
  switch (op) {
    case Op::matches:
      return left.text() == nullptr ? Truth::unknown : truth_of(pattern->is_found_in(*left.text()));
    case Op::within:
      return near(facts, left, other);
    case Op::is_business_time:
      return in_business_time(facts, left, other);
    default:
      return compared(op, left, other);
  }
}

Truth Condition::Node::quantify(const Facts& facts, const Value& list) const {
  if (list.list() == nullptr) return Truth::unknown;
  const bool all = kind == Kind::every;
  Truth truth = truth_of(all);
  for (const Value& item : *list.list()) {
    truth = joined(all, truth, parts.front().truth(ItemFacts{facts, item}));
    if (truth == truth_of(!all)) break;
  }
  return truth;
}

Truth Condition::truth(const Facts& facts) const {
  switch (node_->kind) {
    case Node::Kind::negation:
      return opposite(node_->parts.front().truth(facts));
    case Node::Kind::comparison:
      return node_->compare(facts, facts.after(node_->path));
    case Node::Kind::every:
    case Node::Kind::some:
      return node_->quantify(facts, facts.after(node_->path));
    case Node::Kind::temporal:
      return facts.temporal(node_->number).truth.value_or(Truth::unknown);
    case Node::Kind::constant:
      return node_->constant;
    default:
      break;
  }
  const bool all = node_->kind == Node::Kind::all;
  Truth truth = truth_of(all);
  for (const Condition& part : node_->parts) {
    truth = joined(all, truth, part.truth(facts));
    if (truth == truth_of(!all)) break;
  }
  return truth;
}

std::variant<Truth, Condition> Condition::given(const Facts& facts) const {
  using Kind = Node::Kind;
  if (node_->kind == Kind::temporal) {
    const auto seen = facts.temporal(node_->number).truth;
    if (seen) return *seen;
    return *this;
  }
  if (node_->kind != Kind::all && node_->kind != Kind::any && node_->kind != Kind::negation) return truth(facts);
  auto open = std::make_shared<Node>();
  open->kind = node_->kind;
  const bool all = node_->kind == Kind::all;
  Truth known = truth_of(all);
  for (const Condition& part : node_->parts) {
    auto outcome = part.given(facts);
    if (auto* left = std::get_if<Condition>(&outcome)) {
      open->parts.push_back(std::move(*left));
    } else if (node_->kind == Kind::negation) {
      return opposite(std::get<Truth>(outcome));
    } else {
      known = joined(all, known, std::get<Truth>(outcome));
    }
  }
  if (node_->kind == Kind::negation) return Condition{std::move(open)};
  if (open->parts.empty() || known == truth_of(!all)) return known;
  if (known == Truth::unknown) {
    auto constant = std::make_shared<Node>();
    constant->kind = Kind::constant;
    open->parts.push_back(Condition{std::move(constant)});
  }
  return Condition{std::move(open)};
}

bool Condition::asks_for_event() const {
  const auto& parts = node_->parts;
  if (node_->kind == Node::Kind::temporal) return true;
  if (!node_->path.empty() && rules::asks_for_event(node_->path)) return true;
  if (!node_->right_path.empty() && rules::asks_for_event(node_->right_path)) return true;
  return std::any_of(parts.begin(), parts.end(), [](const Condition& part) { return part.asks_for_event(); });
}

void Condition::each_path(const std::function<void(std::string_view)>& tell) const {
  if (!node_->path.empty() && node_->kind != Node::Kind::temporal && node_->path != item_path) tell(node_->path);
  if (!node_->right_path.empty() && node_->right_path != item_path) tell(node_->right_path);
  for (const Condition& part : node_->parts) part.each_path(tell);
}

std::vector<Needs> Condition::needs() const {
  const Node& node = *node_;
  if (node.kind == Node::Kind::temporal) return {{{{}, {}, node.number}}};
  if (node.kind == Node::Kind::comparison) {
    const bool one = node.op == Op::eq || node.op == Op::changed_to;
    if (!node.right_path.empty() || (!one && node.op != Op::in)) return {};
    if (one) return node.right.is_missing() ? std::vector<Needs>{} : std::vector<Needs>{{{node.path, node.right, {}}}};
    Needs any;
    for (const Value& value : *node.right.list()) any.push_back({node.path, value, {}});
    return {std::move(any)};
  }
  std::vector<Needs> found;
  if (node.kind == Node::Kind::all) {
    for (const Condition& part : node.parts) {
      for (Needs& needs : part.needs()) found.push_back(std::move(needs));
    }
  } else if (node.kind == Node::Kind::any) {
    Needs together;
    for (const Condition& part : node.parts) {
      auto needs = part.needs();
      if (needs.empty()) return {};
      together.insert(together.end(), needs.front().begin(), needs.front().end());
    }
    found.push_back(std::move(together));
  }
  return found;
}

}  // namespace weir::rules
