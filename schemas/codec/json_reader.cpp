#include "schemas/codec/json_reader.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include <simdjson.h>

#include "schemas/codec/json_text.hpp"

namespace weir {
namespace {

using codec::JsonToken;

/// Buffers that one large body made larger than this are given back at the next small one.
constexpr std::size_t kept_bytes_max = 4 << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool outgrown(std::size_t capacity, std::size_t needed) {
  return capacity < needed || (capacity > kept_bytes_max && needed <= kept_bytes_max);
}

/// The grammar over the places of all brackets, commas, colons and beginnings of values, which simdjson found.
class Walker {
 public:
  Walker(std::string_view text, const std::uint32_t* places, std::size_t count, std::vector<JsonToken>& tokens)
      : text_(text.data()),
        size_(static_cast<std::uint32_t>(text.size())),
        at_(places),
        end_(places + count),
        tokens_(tokens) {}

  /// Fills the tokens. nullopt: the document is right.
  std::optional<Error> run() {
    bool right = value();
    while (right && depth_ > 0) right = step();
    if (right && at_ != end_) right = refuse("Something follows the document.");
    if (right) return std::nullopt;
    return Error{code_, std::string(detail_)};
  }

 private:
  bool refuse(std::string_view detail, Code code = Code::malformed_json) {
    code_ = code;
    detail_ = detail;
    return false;
  }
  /// The character at the next place; NUL, which stands nowhere in the grammar, behind the last.
  char peek() const { return at_ == end_ ? '\0' : text_[*at_]; }
  bool expect(char wanted) {
    if (peek() != wanted) return refuse("A comma, colon or bracket is missing or in the wrong place.");
    ++at_;
    return true;
  }

  /// One item of the innermost open object or array, or its end.
  bool step() {
    const std::uint32_t parent = open_[depth_ - 1];
    const bool object = tokens_[parent].kind == JsonKind::object;
    const bool first = parent + 1 == tokens_.size();
    if (peek() == (object ? '}' : ']')) return close();
    if (!first && !expect(',')) return false;
    if (object) {
      if (peek() != '"') return refuse("A key is missing.");
      if (!string() || !expect(':')) return false;
    }
    return value();
  }

  bool value() {
    switch (peek()) {
      case '{':
        return open(JsonKind::object);
      case '[':
        return open(JsonKind::array);
      case '"':
        return string();
      case 't':
        return literal("true", JsonKind::boolean);
      case 'f':
        return literal("false", JsonKind::boolean);
      case 'n':
        return literal("null", JsonKind::null);
      case '\0':
        return refuse("A value is missing.");
      default:
        return number();
    }
  }

  bool open(JsonKind kind) {
    if (depth_ == json_depth_max) return refuse("The document has more than 1,024 levels.", Code::too_deep);
    open_[depth_++] = static_cast<std::uint32_t>(tokens_.size());
    tokens_.push_back({*at_++, 0, 0, kind, false});
    return true;
  }

  bool close() {
    JsonToken& token = tokens_[open_[--depth_]];
    token.end = *at_++ + 1;
    token.next = static_cast<std::uint32_t>(tokens_.size());
    return true;
  }

  void add(std::uint32_t begin, std::uint32_t end, JsonKind kind, bool escaped) {
    tokens_.push_back({begin, end, static_cast<std::uint32_t>(tokens_.size() + 1), kind, escaped});
  }

  /// Where the space for the value at the next place ends: the place after it.
  std::uint32_t limit() const { return at_ + 1 == end_ ? size_ : at_[1]; }

  bool literal(std::string_view word, JsonKind kind) {
    const std::uint32_t begin = *at_;
    const std::string_view found(text_ + begin, limit() - begin);
    if (!found.starts_with(word) || !codec::is_space(found.substr(word.size()))) return refuse("A word is unknown.");
    ++at_;
    add(begin, begin + static_cast<std::uint32_t>(word.size()), kind, false);
    return true;
  }

  bool number() {
    const std::uint32_t begin = *at_;
    const std::string_view found(text_ + begin, limit() - begin);
    const std::size_t length = codec::number_length(found);
    if (length == 0 || !codec::is_space(found.substr(length))) return refuse("A value is not one that JSON has.");
    ++at_;
    add(begin, begin + static_cast<std::uint32_t>(length), JsonKind::number, false);
    return true;
  }

  bool string() {
    const std::uint32_t begin = *at_ + 1;
    std::uint32_t end = limit();
    while (end > begin && text_[end - 1] != '"') --end;  // over white space
    if (end == begin) return refuse("A string does not end.");
    --end;
    const bool escaped = std::memchr(text_ + begin, '\\', end - begin) != nullptr;
    if (escaped) {
      const std::optional<Code> code = codec::escape_fault({text_ + begin, end - begin});
      if (code == Code::not_utf8) return refuse("A string has half of a surrogate pair.", *code);
      if (code) return refuse("A string has an unknown escape.", *code);
    }
    ++at_;
    add(begin, end, JsonKind::string, escaped);
    return true;
  }

