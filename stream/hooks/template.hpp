// Texts with holes that a delivery fills: `{/issue/number}` is what stands under that JSON pointer of the body,
// `{header:x-github-event}` a header; `{{` and `}}` are braces. A `*` in a pointer is the place that the mapping's
// `each` has reached in an array: `/entry/*/id` and `/entry/*/changes/*/field` go together.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/codec/document.hpp"
#include "schemas/codec/json_reader.hpp"
#include "stream/hooks/delivery.hpp"

namespace weir::hooks {

/// What fills holes; the caller's, valid during the call.
struct Source {
  const JsonValue& body;
  const Delivery& delivery;
  std::vector<std::size_t> places;  // in the arrays of `each`, outermost first
};

/// A JSON pointer (RFC 6901) in which a step may be `*`.
class Pointer {
 public:
  /// Nothing if it is none, or has more than 32 steps.
  static std::optional<Pointer> read(std::string_view text);

  friend bool operator==(const Pointer&, const Pointer&) = default;

  std::size_t stars() const;
  /// What stands there; nothing, too, where a `*` has no place. O(members on the way).
  std::optional<JsonValue> find(const Source& source) const;
  /// The places at which its arrays have items, in order; `*` where there is no array has none. At most `places_max`.
  std::vector<std::vector<std::size_t>> places(const JsonValue& body, std::size_t places_max) const;

 private:
  struct Step {
    std::string name;
    bool is_star = false;
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::vector<Step> steps_;
};

/// Immutable. One text or several, of which the first counts whose holes are all filled: with what is neither missing
/// nor null, nor empty, nor an object or array.
class Template {
 public:
  /// Of a string or an array of 1 to 8 strings; has faults if it answers nothing. `stars`: those of `each`.
  static std::optional<Template> read(const DocumentNode& node, std::size_t stars);

  std::optional<std::string> text(const Source& source) const;
  /// As JSON: a text that is one hole alone keeps the form of what fills it (a number stays one).
  std::optional<std::string> json(const Source& source) const;

 private:
  struct Part {
    std::string literal;             // before the hole
    std::optional<Pointer> pointer;  // none, and no header: the text ends here
    std::string header;
  };
  using Parts = std::vector<Part>;
  static std::optional<Parts> parts_of(std::string_view text);
  static std::optional<std::string> filled(const Parts& parts, const Source& source);

  std::vector<Parts> alternatives_;
};

}  // namespace weir::hooks
