// What conditions compare: a fact of an event or a case, or an operand of the document.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/codec/json_reader.hpp"

namespace weir::rules {

/// Nothing (it is missing), null, a boolean, a number, a text or a list of values.
class Value {
 public:
  using List = std::vector<Value>;

  Value() = default;
  Value(std::nullptr_t) : content_(nullptr) {}
  Value(bool flag) : content_(flag) {}
  Value(std::int64_t number) : content_(number) {}
  Value(double number) : content_(number) {}
  Value(std::string text) : content_(std::move(text)) {}
  Value(List list) : content_(std::move(list)) {}

  bool is_missing() const { return std::holds_alternative<std::monostate>(content_); }
  const std::string* text() const { return std::get_if<std::string>(&content_); }
  const List* list() const { return std::get_if<List>(&content_); }

  /// Numbers compare by value, whatever their form; things of two kinds differ. Two that are missing are the same.
  friend bool operator==(const Value& a, const Value& b);
  /// Of two numbers, or of two texts byte by byte; of others nothing.
  friend std::optional<std::partial_ordering> compare(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, std::nullptr_t, bool, std::int64_t, double, std::string, List> content_;
};

/// Of a scalar or an array of scalars. Nothing: an object, a list in a list, or a number that no 64 bits hold.
std::optional<Value> value_of(const JsonValue& json);

}  // namespace weir::rules
