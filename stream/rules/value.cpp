#include "stream/rules/value.hpp"

#include <algorithm>

namespace weir::rules {
namespace {

using Number = std::variant<std::int64_t, double>;

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
                             (std::is_same_v<X, std::string> && std::is_same_v<Y, std::string>)) {
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
