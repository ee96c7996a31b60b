#include "stream/hooks/template.hpp"

#include <algorithm>
#include <charconv>

#include "schemas/codec/json_writer.hpp"

namespace weir::hooks {
namespace {

constexpr std::size_t steps_max = 32;
constexpr std::size_t text_bytes_max = 1024;
constexpr std::size_t alternatives_max = 8;
constexpr std::string_view header_prefix = "header:";

std::optional<JsonValue> item_at(const JsonValue& array, std::size_t place) {
  std::size_t at = 0;
  for (auto items = array.items(); !items.done(); ++at) {
    const JsonValue item = items.take();
    if (at == place) return item;
  }
  return std::nullopt;
}

/// As RFC 6901 writes it: without a zero in front.
std::optional<std::size_t> index_of(std::string_view text) {
  constexpr std::size_t digits_max = 9;
  std::size_t index = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool is_one = !text.empty() && text.size() <= digits_max && failed == std::errc{} &&
                      end == text.data() + text.size() && (text.front() != '0' || text.size() == 1);
  return is_one ? std::optional{index} : std::nullopt;
}

std::optional<std::string> unescaped(std::string_view step) {
  std::string name;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] != '~') {
      name += step[i];
      continue;
    }
    if (++i == step.size() || (step[i] != '0' && step[i] != '1')) return std::nullopt;
    name += step[i] == '0' ? '~' : '/';
  }
  return name;
}

bool is_header_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// Nothing: missing, null, empty, or no scalar.
std::optional<std::string> text_of(const std::optional<JsonValue>& value) {
  if (!value || value->is(JsonKind::null) || value->is(JsonKind::object) || value->is(JsonKind::array)) {
    return std::nullopt;
  }
  std::string scratch;
  std::string text{value->is(JsonKind::string) ? value->text(scratch) : value->raw()};
  return text.empty() ? std::nullopt : std::optional{std::move(text)};
}

}  // namespace

std::optional<Pointer> Pointer::read(std::string_view text) {
  if (!text.starts_with('/')) return std::nullopt;
  Pointer pointer;
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::string_view step = text.substr(0, text.find('/'));
    auto name = unescaped(step);
    if (!name || pointer.steps_.size() == steps_max) return std::nullopt;
    pointer.steps_.push_back({*std::move(name), step == "*"});
    text.remove_prefix(step.size());
  }
  return pointer;
}

std::size_t Pointer::stars() const {
  return static_cast<std::size_t>(
      std::count_if(steps_.begin(), steps_.end(), [](const Step& step) { return step.is_star; }));
}

std::optional<JsonValue> Pointer::find(const Source& source) const {
  std::optional<JsonValue> value = source.body;
  std::size_t star = 0;
  for (const Step& step : steps_) {
    if (value->is(JsonKind::array)) {
      const auto place = !step.is_star                 ? index_of(step.name)
                         : star < source.places.size() ? std::optional{source.places[star++]}
                                                       : std::nullopt;
      value = place ? item_at(*value, *place) : std::nullopt;
    } else {
      value = value->is(JsonKind::object) && !step.is_star ? value->find(step.name) : std::nullopt;
    }
    if (!value) return std::nullopt;
  }
  return value;
}

std::vector<std::vector<std::size_t>> Pointer::places(const JsonValue& body, std::size_t places_max) const {
  struct Reached {
    JsonValue value;
    std::vector<std::size_t> places;
  };
  std::vector<Reached> reached{{body, {}}};
  for (const Step& step : steps_) {
    std::vector<Reached> next;
    for (const Reached& one : reached) {
      if (step.is_star && one.value.is(JsonKind::array)) {
        std::size_t place = 0;
        for (auto items = one.value.items(); !items.done() && next.size() < places_max; ++place) {
          next.push_back({items.take(), one.places});
          next.back().places.push_back(place);
        }
      } else if (!step.is_star && one.value.is(JsonKind::object)) {
        if (const auto member = one.value.find(step.name)) next.push_back({*member, one.places});
      }
    }
    reached = std::move(next);
  }
  std::vector<std::vector<std::size_t>> all;
  for (Reached& one : reached) all.push_back(std::move(one.places));
  return all;
}

std::optional<Template::Parts> Template::parts_of(std::string_view text) {
  Parts parts(1);
  while (!text.empty()) {
    if (text.starts_with("{{") || text.starts_with("}}")) {
      parts.back().literal += text.front();
      text.remove_prefix(2);
      continue;
    }
    if (text.front() == '}') return std::nullopt;
    if (text.front() != '{') {
      parts.back().literal += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find('}');
    if (end == text.npos) return std::nullopt;
    const std::string_view hole = text.substr(1, end - 1);
    Part& part = parts.back();
    if (hole.starts_with(header_prefix)) {
      part.header = hole.substr(header_prefix.size());
      if (!is_header_name(part.header)) return std::nullopt;
    } else if (part.pointer = Pointer::read(hole); !part.pointer) {
      return std::nullopt;
    }
    parts.emplace_back();
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::optional<Template> Template::read(const DocumentNode& node, std::size_t stars) {
  Template made;
  const auto read_one = [&](const DocumentNode& one) {
    const auto text = one.text(text_bytes_max);
    if (!text) return;
    auto parts = parts_of(*text);
    if (!parts) return one.fault("must be a text with holes such as {/a/b} or {header:x-name}; a brace is doubled");
    const bool too_many = std::any_of(parts->begin(), parts->end(),
                                      [&](const Part& part) { return part.pointer && part.pointer->stars() > stars; });
    if (too_many) return one.fault("must not have more * in a pointer than `each` has");
    made.alternatives_.push_back(*std::move(parts));
  };
  const std::size_t before = node.faults();
  node.value().is(JsonKind::array) ? node.each_item(alternatives_max, read_one) : read_one(node);
  if (node.faults() == before && made.alternatives_.empty()) node.fault("must have at least one text");
  return node.faults() == before ? std::optional{std::move(made)} : std::nullopt;
}

std::optional<std::string> Template::filled(const Parts& parts, const Source& source) {
  std::string text;
  for (const Part& part : parts) {
    text += part.literal;
    if (!part.pointer && part.header.empty()) continue;
    const auto header = part.pointer ? std::nullopt : source.delivery.header(part.header);
    const auto filling = part.pointer ? text_of(part.pointer->find(source))
                         : header     ? std::optional{std::string(*header)}
                                      : std::nullopt;
    if (!filling || filling->empty()) return std::nullopt;
    text += *filling;
  }
  return text;
}

std::optional<std::string> Template::text(const Source& source) const {
  for (const Parts& parts : alternatives_) {
    if (auto text = filled(parts, source)) return text;
  }
  return std::nullopt;
}

std::optional<std::string> Template::json(const Source& source) const {
  for (const Parts& parts : alternatives_) {
    const auto text = filled(parts, source);
    if (!text) continue;
    const bool is_hole = parts.size() == 2 && parts[0].pointer && parts[0].literal.empty() && parts[1].literal.empty();
    const auto value = is_hole ? parts[0].pointer->find(source) : std::nullopt;
    if (value && !value->is(JsonKind::string)) return *text;
    std::string json;
    append_json_string(json, *text);
    return json;
  }
  return std::nullopt;
}

}  // namespace weir::hooks
