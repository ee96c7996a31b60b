#include "stream/rules/condition_node.hpp"

namespace weir::rules {
namespace {

constexpr int depth_max = 32;
constexpr int conditions_max = 1'000;
constexpr std::size_t path_bytes_max = 256;
constexpr std::size_t calendar_bytes_max = 64;

}  // namespace

struct Condition::Reading {
  const Grammar& grammar;
  int left = conditions_max;
  int items = 0;  // how many of every and some it lies in

  /// One condition while it is read.
  struct Draft {
    std::shared_ptr<Node> made = std::make_shared<Node>();
    int depth = 0;
    int forms = 0;
    bool whole = true;
    bool has_value = false;
    const Operator* op = nullptr;
  };
  using Kind = Node::Kind;

  std::optional<Condition> read(const DocumentNode& node, int depth) {
    if (depth > depth_max) return node.fault("lies deeper than 32 levels"), std::nullopt;
    if (--left < 0) return node.fault("is one condition more than 1,000"), std::nullopt;
    if (!node.value().is(JsonKind::object)) return node.fault("must be a condition"), std::nullopt;
    Draft draft;
    draft.depth = depth;
    // The operator first: it tells what its value may be.
    if (const auto op = node.member("op")) draft.whole = (draft.op = read_operator(*op)) != nullptr;
    const auto several = [&](Kind kind) {
      return [this, &draft, kind](const DocumentNode& list) { read_several(draft, kind, list); };
    };
    const auto quantifier = [&](Kind kind) {
      return [this, &draft, kind](const DocumentNode& one) { read_quantifier(draft, kind, one); };
    };
    const auto temporal = [&](const char* name) {
      return [this, &draft, name](const DocumentNode& one) { read_temporal(draft, name, one); };
    };
    node.object({{"all", several(Kind::all)},
                 {"any", several(Kind::any)},
                 {"not",
                  [&](const DocumentNode& one) {
                    begin(draft, Kind::negation);
                    draft.whole = add(draft, one) && draft.whole;
                  }},
                 {"every", quantifier(Kind::every)},
                 {"some", quantifier(Kind::some)},
                 {"window", temporal("window")},
                 {"sequence", temporal("sequence")},
                 {"absent", temporal("absent")},
                 {"path",
                  [&](const DocumentNode& one) {
                    begin(draft, Kind::comparison);
                    draft.made->path = read_path(one);
                    draft.whole = draft.whole && !draft.made->path.empty();
                  }},
                 {"op", [](const DocumentNode&) {}},
                 value_reader(draft)});
    if (draft.forms != 1) {
      const char* const more = grammar.temporal ? "some, window, sequence, absent" : "some";
      return node.fault(std::string{"must have one of all, any, not, every, "} + more + " and path"), std::nullopt;
    }
    if (draft.made->kind == Kind::comparison) {
      draft.whole = draft.whole && is_complete(draft, node);
    } else if (draft.op != nullptr || draft.has_value) {
      return node.fault("takes an op and a value with a path alone"), std::nullopt;
    }
    if (!draft.whole) return std::nullopt;
    return Condition{std::move(draft.made)};
  }

  std::optional<Condition> read_cell(const DocumentNode& node, const std::string& path) {
    Draft draft;
    begin(draft, Kind::comparison);
    draft.made->path = path;
    if (const auto op = node.member("op")) draft.whole = (draft.op = read_operator(*op)) != nullptr;
    node.object({{"op", [](const DocumentNode&) {}}, value_reader(draft)});
    if (!draft.whole || !is_complete(draft, node)) return {};
    return Condition{std::move(draft.made)};
  }

 private:
  std::pair<std::string_view, DocumentNode::Read> value_reader(Draft& draft) {
    return {"value", [this, &draft](const DocumentNode& one) {
              draft.has_value = true;
              draft.whole = read_right(draft, one) && draft.whole;
            }};
  }

  static void begin(Draft& draft, Kind kind) {
    ++draft.forms;
    draft.made->kind = kind;
  }

  bool add(Draft& draft, const DocumentNode& node) {
    const auto part = read(node, draft.depth + 1);
    if (part) draft.made->parts.push_back(*part);
    return part.has_value();
  }

  void read_several(Draft& draft, Kind kind, const DocumentNode& list) {
    begin(draft, kind);
    list.each_item(conditions_max, [&](const DocumentNode& one) { draft.whole = add(draft, one) && draft.whole; });
    if (!draft.made->parts.empty() || !draft.whole) return;
    list.fault("must hold a condition");
    draft.whole = false;
  }

