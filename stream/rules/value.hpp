// What conditions compare: a fact of an event or a case, or an operand of the document.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/base/time.hpp"
#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_writer.hpp"

namespace weir::rules {

/// Nothing (it is missing), null, a boolean, a number, a text, a point in time or a list of values.
class Value {
 public:
  using List = std::vector<Value>;

  Value() = default;
  Value(std::nullptr_t) : content_(nullptr) {}
  Value(bool flag) : content_(flag) {}
  Value(std::int64_t number) : content_(number) {}
  Value(double number) : content_(number) {}
  Value(std::string text) : content_(std::move(text)) {}
  Value(Time time) : content_(time) {}
  Value(List list) : content_(std::move(list)) {}

  bool is_missing() const { return std::holds_alternative<std::monostate>(content_); }
  const std::string* text() const { return std::get_if<std::string>(&content_); }
  const List* list() const { return std::get_if<List>(&content_); }
  const std::int64_t* whole() const { return std::get_if<std::int64_t>(&content_); }
  const double* real() const { return std::get_if<double>(&content_); }
  bool is_null() const { return std::holds_alternative<std::nullptr_t>(content_); }
  bool is_number() const { return whole() != nullptr || real() != nullptr; }
  /// The point in time that it is, or says: by RFC 3339 with an offset, or in epoch milliseconds.
  std::optional<Time> time() const;
  /// The same of two values if, and only if, they are equal. Text.
  std::string key() const;
  /// As people read it: a text as it is, all else as JSON; nothing of what is missing.
  std::string shown() const;
  /// As JSON; null of what is missing.
  void write(JsonWriter& json) const;

  /// Numbers compare by value, whatever their form; things of two kinds differ. Two that are missing are the same.
  friend bool operator==(const Value& a, const Value& b);
  /// Of two numbers, of two times, or of two texts byte by byte; of others nothing.
  friend std::optional<std::partial_ordering> compare(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, std::nullptr_t, bool, std::int64_t, double, std::string, Time, List> content_;
};

/// Of a scalar or an array of scalars. Nothing: an object, a list in a list, or a number that no 64 bits hold.
std::optional<Value> value_of(const JsonValue& json);

}  // namespace weir::rules
