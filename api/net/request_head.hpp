// The gate: the only parser that ever looks at the head of a request (reliability.md R23). Strict where readings could
// differ between two parsers, because every such difference is a way to smuggle a request. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "api/net/http.hpp"
#include "api/net/limits.hpp"

namespace weir::net {

/// Finds where a head ends while its bytes arrive, and refuses as early as its bytes allow: lines end in CRLF and
/// nothing else, no control characters, limits of size and count.
class HeadScanner {
 public:
  explicit HeadScanner(const Limits& limits) : limits_(&limits) {}

  /// `received`: all bytes since the head began (each call: the same bytes and more). The size of the head with its
  /// empty line, or 0 when it is not complete. O(new bytes).
  Result<std::size_t> scan(std::string_view received);
  /// The next head begins.
  void reset() { *this = HeadScanner(*limits_); }

 private:
  Result<std::size_t> end_line(std::size_t newline);
  Result<std::size_t> check_sizes(std::size_t bytes) const;

  const Limits* limits_;
  std::size_t seen_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t fields_begin_ = 0;  // 0: in the request line
  std::size_t fields_ = 0;
};

/// Takes a head that the scanner found apart. Everything about framing is decided here: at most one of one
/// Content-Length and one `Transfer-Encoding: chunked`, one Host, HTTP/1.1 or 1.0. Address, `secure` are left to the
/// caller.
Result<RequestHead> parse_request_head(std::string_view head, const Limits& limits);

}  // namespace weir::net
