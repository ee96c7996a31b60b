#include "schemas/codec/plain_event.hpp"

#include <algorithm>
#include <cstring>

#include "schemas/codec/cloud_events.hpp"
#include "schemas/codec/event_builder.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::codec {
namespace {

constexpr std::size_t digits_max = 18;  // fit into 64 bits, whatever they are

using Word = std::uint64_t;

constexpr Word in_each_byte(unsigned char byte) { return 0x0101010101010101ULL * byte; }

/// Not 0: one of the eight bytes is a control character, a backslash, or not ASCII.
constexpr Word odd_bytes(Word word) {
  const Word slashes = word ^ in_each_byte('\\');
  const Word found = word | ((word - in_each_byte(' ')) & ~word) | ((slashes - in_each_byte(1)) & ~slashes);
  return found & in_each_byte(0x80);
}

bool is_plain(std::string_view text) {
  Word found = 0;
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), sizeof(Word)))) {
    Word word = in_each_byte(' ');
    std::memcpy(&word, text.data(), std::min(text.size(), sizeof(Word)));
    found |= odd_bytes(word);
  }
  return found == 0;
}

bool take(std::string_view& rest, char wanted) {
  if (!rest.starts_with(wanted)) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<std::string_view> take_text(std::string_view& rest) {
  if (!take(rest, '"')) return std::nullopt;
  const std::size_t end = rest.find('"');
  if (end == rest.npos) return std::nullopt;
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return text;
}

std::optional<std::string_view> take_digits(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (end == 0 || end > digits_max || (end > 1 && rest.front() == '0')) return std::nullopt;
  const std::string_view digits = rest.substr(0, end);
  rest.remove_prefix(end);
  return digits;
}

}  // namespace

std::optional<Event> read_plain_event(std::string_view json, bool stored, const DecodeOptions& options) {
  if (!json.starts_with("{\"") || !json.ends_with('}') || !is_plain(json)) return std::nullopt;
  EventBuilder event(options.default_process);
  std::string_view rest = json.substr(1);
  do {
    const auto name = take_text(rest);
    const auto field = name && take(rest, ':') ? field_named(*name) : std::nullopt;
    if (!field || (*field == Field::upload && !stored)) return std::nullopt;
    const auto value = *field == Field::sequence ? take_digits(rest) : take_text(rest);
    if (!value) return std::nullopt;
    event.set_text(*field, *value);
  } while (take(rest, ','));
  if (rest != "}") return std::nullopt;
  auto read = event.finish(options.now + ahead_max);
  return read ? std::optional{std::move(*read)} : std::nullopt;
}

}  // namespace weir::codec
