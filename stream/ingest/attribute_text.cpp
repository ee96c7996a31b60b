#include "stream/ingest/attribute_text.hpp"

#include <algorithm>

#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_text.hpp"
#include "schemas/codec/json_writer.hpp"

namespace weir::ingest {
namespace {

constexpr std::size_t plain_digits_max = 18;

/// A number that no reader rounds or rewrites.
bool is_plain_number(std::string_view text) {
  if (!is_json_number(text) || text.find_first_of("eE") != std::string_view::npos) return false;
  if (text.front() == '-') text.remove_prefix(1);
  const auto point = std::min(text.find('.'), text.size());
  return point <= plain_digits_max && text.size() - point <= plain_digits_max + 1;
}

bool is_word(std::string_view text) { return text == "true" || text == "false" || text == "null"; }

}  // namespace

bool is_json_number(std::string_view text) { return !text.empty() && codec::number_length(text) == text.size(); }

bool is_storable_number(std::string_view text) {
  if (is_plain_number(text)) return true;
  if (!is_json_number(text)) return false;
  JsonParser parser;
  const auto number = parser.parse(text);
  return number && number->number_fits();
}

std::string json_of_text(std::string_view text) {
  std::string json;
  json.reserve(text.size() + 2);
  append_json_string(json, text);
  return json;
}

std::string json_of_cell(std::string_view cell) {
  if (is_plain_number(cell) || cell == "true" || cell == "false") return std::string(cell);
  return json_of_text(cell);
}

std::string json_of_own_cell(std::string_view cell) {
  if (is_word(cell) || is_storable_number(cell)) return std::string(cell);
  if (cell.empty() || cell.front() != '"') return json_of_text(cell);
  const bool closed = cell.size() > 1 && cell.back() == '"';
  const bool is_string = closed && JsonParser().parse(cell).ok();
  return is_string ? std::string(cell) : json_of_text(cell);
}

std::string cell_of_json(std::string_view json) {
  if (json.empty() || json.front() != '"') return std::string(json);
  auto text = text_of_json(json);
  const bool looks_like_json = text.empty() || text.front() == '"' || is_word(text) || is_json_number(text);
  return looks_like_json ? std::string(json) : text;
}

std::string text_of_json(std::string_view json) {
  if (json.size() < 2 || json.front() != '"') return std::string(json);
  std::string text;
  codec::append_unescaped(text, json.substr(1, json.size() - 2));
  return text;
}

void order_attributes(std::vector<Attribute>& attributes) {
  const auto by_name = [](const Attribute& a, const Attribute& b) { return a.name < b.name; };
  std::stable_sort(attributes.begin(), attributes.end(), by_name);
  bool again = true;
  while (again) {
    again = false;
    for (std::size_t i = 1, kept = 0; i < attributes.size(); ++i) {
      if (attributes[i].name != attributes[kept].name) {
        kept = i;
        continue;
      }
      attributes[i].name += "#" + std::to_string(i - kept + 1);
      again = true;
    }
    if (again) std::stable_sort(attributes.begin(), attributes.end(), by_name);
  }
}

bool within_limits(const std::vector<Attribute>& attributes) {
  if (attributes.size() > attributes_max) return false;
  std::size_t bytes = 0;
  for (const auto& attribute : attributes) bytes += attribute.name.size() + attribute.json.size();
  return bytes <= attribute_bytes_max;
}

}  // namespace weir::ingest
