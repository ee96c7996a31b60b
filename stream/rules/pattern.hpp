// Regular expressions that take time in proportion to the text, whoever wrote them. The one door to RE2.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"

namespace re2 {
class RE2;
}

namespace weir::rules {

/// RE2's syntax: that of Perl without backreferences and without looking around. Immutable, cheap to copy; any thread.
class Pattern {
 public:
  /// At most 1,000 bytes, and no more than a mebibyte once compiled. Error: bad_query, the detail says what is wrong.
  static Result<Pattern> compile(const std::string& text);

  /// Whether it is found anywhere in the text. O(bytes of text · size of the pattern).
  bool is_found_in(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace weir::rules
