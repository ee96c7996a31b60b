#include "schemas/codec/document.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "schemas/base/event.hpp"

namespace weir {
namespace {

constexpr std::size_t plain_name_bytes_max = 64;
constexpr Duration century = std::chrono::hours{24} * 36'525;

struct Unit {
  std::string_view name;
  Duration length;
};

constexpr std::array<Unit, 6> units{{{"w", std::chrono::hours{24 * 7}},
                                     {"d", std::chrono::hours{24}},
                                     {"h", std::chrono::hours{1}},
                                     {"m", std::chrono::minutes{1}},
                                     {"s", std::chrono::seconds{1}},
                                     {"ms", std::chrono::milliseconds{1}}}};

/// RFC 6901.
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  Duration sum{};
  auto next = units.begin();  // units before it are used up
  if (text.empty()) return {};
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || text.front() == '-') return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    const auto unit = std::find_if(next, units.end(), [&](const Unit& one) { return one.name == name; });
    if (unit == units.end() || number > (century - sum) / unit->length) return {};
    sum += number * unit->length;
    text.remove_prefix(name.size());
    next = std::next(unit);
  }
  return sum;
}

std::string DocumentNode::plain_text() const {
  std::string scratch;
  return std::string{value_.text(scratch)};
}

DocumentNode DocumentNode::below(const JsonValue& value, std::string_view name) const {
  return {value, pointer_ + '/' + escaped(name), faults_};
}

bool DocumentNode::is_object() const {
  if (!value_.is(JsonKind::object)) return fault("must be an object"), false;
  if (value_.duplicate_key()) return fault("names a member twice"), false;
  return true;
}

void DocumentNode::object(std::initializer_list<std::pair<std::string_view, Read>> readers) const {
  if (!is_object()) return;
  std::string scratch;
  for (auto items = value_.items(); !items.done();) {
    const std::string name{items.take().text(scratch)};
    const JsonValue member = items.take();
    const auto reader =
        std::find_if(readers.begin(), readers.end(), [&](const auto& one) { return one.first == name; });
    if (reader == readers.end()) {
      fault("a member is unknown");
    } else {
      reader->second(below(member, name));
    }
  }
}

void DocumentNode::each_member(std::size_t members_max,
                               const std::function<void(const std::string& name, const DocumentNode&)>& read) const {
  if (!is_object()) return;
  std::string scratch;
  std::size_t count = 0;
  for (auto items = value_.items(); !items.done(); ++count) {
    const std::string name{items.take().text(scratch)};
    const JsonValue member = items.take();
    if (count < members_max) read(name, below(member, name));
  }
  if (count > members_max) fault("must hold at most " + std::to_string(members_max));
}

std::optional<DocumentNode> DocumentNode::member(std::string_view name) const {
  const auto value = value_.is(JsonKind::object) ? value_.find(name) : std::nullopt;
  return value ? std::optional{below(*value, name)} : std::nullopt;
}

void DocumentNode::each_item(std::size_t items_max, const Read& read) const {
  if (!value_.is(JsonKind::array)) return fault("must be an array");
  std::size_t count = 0;
  for (auto items = value_.items(); !items.done(); ++count) {
    const JsonValue item = items.take();
    if (count < items_max) read(below(item, std::to_string(count)));
  }
  if (count > items_max) fault("must hold at most " + std::to_string(items_max));
}

std::optional<std::string> DocumentNode::text(std::size_t bytes_max) const {
  std::string text = value_.is(JsonKind::string) ? plain_text() : std::string{};
  if (!text.empty() && text.size() <= bytes_max) return text;
  fault("must be a string of 1 to " + std::to_string(bytes_max) + " bytes");
  return {};
}

std::optional<std::string> DocumentNode::plain_name() const {
  auto name = text(plain_name_bytes_max);
  if (!name || is_plain_name(*name)) return name;
  fault("must be 1 to 64 of a-z, 0-9, _ and -");
  return {};
}

bool DocumentNode::add_plain_name(std::vector<std::string>& names) const {
  auto name = plain_name();
  if (!name) return false;
  if (std::find(names.begin(), names.end(), *name) != names.end()) return fault("stands twice"), false;
  names.push_back(*std::move(name));
  return true;
}

std::optional<std::int64_t> DocumentNode::whole(std::int64_t least, std::int64_t most) const {
  const auto number = value_.is(JsonKind::number) ? value_.as_int64() : std::nullopt;
  if (number && *number >= least && *number <= most) return number;
  fault("must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return {};
}

std::optional<bool> DocumentNode::boolean() const {
  if (value_.is(JsonKind::boolean)) return value_.is_true();
  fault("must be true or false");
  return {};
}

std::optional<Duration> DocumentNode::duration() const {
  const auto found = value_.is(JsonKind::string) ? parse_duration(plain_text()) : std::nullopt;
  if (!found) fault("must be a duration such as 90s, 1h30m or 2d");
  return found;
}

Result<DocumentFaults> read_document(std::string_view body, const DocumentNode::Read& read) {
  JsonParser parser;
  const auto value = parser.parse(body);
  if (!value) return value.error();
  DocumentFaults faults;
  read({*value, "", faults});
  return faults;
}

}  // namespace weir
