// Which of many conditions an event can make hold, found by what they need and not by asking each of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/rules/condition.hpp"

namespace weir::rules {

/// Filled once, then immutable.
class Index {
 public:
  /// `number` is to be found with every event whose facts fulfil one of the needs of each alternative; without an
  /// alternative with every event. Of the alternatives the rarest is looked up, once all are known. A need that is
  /// temporal is not looked up here.
  void add(std::uint32_t number, std::vector<Needs> alternatives);
  /// To be called once, after the last add().
  void build();

  /// Adds to `found`, in no order, perhaps twice. O(attributes of the event + paths of the case that are needed +
  /// found).
  void find(const Event& event, const Facts& facts, std::vector<std::uint32_t>& found) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class Value>
  using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
  using Numbers = std::vector<std::uint32_t>;

  void find_value(const ByText<Numbers>& values, const Value& value, Numbers& found) const;

  std::vector<std::pair<std::uint32_t, std::vector<Needs>>> added_;
  ByText<ByText<Numbers>> attributes_;                          // by name, by key of the value
  std::vector<std::pair<std::string, ByText<Numbers>>> paths_;  // all others
  Numbers always_;
};

}  // namespace weir::rules
