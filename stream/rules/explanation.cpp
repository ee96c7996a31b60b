#include <algorithm>

#include "stream/rules/condition_node.hpp"

namespace weir::rules {
namespace {

Truth joined(const Explanation& node, bool all) {
  Truth truth = truth_of(all);
  for (const Explanation& part : node.parts) {
    truth = all ? std::min(truth, part.result) : std::max(truth, part.result);
  }
  return truth;
}

}  // namespace

Explanation Condition::explain(const Facts& facts) const {
  const Node& node = *node_;
  Explanation found;
  const auto compare_text = [&] {
    std::string text = node.path + ' ' + std::string{name_of(node.op)};
    if (!node.right_path.empty()) return text + ' ' + node.right_path;
    if (node.right.is_missing()) return text;
    text += ' ';
    JsonWriter json{text};
    node.right.write(json);
    return text;
  };
  switch (node.kind) {
    case Node::Kind::all:
    case Node::Kind::any:
    case Node::Kind::negation:
      found.what = node.kind == Node::Kind::all ? "all" : node.kind == Node::Kind::any ? "any" : "not";
      for (const Condition& part : node.parts) found.parts.push_back(part.explain(facts));
      break;
    case Node::Kind::comparison:
      found.what = compare_text();
      found.fact = facts.after(node.path);
      break;
    case Node::Kind::every:
    case Node::Kind::some:
      found.what = (node.kind == Node::Kind::every ? "every of " : "some of ") + node.path;
      found.fact = facts.after(node.path);
      break;
    case Node::Kind::temporal:
      found.what = node.path;
      found.fact = facts.temporal(node.number).fact;
      found.temporal = node.number;
      break;
    case Node::Kind::constant:
      found.what = "known before";
      break;
  }
  found.result = truth(facts);
  return found;
}

void Explanation::learn(std::size_t number, Truth truth) {
  if (temporal == number) result = truth;
  for (Explanation& part : parts) part.learn(number, truth);
  if (parts.empty()) return;
  result = what == "not" ? opposite(parts.front().result) : joined(*this, what == "all");
}

void Explanation::write(JsonWriter& json) const {
  json.begin_object().member("what", what).key("result");
  result == Truth::unknown ? json.value(nullptr) : json.value(result == Truth::yes);
  json.key("fact");
  fact.write(json);
  if (!parts.empty()) {
    json.key("parts").begin_array();
    for (const Explanation& part : parts) part.write(json);
    json.end_array();
  }
  json.end_object();
}

}  // namespace weir::rules
