// A format's code and a number: whatever they are, text comes out or a fault and nothing.
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/check.hpp"
#include "stream/ingest/cell_format.hpp"
#include "stream/ingest/rich_text.hpp"

/// `code`, a newline, `number`; the code is read as text with escapes too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::ingest;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  const auto code = input.substr(0, end);
  const auto value = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  const CellFormat format = format_of(code);
  for (const auto zero : {DayZero::year_1900, DayZero::year_1904}) {
    std::string out = "before ";
    const auto fault = append_number(value, format, zero, out);
    WEIR_CHECK((fault == NumberFault::none) == (out.size() > 7), "text or a fault, never both");
  }
  std::string text;
  append_unescaped(code, text);
  WEIR_CHECK(text.size() <= code.size(), "an escape is longer than what it stands for");
  return 0;
}
