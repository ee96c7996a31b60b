// The text of a string in a workbook (ECMA-376-1, CT_Rst): its runs joined, hints for pronunciation left out.
#pragma once

#include <string>

#include "stream/ingest/xml_reader.hpp"

namespace weir::ingest {

/// `_x000D_` stands for the character U+000D; what is no such escape stays. Appends.
void append_unescaped(std::string_view text, std::string& out);

/// Told of what is within an <si> or <is>.
class RichText {
 public:
  static constexpr std::size_t bytes_max = 1 << 20;

  void clear();
  void start(std::string_view name, const XmlAttributes& attributes);
  void end(std::string_view name);
  /// Error: line_too_long (the string has more than 1 MiB).
  Result<void> text(std::string_view piece);
  const std::string& whole() const { return whole_; }

 private:
  std::string whole_;
  std::string run_;
  bool in_run_ = false;
  bool keeps_space_ = false;
  std::size_t hints_ = 0;  // open <rPh>
};

}  // namespace weir::ingest