  const char* text_;
  std::uint32_t size_;
  const std::uint32_t* at_;
  const std::uint32_t* end_;
  std::vector<JsonToken>& tokens_;
  std::uint32_t open_[json_depth_max];  // left as it is: only the first depth_ are read
  std::size_t depth_ = 0;
  Code code_ = Code::malformed_json;
  std::string_view detail_;
};

}  // namespace

struct JsonParser::Impl {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> places;
  std::vector<JsonToken> tokens;
  JsonBytes bytes;

  void reserve(std::size_t size);
  Result<JsonValue> parse(std::string_view text);
};

namespace {

/// A document begins with ASCII, of which UTF-16 makes every other byte NUL.
bool is_utf16(std::string_view text) {
  if (text.size() < 2 || text.size() % 2 != 0) return false;
  return text[0] == '\0' || (text[1] == '\0' && (text.size() == 2 || text[3] == '\0'));
}

Error unreadable(std::string_view text) {
  if (!simdjson::validate_utf8(text) || is_utf16(text)) return {Code::not_utf8, "The text is not UTF-8."};
  return {Code::malformed_json, "A string does not end or has a control character."};
}

}  // namespace

void JsonParser::Impl::reserve(std::size_t size) {
  if (places && !outgrown(places->capacity(), size)) return;
  places.reset();
  tokens = {};
  const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(size, 4096));
  const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, places);
  WEIR_CHECK(error == simdjson::SUCCESS, "no memory for the parser");
}

Result<JsonValue> JsonParser::Impl::parse(std::string_view text) {
  if (text.size() >= simdjson::SIMDJSON_MAXSIZE_BYTES / 2) return Error{Code::body_too_large, "2 GiB or more."};
  reserve(text.size());
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto error =
      text.empty() ? simdjson::EMPTY : places->stage1(begin, text.size(), simdjson::stage1_mode::regular);
  if (error == simdjson::EMPTY) return Error{Code::empty_body, "There is nothing but white space."};
  if (error != simdjson::SUCCESS) return unreadable(text);
  tokens.clear();
  Walker walker(text, places->structural_indexes.get(), places->n_structural_indexes, tokens);
  if (std::optional<Error> fault = walker.run()) {
    if (is_utf16(text)) return unreadable(text);
    return *std::move(fault);
  }
  return JsonValue(text.data(), tokens.data(), 0);
}

JsonParser::JsonParser() : impl_(std::make_unique<Impl>()) {}
JsonParser::~JsonParser() = default;

Result<JsonValue> JsonParser::parse(std::string_view bytes) {
  impl_->bytes.assign(bytes);
  return impl_->parse(impl_->bytes.view());
}

Result<JsonValue> JsonParser::parse_in_place(std::string_view part, const JsonBytes& bytes) {
  const std::string_view all = bytes.view();
  WEIR_CHECK(part.data() >= all.data() && part.data() + part.size() <= all.data() + all.size(), "a part of the bytes");
  return impl_->parse(part);
}

void JsonBytes::assign(std::string_view bytes) {
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  size_ = bytes.size();
  const std::size_t needed = size_ + simdjson::SIMDJSON_PADDING;
  if (outgrown(buffer_.size(), needed)) buffer_ = std::vector<char>(std::bit_ceil(std::max<std::size_t>(needed, 4096)));
  std::copy(bytes.begin(), bytes.end(), buffer_.begin());
}

std::string_view JsonValue::text(std::string& scratch) const {
  if (!token().escaped) return raw();
  scratch.clear();
  codec::append_unescaped(scratch, raw());
  return scratch;
}

namespace {

template <class T>
std::optional<T> number_of(std::string_view digits) {
  T value{};
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::int64_t> JsonValue::as_int64() const {
  return is(JsonKind::number) ? number_of<std::int64_t>(raw()) : std::nullopt;
}

std::optional<std::uint64_t> JsonValue::as_uint64() const {
  return is(JsonKind::number) ? number_of<std::uint64_t>(raw()) : std::nullopt;
}

bool JsonValue::number_fits() const {
  const std::string_view digits = raw();
  if (digits.size() < 19 && digits.find_first_of("eE") == digits.npos) return true;
  if (digits.find_first_of(".eE") == digits.npos) return as_int64() || as_uint64();
  return number_of<double>(digits).has_value();
}

double JsonValue::as_double() const { return number_of<double>(raw()).value_or(0); }

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
  std::string scratch;
  for (auto rest = items(); is(JsonKind::object) && !rest.done();) {
    const JsonValue key = rest.take();
    const JsonValue value = rest.take();
    if (key.text(scratch) == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string> JsonValue::duplicate_key() const {
  std::vector<std::string> keys;
  std::string scratch;
  for (auto rest = items(); is(JsonKind::object) && !rest.done(); rest.take())
    keys.emplace_back(rest.take().text(scratch));
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice == keys.end()) return std::nullopt;
  return *std::move(twice);
}

}  // namespace weir
