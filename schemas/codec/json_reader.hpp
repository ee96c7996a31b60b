// Strict JSON (RFC 8259) as a flat list of tokens. simdjson finds the tokens; the grammar, strings and numbers are
// checked here, over the whole document, before anything is read from it. Numbers stay text: one that is too large is
// the concern of whoever reads it, not a fault of its neighbours.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir {

inline constexpr std::size_t json_depth_max = 1024;

enum class JsonKind : std::uint8_t { object, array, string, number, boolean, null };

namespace codec {

/// 16 bytes. `begin`..`end` is the text: of a string without its quotes, of an object or array with its brackets.
struct JsonToken {
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t next;  // the first token after this value and all that is in it
  JsonKind kind;
  bool escaped;  // a string with at least one backslash
};

}  // namespace codec

/// A value of a parsed document. Cheap to copy; valid until the parser's next parse and while the text lives.
class JsonValue {
 public:
  class Items;

  JsonValue(const char* text, const codec::JsonToken* tokens, std::uint32_t at)
      : text_(text), tokens_(tokens), at_(at) {}

  JsonKind kind() const { return token().kind; }
  bool is(JsonKind kind) const { return token().kind == kind; }
  bool is_true() const { return text_[token().begin] == 't'; }
  /// The bytes of the value as they stand in the document; of a string without the quotes, escapes as written.
  std::string_view raw() const { return {text_ + token().begin, token().end - token().begin}; }
  /// The content of a string. `scratch` is written, and pointed into, only when the string has escapes.
  std::string_view text(std::string& scratch) const;
  /// The integer, if it is one without fraction and exponent and in the range. -0 is 0.
  std::optional<std::int64_t> as_int64() const;
  std::optional<std::uint64_t> as_uint64() const;
  /// False for a number that neither an integer of 64 bits (signed or not) nor a finite double can take up: 2^64,
  /// 1e400, or 1e-400, which would become 0.
  bool number_fits() const;
  /// The nearest double of a number that fits.
  double as_double() const;

  /// The values of an array, or of an object its keys and values in turn.
  Items items() const;
  /// The first member under the name, or nothing. Keys compare after their escapes are resolved. O(members).
  std::optional<JsonValue> find(std::string_view name) const;
  /// The first key that an object names twice at its own level, if any. O(members log members).
  std::optional<std::string> duplicate_key() const;

 private:
  friend class Items;
  const codec::JsonToken& token() const { return tokens_[at_]; }

  const char* text_;
  const codec::JsonToken* tokens_;
  std::uint32_t at_;
};

/// Steps over the direct children of a value:
///   for (auto items = object.items(); !items.done();) { JsonValue key = items.take(); JsonValue value = items.take();
///   }
class JsonValue::Items {
 public:
  explicit Items(const JsonValue& parent)
      : next_(parent.text_, parent.tokens_, parent.at_ + 1), end_(parent.token().next) {}

  bool done() const { return next_.at_ >= end_; }
  JsonValue take() {
    const JsonValue taken = next_;
    next_.at_ = taken.token().next;
    return taken;
  }

 private:
  JsonValue next_;
  std::uint32_t end_;
};

inline JsonValue::Items JsonValue::items() const { return Items(*this); }

/// Bytes that any parser may be given: one BOM taken off, and readable for some bytes beyond their end.
class JsonBytes {
 public:
  /// Copies. The copy is one memcpy, which the reads beyond the end need.
  void assign(std::string_view bytes);
  std::string_view view() const { return {buffer_.data(), size_}; }

 private:
  std::vector<char> buffer_;
  std::size_t size_ = 0;
};

/// Parses one document at a time; keeps its buffers for the next. One per thread.
class JsonParser {
 public:
  JsonParser();
  ~JsonParser();
  JsonParser(const JsonParser&) = delete;
  JsonParser& operator=(const JsonParser&) = delete;

  /// Copies the bytes and parses them as one document; one BOM before it is skipped. The value points into the copy.
  /// Errors: empty_body (nothing or only white space), not_utf8 (also a lone surrogate, escaped or not, and UTF-16),
  /// too_deep (more than 1,024 levels), malformed_json. O(bytes), no recursion. Duplicate keys are left to the reader.
  Result<JsonValue> parse(std::string_view bytes);
  /// Parses a part of `bytes` in place: the part, and the value, point into it.
  Result<JsonValue> parse_in_place(std::string_view part, const JsonBytes& bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
