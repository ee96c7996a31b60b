#include "schemas/codec/json_text.hpp"

#include "schemas/base/check.hpp"

namespace weir::codec {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The UTF-16 unit of `\uXXXX` at `at`; -1 if that is not there.
std::int32_t unit_at(std::string_view text, std::size_t at) {
  if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return -1;
  std::int32_t unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/// One escape: the character that it stands for and its bytes in the text, or what is wrong with it.
struct Escape {
  char32_t character = 0;
  std::size_t size = 0;
  std::optional<Code> fault;
};

Escape unicode_escape(std::string_view text, std::size_t at) {
  const std::int32_t unit = unit_at(text, at);
  if (unit < 0) return {.fault = Code::malformed_json};
  if (unit < 0xD800 || unit > 0xDFFF) return {static_cast<char32_t>(unit), 6, {}};
  const std::int32_t low = unit_at(text, at + 6);
  if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return {.fault = Code::not_utf8};
  return {static_cast<char32_t>(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), 12, {}};
}

Escape escape_at(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return {.fault = Code::malformed_json};
  switch (text[at + 1]) {
    case '"':
    case '\\':
    case '/':
      return {static_cast<char32_t>(text[at + 1]), 2, {}};
    case 'b':
      return {U'\b', 2, {}};
    case 'f':
      return {U'\f', 2, {}};
    case 'n':
      return {U'\n', 2, {}};
    case 'r':
      return {U'\r', 2, {}};
    case 't':
      return {U'\t', 2, {}};
    case 'u':
      return unicode_escape(text, at);
    default:
      return {.fault = Code::malformed_json};
  }
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

}  // namespace

bool is_space(std::string_view text) {
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return false;
  }
  return true;
}

std::size_t number_length(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = at;
  at = skip_digits(text, whole);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return 0;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = skip_digits(text, fraction);
    if (at == fraction) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    at = skip_digits(text, exponent);
    if (at == exponent) return 0;
  }
  return at;
}

std::optional<Code> escape_fault(std::string_view content) {
  for (std::size_t at = content.find('\\'); at != content.npos; at = content.find('\\', at)) {
    const Escape escape = escape_at(content, at);
    if (escape.fault) return escape.fault;
    at += escape.size;
  }
  return std::nullopt;
}

void append_unescaped(std::string& out, std::string_view content) {
  std::size_t copied = 0;
  for (std::size_t at = content.find('\\'); at != content.npos; at = content.find('\\', copied)) {
    out.append(content, copied, at - copied);
    const Escape escape = escape_at(content, at);
    WEIR_CHECK(!escape.fault, "an escape that was not checked");
    append_utf8(out, escape.character);
    copied = at + escape.size;
  }
  out.append(content, copied);
}

}  // namespace weir::codec
