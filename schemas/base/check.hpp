// Programmer errors: a condition that cannot be false unless the program is wrong. Stays on in release.
#pragma once

namespace weir {

/// Prints `file:line: message (condition)` to stderr and aborts. Never returns.
[[noreturn]] void check_failed(const char* condition, const char* message, const char* file, int line);

}  // namespace weir

#define WEIR_CHECK(condition, message) \
  (static_cast<bool>(condition) ? void(0) : ::weir::check_failed(#condition, message, __FILE__, __LINE__))
