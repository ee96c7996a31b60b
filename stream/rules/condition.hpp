// Conditions over an event and its case (reference sla-rules-conversations B5). As a document:
//   {"all": [{"path": "activity", "op": "in", "value": ["open", "reopen"]},
//            {"not": {"path": "case.attr.tier", "op": "eq", "value": "basic"}}]}
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/codec/document.hpp"
#include "stream/rules/value.hpp"

namespace weir::rules {

/// What conditions may ask for; the caller's, valid during the call.
class Facts {
 public:
  virtual ~Facts() = default;
  /// The value under the path after the event.
  virtual Value after(std::string_view path) const = 0;
  /// The value before it; of what is the event's own: missing.
  virtual Value before(std::string_view path) const = 0;
};

/// The paths that facts have.
struct Paths {
  bool (*known)(std::string_view path);
  std::string_view all;  // to tell those who name another
};

/// `unknown`: what was asked for is missing, or of a kind that the operator does not compare.
enum class Truth : std::uint8_t { no, unknown, yes };

/// Immutable, cheap to copy; any thread.
class Condition {
 public:
  /// Reads `{"all": […]}`, `{"any": […]}`, `{"not": …}` or `{"path", "op", "value"}`, where `value` may be
  /// `{"path": …}`. At most 32 levels and 1,000 conditions; paths are those that `paths` knows. Nothing if the node is
  /// no condition; then it has faults.
  static std::optional<Condition> read(const DocumentNode& node, const Paths& paths);

  /// Three-valued: of `all` the least of its conditions, of `any` the greatest, `not` of unknown is unknown.
  Truth truth(const Facts& facts) const;
  bool holds(const Facts& facts) const { return truth(facts) == Truth::yes; }
  /// It asks for something of the event itself and not only of the case (paths that begin with `case.`), so that it
  /// cannot have held before the event.
  bool asks_for_event() const;

 private:
  struct Node;
  struct Reading;
  explicit Condition(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

  std::shared_ptr<const Node> node_;
};

}  // namespace weir::rules
