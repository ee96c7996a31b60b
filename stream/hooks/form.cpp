#include "stream/hooks/form.hpp"

#include <algorithm>
#include <set>

#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/utf8.hpp"

namespace weir::hooks {
namespace {

constexpr std::size_t fields_max = 1'000;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? digit_of(text[i + 1]) : -1,
              low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace

std::optional<FormFields> read_form(std::string_view body) {
  FormFields fields;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view field = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    auto name = decoded(field.substr(0, equals)), value = decoded(field.substr(std::min(equals + 1, field.size())));
    if (!name || !value || fields.size() == fields_max) return std::nullopt;
    fields.emplace_back(*std::move(name), *std::move(value));
  }
  return fields;
}

std::optional<std::string> form_as_json(const FormFields& fields) {
  std::string out;
  JsonWriter json(out);
  std::set<std::string_view> met;
  json.begin_object();
  for (const auto& [name, value] : fields) {
    if (!is_utf8(name) || !is_utf8(value)) return std::nullopt;
    if (met.insert(name).second) json.member(name, value);
  }
  json.end_object();
  return out;
}

}  // namespace weir::hooks
