// The errors of Weir as values. See errors.def for the list and what each means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

enum class Code : std::uint8_t {
#define WEIR_ERROR(code, status, sentence) code,
#include "schemas/base/errors.def"
#undef WEIR_ERROR
};

/// The stable name, e.g. "bad_timestamp".
std::string_view name_of(Code code);
/// The code of that name, if there is one.
std::optional<Code> code_named(std::string_view name);
/// The HTTP status that a problem document with this code carries.
unsigned http_status_of(Code code);
/// One sentence for people; the `title` of the problem document.
std::string_view title_of(Code code);

/// What was wrong (`code`), and with what (`detail`: one sentence for the person who has to mend it; never echoes
/// secrets or unbounded input).
struct Error {
  Code code = Code::internal;
  std::string detail;

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace weir
