// Answers as bytes: status line and header fields. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/net/http.hpp"
#include "schemas/base/time.hpp"

namespace weir::net {

/// What the request and the connection say about its answer.
struct AnswerContext {
  bool http_1_0 = false;
  bool head_only = false;  // the request was HEAD: length and type of a body that is not sent
  bool keep_alive = true;
  std::string trace_id;
};

enum class BodyForm : std::uint8_t { none, length, chunked, until_close };

/// How the body of `response` goes on the wire. HTTP/1.0 knows no chunks: there the end of the connection ends it.
BodyForm body_form_of(const Response& response, const AnswerContext& context);

/// The bytes of the body that are known now.
std::string_view known_body(const Response& response);

/// Status line to empty line. `date` is a value of HttpDate.
std::string response_head(const Response& response, const AnswerContext& context, std::string_view date);

/// `Date` values, formatted once a second. One per thread.
class HttpDate {
 public:
  std::string_view at(Time now);

 private:
  std::chrono::sys_seconds second_{std::chrono::seconds{-1}};
  std::string text_;
};

}  // namespace weir::net
