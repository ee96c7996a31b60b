#include "stream/documents/vault.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "schemas/base/check.hpp"
#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_writer.hpp"
#include "schemas/crypto/box.hpp"

namespace weir::documents {
namespace {

constexpr std::string_view mark_prefix = "***";
constexpr std::size_t mark_random_bytes = 4;

std::string new_mark() { return std::string(mark_prefix) + crypto::to_hex(crypto::random_bytes(mark_random_bytes)); }

bool is_mark(std::string_view text) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == mark_prefix.size() + 2 * mark_random_bytes && text.starts_with(mark_prefix) &&
         std::all_of(text.begin() + mark_prefix.size(), text.end(), digit);
}

std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) c == '~' ? text += "~0" : c == '/' ? text += "~1" : text += c;
  return text;
}

/// What stands under a pointer, to be told apart from what stands under another name; items of a list are alike.
std::string without_numbers(std::string_view pointer) {
  std::string text;
  for (std::size_t at = 0; at < pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    const std::string_view step = pointer.substr(at, end - at);
    const bool is_index = step.size() > 1 && step.find_first_not_of("0123456789", 1) == std::string_view::npos;
    text += is_index ? std::string_view{"/0"} : step;
    at = end;
  }
  return text;
}

using Visit = std::function<void(const std::string& pointer, const JsonValue& string)>;

void each_string(const JsonValue& value, std::string& pointer, const Visit& visit) {
  if (value.is(JsonKind::string)) return visit(pointer, value);
  const std::size_t here = pointer.size();
  std::string scratch;
  if (value.is(JsonKind::object)) {
    for (auto items = value.items(); !items.done(); pointer.resize(here)) {
      pointer.append("/").append(escaped(items.take().text(scratch)));
      each_string(items.take(), pointer, visit);
    }
  } else if (value.is(JsonKind::array)) {
    std::size_t index = 0;
    for (auto items = value.items(); !items.done(); pointer.resize(here)) {
      pointer.append("/").append(std::to_string(index++));
      each_string(items.take(), pointer, visit);
    }
  }
}

Result<void> each_string(std::string_view body, const Visit& visit) {
  JsonParser parser;
  const auto value = parser.parse(body);
  if (!value) return value.error();
  std::string pointer;
  each_string(*value, pointer, visit);
  return {};
}

/// The body with other strings where `replacement` has one.
using Replacement = std::function<std::optional<std::string>(const std::string& pointer, std::string_view text)>;

Result<std::string> replaced(std::string_view body, const Replacement& replacement) {
  JsonParser parser;
  const auto value = parser.parse(body);
  if (!value) return value.error();
  // What lies before the document's first byte, and behind its last, is white space.
  const std::string_view whole = value->raw();
  std::string out, pointer, scratch;
  const char* copied = whole.data();
  each_string(*value, pointer, [&](const std::string& at, const JsonValue& string) {
    const auto other = replacement(at, string.text(scratch));
    if (!other) return;
    const std::string_view raw = string.raw();  // without its quotes
    out.append(copied, raw.data() - 1);
    append_json_string(out, *other);
    copied = raw.data() + raw.size() + 1;
  });
  out.append(copied, whole.data() + whole.size());
  return out;
}

}  // namespace

crypto::Key Vault::key_of(const Place& place) const {
  std::string purpose{"weir document "};
  purpose.append(place.workspace).append("\0", 1).append(name_of(place.kind)).append("\0", 1).append(place.name);
  return crypto::hmac_sha256(key_, purpose);
}

Version Vault::lock(const Place& place, Time effective_at, const std::string& body,
                    std::span<const std::string> secrets) const {
  bool has_secrets = false;
  auto shown = replaced(body, [&](const std::string& pointer, std::string_view) -> std::optional<std::string> {
    if (std::find(secrets.begin(), secrets.end(), pointer) == secrets.end()) return std::nullopt;
    has_secrets = true;
    return new_mark();
  });
  WEIR_CHECK(shown.ok(), "only what was read is locked up");
  if (!has_secrets) return {effective_at, body};
  return {effective_at, *std::move(shown), crypto::lock_up(key_of(place), body)};
}

Result<std::string> Vault::open(const Place& place, const Version& version) const {
  WEIR_CHECK(version.body.has_value(), "there is a document");
  if (version.sealed.empty()) return *version.body;
  auto body = crypto::unlock(key_of(place), version.sealed);
  if (body) return *std::move(body);
  return Error{Code::bad_key_file, std::string(name_of(place.kind)) + "/" + place.name +
                                       ": its data folder's documents.key, or the cluster's key, is another one; "
                                       "bring that key back, or give the document with all its secrets again"};
}

Result<std::string> Vault::restore(const Place& place, const std::string& body, const Version& version) const {
  const bool has_marks = body.find(mark_prefix) != std::string::npos;
  if (!has_marks || version.sealed.empty()) return body;
  const auto opened = open(place, version);
  if (!opened) return opened.error();
  std::string scratch;
  std::map<std::string, std::string, std::less<>> marks;  // by pointer
  const auto shown = each_string(*version.body, [&](const std::string& pointer, const JsonValue& string) {
    if (const auto text = string.text(scratch); is_mark(text)) marks.emplace(pointer, text);
  });
  if (!shown) return shown.error();
  std::map<std::pair<std::string, std::string>, std::string> secrets;  // by place and mark
  const auto known = each_string(*opened, [&](const std::string& pointer, const JsonValue& string) {
    const auto mark = marks.find(pointer);
    if (mark != marks.end()) secrets[{without_numbers(pointer), mark->second}] = string.text(scratch);
  });
  if (!known) return known.error();
  return replaced(body, [&](const std::string& pointer, std::string_view text) -> std::optional<std::string> {
    const auto secret = is_mark(text) ? secrets.find({without_numbers(pointer), std::string(text)}) : secrets.end();
    return secret == secrets.end() ? std::nullopt : std::optional{secret->second};
  });
}

DocumentFaults lone_marks(const std::string& body, std::span<const std::string> secrets) {
  DocumentFaults faults;
  std::string scratch;
  const auto read = each_string(body, [&](const std::string& pointer, const JsonValue& string) {
    const bool is_secret = std::find(secrets.begin(), secrets.end(), pointer) != secrets.end();
    if (!is_secret || !is_mark(string.text(scratch))) return;
    faults.push_back({pointer, "must not be a mark that stands for no secret here; read the document again"});
  });
  WEIR_CHECK(read.ok(), "only what was read is asked for marks");
  return faults;
}

}  // namespace weir::documents
