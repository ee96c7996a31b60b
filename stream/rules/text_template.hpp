// A text with holes for what is known of an event and its case: "Case {case.id} waits for {case.resource}".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stream/rules/condition.hpp"

namespace weir::rules {

/// Immutable; any thread.
class TextTemplate {
 public:
  TextTemplate() = default;
  /// 1 to `bytes_max` bytes; `{path}` is a hole, `{{` and `}}` are braces. Nothing if it has faults.
  static std::optional<TextTemplate> read(const DocumentNode& node, std::size_t bytes_max, const Paths& paths);

  /// A value takes at most 256 bytes; what is missing is "-". Of one line: control characters become spaces.
  std::string filled(const Facts& facts, bool one_line) const;
  void each_path(const std::function<void(std::string_view path)>& tell) const;

 private:
  struct Part {
    std::string text;
    bool is_hole = false;
  };
  std::vector<Part> parts_;
};

}  // namespace weir::rules
