#include "stream/ingest/xes_event.hpp"

#include <algorithm>

#include "stream/ingest/attribute_text.hpp"
#include "stream/ingest/time_text.hpp"

namespace weir::ingest {
namespace {

/// Room for the attributes of an event and its fields; both are checked exactly when the event is made.
constexpr std::size_t entries_max = attributes_max + 32;
constexpr std::size_t bytes_max = 4 * attribute_bytes_max;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view unsigned_part(std::string_view text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  return text;
}

bool is_integer(std::string_view text) { return is_digits(unsigned_part(text)); }

/// xs:double: 1, +1., .5, 1e-3, INF, -INF, NaN.
bool is_real(std::string_view text) {
  if (text == "NaN") return true;
  text = unsigned_part(text);
  if (text == "INF" || text == "Infinity") return true;
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!is_integer(text.substr(exponent + 1))) return false;
    text = text.substr(0, exponent);
  }
  const auto point = text.find('.');
  if (point == std::string_view::npos) return is_digits(text);
  const auto whole = text.substr(0, point);
  const auto part = text.substr(point + 1);
  return (whole.empty() || is_digits(whole)) && (part.empty() || is_digits(part)) && !(whole.empty() && part.empty());
}

bool is_true(std::string_view text) { return text == "true" || text == "TRUE" || text == "True" || text == "1"; }
bool is_false(std::string_view text) { return text == "false" || text == "FALSE" || text == "False" || text == "0"; }

}  // namespace

std::optional<XesType> xes_type_of(std::string_view element) {
  if (element == "string") return XesType::string;
  if (element == "date") return XesType::date;
  if (element == "int") return XesType::integer;
  if (element == "float") return XesType::real;
  if (element == "boolean") return XesType::boolean;
  if (element == "id") return XesType::id;
  if (element == "list" || element == "container") return XesType::list;
  return std::nullopt;
}

bool is_valid(XesType type, std::string_view value) {
  switch (type) {
    case XesType::date:
      return is_time_text(value);
    case XesType::integer:
      return is_integer(value);
    case XesType::real:
      return is_real(value);
    case XesType::boolean:
      return is_true(value) || is_false(value);
    case XesType::string:
    case XesType::id:
    case XesType::list:
      break;
  }
  return true;
}

std::string XesAttribute::json() const {
  const bool numeric = type == XesType::integer || type == XesType::real;
  if (numeric && is_storable_number(value)) return value;
  if (type == XesType::boolean && is_true(value)) return "true";
  if (type == XesType::boolean && is_false(value)) return "false";
  return type == XesType::list ? "null" : json_of_text(value);
}

std::size_t XesAttributes::add(std::string_view key, std::string_view value, XesType type) {
  bytes_ += key.size() + value.size();
  if (used_ == entries_max || bytes_ > bytes_max) {
    overflown_ = true;
    return none;
  }
  if (used_ == entries_.size()) entries_.emplace_back();
  auto& entry = entries_[used_];
  entry.key = key;
  entry.value = value;
  entry.type = type;
  entry.has_children = false;
  return used_++;
}

const XesAttribute* XesAttributes::find(std::string_view key) const {
  const auto found = std::find_if(begin(), end(), [key](const XesAttribute& entry) { return entry.key == key; });
  return found == end() ? nullptr : found;
}

std::vector<std::string> classifier_keys(std::string_view keys) {
  std::vector<std::string> names;
  std::size_t at = 0;
  while (at < keys.size()) {
    if (is_space(keys[at])) {
      ++at;
      continue;
    }
    const bool quoted_name = keys[at] == '\'';
    if (quoted_name) ++at;
    std::string name;
    for (; at < keys.size() && !(quoted_name ? keys[at] == '\'' : is_space(keys[at])); ++at) name.push_back(keys[at]);
    if (quoted_name) ++at;
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace weir::ingest