  void read_quantifier(Draft& draft, Kind kind, const DocumentNode& node) {
    begin(draft, kind);
    node.object({{"of", [&](const DocumentNode& one) { draft.made->path = read_path(one); }},
                 {"where", [&](const DocumentNode& one) {
                    ++items;
                    draft.whole = add(draft, one) && draft.whole;
                    --items;
                  }}});
    const bool is_there = node.member("of") && node.member("where");
    if (!is_there) node.fault("must have an of and a where");
    draft.whole = draft.whole && is_there && !draft.made->path.empty();
  }

  void read_temporal(Draft& draft, const char* name, const DocumentNode& node) {
    begin(draft, Kind::temporal);
    draft.made->path = name;
    draft.whole = false;
    if (!grammar.temporal) return node.fault("is for the conditions of rules alone");
    if (items > 0) return node.fault("must not stand within every or some");
    const auto number = grammar.temporal(name, node);
    draft.whole = number.has_value();
    draft.made->number = number.value_or(0);
  }

  static const Operator* read_operator(const DocumentNode& node) {
    std::string scratch;
    const bool is_text = node.value().is(JsonKind::string);
    const Operator* const found = is_text ? operator_of(node.value().text(scratch)) : nullptr;
    if (found == nullptr) node.fault("is no operator");
    return found;
  }

  /// Empty: it is none.
  std::string read_path(const DocumentNode& node) const {
    auto path = node.text(path_bytes_max);
    if (!path) return {};
    if (grammar.paths.known(*path) || (items > 0 && *path == item_path)) return *std::move(path);
    node.fault("must be one of the paths " + std::string{grammar.paths.all});
    return {};
  }

  bool read_right(Draft& draft, const DocumentNode& node) const {
    Node& made = *draft.made;
    if (node.value().is(JsonKind::object)) {
      const std::size_t faults = node.faults();
      node.object({{"path", [&](const DocumentNode& one) { made.right_path = read_path(one); }}});
      if (made.right_path.empty() && node.faults() == faults) node.fault("must be a value or a path");
      return !made.right_path.empty();
    }
    switch (draft.op == nullptr ? Right::one : draft.op->right) {
      case Right::pattern:
        return read_pattern(made, node);
      case Right::span: {
        const auto span = node.duration();
        if (span) made.right = Value{static_cast<std::int64_t>(span->count())};
        return span.has_value();
      }
      case Right::calendar:
        return read_calendar(made, node);
      default:
        break;
    }
    auto value = value_of(node.value());
    if (!value) return node.fault("must be a text, a number, a boolean, null, or a list of them"), false;
    made.right = *std::move(value);
    if (draft.op == nullptr || draft.op->right != Right::instant || made.right.time()) return true;
    return node.fault("must be a time by RFC 3339 with an offset, or in epoch milliseconds"), false;
  }

  static bool read_pattern(Node& made, const DocumentNode& node) {
    const auto text = node.text(1'000);
    if (!text) return false;
    auto compiled = Pattern::compile(*text);
    if (!compiled) return node.fault(compiled.error().detail), false;
    made.pattern = *compiled;
    made.right = Value{*text};
    return true;
  }

  bool read_calendar(Node& made, const DocumentNode& node) const {
    if (!grammar.calendar) return node.fault("asks for a calendar, which only rules can do"), false;
    auto name = node.text(calendar_bytes_max);
    if (!name) return false;
    grammar.calendar(*name, node);
    made.right = Value{*std::move(name)};
    return true;
  }

  static bool is_complete(Draft& draft, const DocumentNode& node) {
    if (draft.op == nullptr) return node.fault("must have an op"), false;
    Node& made = *draft.made;
    const Right right = draft.op->right;
    made.op = draft.op->op;
    if (right == Right::none) return !draft.has_value || (node.fault("takes no value with this op"), false);
    if (!draft.has_value) return node.fault("must have a value with this op"), false;
    if (right == Right::pattern || right == Right::span || right == Right::calendar) {
      return made.right_path.empty() || (node.fault("takes no path as its value with this op"), false);
    }
    if (!made.right_path.empty()) return true;
    const auto* list = made.right.list();
    const bool fits = right == Right::list   ? list != nullptr
                      : right == Right::pair ? list != nullptr && list->size() == 2
                                             : list == nullptr;
    if (fits) return true;
    node.fault(right == Right::list   ? "must have a list of values with this op"
               : right == Right::pair ? "must have a list of two values with this op"
                                      : "must have a single value with this op");
    return false;
  }
};

std::optional<Condition> Condition::read_cell(const DocumentNode& node, const std::string& path,
                                              const Grammar& grammar) {
  return Reading{grammar}.read_cell(node, path);
}

std::optional<Condition> Condition::read(const DocumentNode& node, const Grammar& grammar) {
  return Reading{grammar}.read(node, 0);
}

}  // namespace weir::rules
