#include "schemas/codec/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace weir {
namespace {

constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < plain.size(); ++byte) plain[byte] = byte != '"' && byte != '\\';
  return plain;
}
constexpr std::array<bool, 256> plain = make_plain();

void append_escape(std::string& out, unsigned char byte) {
  static constexpr char digits[] = "0123456789abcdef";
  switch (byte) {
    case '"':
    case '\\':
      out.push_back('\\');
      out.push_back(static_cast<char>(byte));
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\f':
      out.append("\\f");
      return;
    default:
      out.append("\\u00");
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 0xf]);
  }
}

template <class T>
void append_whole(std::string& out, T number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (plain[byte]) continue;
    out.append(text, copied, at - copied);
    append_escape(out, byte);
    copied = at + 1;
  }
  out.append(text, copied);
  out.push_back('"');
}

JsonWriter& JsonWriter::whole(std::int64_t number) {
  separate();
  append_whole(out_, number);
  return *this;
}

JsonWriter& JsonWriter::whole(std::uint64_t number) {
  separate();
  append_whole(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(Int128 number) {
  separate();
  char digits[40];
  char* const end = digits + sizeof digits;
  char* begin = end;
  const bool negative = number < 0;
  auto rest = static_cast<unsigned __int128>(number);
  if (negative) rest = 0 - rest;
  do {
    *--begin = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  if (negative) out_.push_back('-');
  out_.append(begin, end);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return raw("null");
  separate();
  const double size = std::fabs(number);
  const bool ordinary = size == 0 || (size >= 1e-6 && size < 1e17);
  char digits[40];
  char* const last = digits + sizeof digits;
  const auto written =
      ordinary ? std::to_chars(digits, last, number, std::chars_format::fixed) : std::to_chars(digits, last, number);
  out_.append(digits, written.ptr);
  return *this;
}

}  // namespace weir
