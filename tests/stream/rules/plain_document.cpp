#include "schemas/codec/json_writer.hpp"
#include "tests/stream/rules/plain.hpp"

namespace weir::rules::plain {
namespace {

std::string minutes(int count) { return std::to_string(count) + 'm'; }

void write_names(JsonWriter& json, const std::vector<int>& activities) {
  json.begin_array();
  for (const int one : activities) json.value(std::string(1, static_cast<char>('a' + one)));
  json.end_array();
}

void write_members(JsonWriter& json, const Filter& filter) {
  if (!filter.activities.empty()) {
    json.key("event");
    write_names(json, filter.activities);
  }
  if (!filter.least) return;
  json.key("where").begin_object().member("path", "attr.n").member("op", "gte").member("value", *filter.least);
  json.end_object();
}

void write_filter(JsonWriter& json, const Filter& filter) {
  json.begin_object();
  write_members(json, filter);
  json.end_object();
}

void write_not(JsonWriter& json, const Filter& filter) {
  json.begin_object().key("not");
  write_filter(json, filter);
  json.end_object();
}

const char* name_of(Window::Kind kind) {
  switch (kind) {
    case Window::Kind::tumbling:
      return "tumbling";
    case Window::Kind::sliding:
      return "sliding";
    case Window::Kind::session:
      return "session";
    default:
      return "count";
  }
}

const char* name_of(Aggregate kind) {
  constexpr std::array names{"count", "rate", "sum", "avg", "min", "max", "distinct", "p50", "p95", "stddev"};
  return names[static_cast<std::size_t>(kind)];
}

void write_window(JsonWriter& json, const Node& node) {
  json.key("window").begin_object();
  write_members(json, node.filter);
  json.member("kind", name_of(node.window)).member("agg", name_of(node.aggregate));
  json.member(node.window == Window::Kind::session ? "gap" : "for", minutes(node.span));
  if (node.window == Window::Kind::count) json.member("size", node.size);
  if (!counts_alone(node.aggregate)) json.member("of", "attr.n");
  if (node.aggregate == Aggregate::rate) json.member("per", "10m");
  json.member("op", rules::name_of(node.op)).member("value", node.value).end_object();
}

void write_sequence(JsonWriter& json, const Node& node) {
  json.key("sequence").begin_object().key("steps").begin_array();
  for (const Step& step : node.steps) {
    if (step.never) write_not(json, *step.never);
    write_filter(json, step.event);
  }
  if (node.never_after) write_not(json, *node.never_after);
  json.end_array();
  const bool is_strict = node.contiguity == Sequence::Contiguity::strict;
  const bool is_any = node.contiguity == Sequence::Contiguity::any;
  json.member("contiguity", is_strict ? "strict" : is_any ? "any" : "relaxed").member("within", minutes(node.span));
  json.member("after_match", node.skip_past ? "skip_past" : "no_skip").end_object();
}

void write_node(JsonWriter& json, const Node& node) {
  json.begin_object();
  switch (node.kind) {
    case Node::Kind::negation:
      json.key("not");
      write_node(json, node.parts[0]);
      break;
    case Node::Kind::all:
    case Node::Kind::any:
      json.key(node.kind == Node::Kind::all ? "all" : "any").begin_array();
      for (const Node& part : node.parts) write_node(json, part);
      json.end_array();
      break;
    case Node::Kind::number:
      json.member("path", "attr.n").member("op", rules::name_of(node.op)).member("value", node.value);
      break;
    case Node::Kind::said:
      json.member("path", "case.attr.s").member("op", "eq");
      json.member("value", std::to_string(static_cast<int>(node.value)));
      break;
    case Node::Kind::window:
      write_window(json, node);
      break;
    case Node::Kind::sequence:
      write_sequence(json, node);
      break;
    case Node::Kind::absent:
      json.key("absent").begin_object();
      write_members(json, node.filter);
      json.member("for", minutes(node.span)).end_object();
      break;
  }
  json.end_object();
}

}  // namespace

std::string document(const Rule& rule) {
  std::string text;
  JsonWriter json{text};
  json.begin_object().member("salience", rule.salience);
  if (!rule.xor_group.empty()) json.member("xor_group", rule.xor_group);
  if (!rule.on.empty()) {
    json.key("on");
    write_names(json, rule.on);
  }
  json.key("when");
  write_node(json, rule.when);
  json.key("then").begin_array().begin_object().member("type", "alert").member("title", "case {case.id}");
  json.end_object().end_array();
  if (rule.once == Once::per_case) json.member("once_per", "case");
  if (rule.once == Once::per_number) json.member("once_per", "attr.n");
  if (rule.cooldown > 0) json.member("cooldown", minutes(rule.cooldown));
  json.member("mode", rule.dry_run ? "dry_run" : "live").end_object();
  return text;
}

}  // namespace weir::rules::plain
