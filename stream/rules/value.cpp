#include "stream/rules/value.hpp"

#include <algorithm>

#include "schemas/codec/timestamp.hpp"

namespace weir::rules {
namespace {

std::optional<Value> scalar_of(const JsonValue& json) {
  std::string scratch;
  switch (json.kind()) {
    case JsonKind::string:
      return Value{std::string{json.text(scratch)}};
    case JsonKind::boolean:
      return Value{json.is_true()};
    case JsonKind::null:
      return Value{nullptr};
    case JsonKind::number:
      if (const auto whole = json.as_int64()) return Value{*whole};
      if (!json.number_fits()) return {};
      return Value{json.as_double()};
    default:
      return {};
  }
}

/// Exact: a double between two integers is between them, however large they are.
std::partial_ordering order(std::int64_t a, double b) {
  constexpr double beyond = 9'223'372'036'854'775'808.0;
  if (b >= beyond) return std::partial_ordering::less;
  if (b < -beyond) return std::partial_ordering::greater;
  const auto whole = static_cast<std::int64_t>(b);
  if (a != whole) return a <=> whole;
  return 0.0 <=> (b - static_cast<double>(whole));
}

std::partial_ordering reversed(std::partial_ordering order) { return 0 <=> order; }

/// The integer that the double is, if it is one.
std::optional<std::int64_t> whole_of(double number) {
  constexpr double beyond = 9'223'372'036'854'775'808.0;
  if (!(number >= -beyond && number < beyond)) return {};
  const auto whole = static_cast<std::int64_t>(number);
  return static_cast<double>(whole) == number ? std::optional{whole} : std::nullopt;
}

}  // namespace

std::optional<std::partial_ordering> compare(const Value& a, const Value& b) {
  return std::visit(
      [](const auto& x, const auto& y) -> std::optional<std::partial_ordering> {
        using X = std::decay_t<decltype(x)>;
        using Y = std::decay_t<decltype(y)>;
        constexpr bool whole = std::is_same_v<X, std::int64_t>, other_whole = std::is_same_v<Y, std::int64_t>;
        constexpr bool real = std::is_same_v<X, double>, other_real = std::is_same_v<Y, double>;
        if constexpr (whole && other_real) {
          return order(x, y);
        } else if constexpr (real && other_whole) {
          return reversed(order(y, x));
        } else if constexpr ((whole && other_whole) || (real && other_real) ||
                             (std::is_same_v<X, std::string> && std::is_same_v<Y, std::string>) ||
                             (std::is_same_v<X, Time> && std::is_same_v<Y, Time>)) {
          return x <=> y;
        } else {
          return std::nullopt;
        }
      },
      a.content_, b.content_);
}

bool operator==(const Value& a, const Value& b) {
  if (const auto ordered = compare(a, b)) return *ordered == 0;
  return a.content_ == b.content_;
}

std::optional<Time> Value::time() const {
  if (const auto* time = std::get_if<Time>(&content_)) return *time;
  if (text() != nullptr) return parse_rfc3339(*text());
  return whole() != nullptr ? from_epoch_ms(*whole()) : std::nullopt;
}

std::string Value::key() const {
  const auto number = [](std::int64_t whole) { return 'n' + std::to_string(whole); };
  if (const auto* one = text()) return '"' + *one;
  if (const auto* one = whole()) return number(*one);
  if (const auto* one = real()) {
    if (const auto same = whole_of(*one)) return number(*same);
    std::string digits = "r";
    JsonWriter{digits}.value(*one);  // the shortest that are this double alone
    return digits;
  }
  if (const auto* one = std::get_if<bool>(&content_)) return *one ? "true" : "false";
  if (const auto* one = std::get_if<Time>(&content_)) return 't' + std::to_string(to_micros(*one));
  if (list() == nullptr) return is_null() ? "null" : "";
  std::string all = "[";
  for (const Value& one : *list()) {
    const std::string key = one.key();
    all += std::to_string(key.size()) + ':' + key;
  }
  return all;
}

std::string Value::shown() const {
  if (const auto* one = text()) return *one;
  if (const auto* one = std::get_if<Time>(&content_)) return to_rfc3339(*one);
  std::string json;
  JsonWriter writer{json};
  if (!is_missing()) write(writer);
  return json;
}

void Value::write(JsonWriter& json) const {
  std::visit(
      [&](const auto& one) {
        using One = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<One, std::monostate>) {
          json.value(nullptr);
        } else if constexpr (std::is_same_v<One, Time>) {
          json.value(to_rfc3339(one));
        } else if constexpr (std::is_same_v<One, List>) {
          json.begin_array();
          for (const Value& item : one) item.write(json);
          json.end_array();
        } else {
          json.value(one);
        }
      },
      content_);
}

std::optional<Value> value_of(const JsonValue& json) {
  if (!json.is(JsonKind::array)) return scalar_of(json);
  Value::List list;
  for (auto items = json.items(); !items.done();) {
    auto item = scalar_of(items.take());
    if (!item) return {};
    list.push_back(*std::move(item));
  }
  return Value{std::move(list)};
}

}  // namespace weir::rules
