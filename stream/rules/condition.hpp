// Conditions over an event and its case (reference sla-rules-conversations B5). As a document:
//   {"all": [{"path": "activity", "op": "in", "value": ["open", "reopen"]},
//            {"not": {"path": "case.attr.tier", "op": "eq", "value": "basic"}},
//            {"some": {"of": "case.activities", "where": {"path": "item", "op": "starts_with", "value": "pay"}}}]}
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/calendar/business_calendar.hpp"
#include "schemas/codec/document.hpp"
#include "stream/rules/operators.hpp"

namespace weir::rules {

/// How something stands that is not told by the event at hand alone.
struct Seen {
  std::optional<Truth> truth = Truth::unknown;  // nothing: it is still open
  Value fact;                                   // what was compared, to explain it
};

/// What conditions may ask for; the caller's, valid during the call.
class Facts {
 public:
  virtual ~Facts() = default;
  /// The value under the path after the event.
  virtual Value after(std::string_view path) const = 0;
  /// The value before it; of what is the event's own: missing.
  virtual Value before(std::string_view path) const = 0;
  /// The calendar as it holds at the time of the event; null: there is none of this name.
  virtual const BusinessCalendar* calendar(std::string_view name) const;
  /// What Grammar::temporal numbered.
  virtual Seen temporal(std::size_t number) const;
};

/// The paths that facts have. `timestamp`, the time of the event, must be one of them where `within` is asked.
struct Paths {
  bool (*known)(std::string_view path);
  std::string_view all;  // to tell those who name another
};

/// What conditions may be made of.
struct Grammar {
  Paths paths;
  /// Told of each calendar that is asked for, where it stands; none: there are no calendars.
  std::function<void(const std::string& name, const DocumentNode& node)> calendar = {};
  /// Reads a condition over more than the event at hand, the member `name` (window, sequence, absent), and numbers it.
  /// Nothing if it has faults. None: there are no such conditions.
  std::function<std::optional<std::size_t>(std::string_view name, const DocumentNode&)> temporal = {};
};

/// How a condition came to its result.
struct Explanation {
  std::string what;  // "all", "case.attr.tier eq \"gold\"", "window"
  Truth result = Truth::unknown;
  Value fact;                           // on the left of the operator
  std::optional<std::size_t> temporal;  // its number
  std::vector<Explanation> parts;

  /// Puts in what was open and now is known, and what follows from it.
  void learn(std::size_t number, Truth truth);
  /// {"what", "result": true, false or null, "fact", "parts"}
  void write(JsonWriter& json) const;
  friend bool operator==(const Explanation&, const Explanation&) = default;
};

/// Something without which a condition does not hold: that the path has the value, or that the numbered thing holds.
struct Need {
  std::string path;
  Value value;
  std::optional<std::size_t> temporal;
};
/// One of them must be so.
using Needs = std::vector<Need>;

/// Immutable, cheap to copy; any thread.
class Condition {
 public:
  /// Reads `{"all": […]}`, `{"any": […]}`, `{"not": …}`, `{"every": {"of", "where"}}`, `{"some": …}` or
  /// `{"path", "op", "value"}`, where `value` may be `{"path": …}`, and what the grammar reads. At most 32 levels and
  /// 1,000 conditions. Nothing if the node is no condition; then it has faults.
  static std::optional<Condition> read(const DocumentNode& node, const Grammar& grammar);
  static std::optional<Condition> read(const DocumentNode& node, const Paths& paths) {
    return read(node, Grammar{paths});
  }
  /// Reads `{"op", "value"}` as a comparison of the path, which is known.
  static std::optional<Condition> read_cell(const DocumentNode& node, const std::string& path, const Grammar& grammar);
  /// Of comparisons by `eq` and the like, without a document. `right` fits the operator.
  static Condition comparison(std::string path, Op op, Value right);
  static Condition all(std::vector<Condition> parts);

  /// Three-valued: of `all` the least of its conditions, of `any` the greatest, `not` of unknown is unknown. What is
  /// still open counts as unknown.
  Truth truth(const Facts& facts) const;
  bool holds(const Facts& facts) const { return truth(facts) == Truth::yes; }
  /// The truth, or what is left to be decided once all but the open is known.
  std::variant<Truth, Condition> given(const Facts& facts) const;
  Explanation explain(const Facts& facts) const;
  /// It asks for something of the event itself and not only of the case (paths that begin with `case.`), so that it
  /// cannot have held before the event.
  bool asks_for_event() const;
  /// Each alternative alone is necessary.
  std::vector<Needs> needs() const;
  /// Every path that it asks for.
  void each_path(const std::function<void(std::string_view path)>& tell) const;

 private:
  struct Node;
  struct Reading;
  explicit Condition(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

  std::shared_ptr<const Node> node_;
};

}  // namespace weir::rules
