// The HTTP vocabulary that the rest of api/ speaks: requests that passed the gate, and answers. No socket, no library.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::net {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };

std::string_view name_of(Method method);

struct Header {
  std::string name;  // of a request: in lower case
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

struct Parameter {
  std::string name;
  std::string value;

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

enum class ContentCoding : std::uint8_t { identity, gzip };

/// What a request says before its body. Everything here passed the gate (request_head.hpp); names and values are the
/// client's and must be escaped where they are shown.
struct RequestHead {
  Method method = Method::get;
  std::string target;                 // as sent, in origin form: "/v1/events?x=1"
  std::vector<std::string> segments;  // of the path, percent-decoded: {"v1", "events"}; "/" has none
  std::vector<Parameter> query;       // percent-decoded, in the order sent, repeats kept
  std::vector<Header> headers;        // in the order sent, names in lower case

  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  ContentCoding coding = ContentCoding::identity;
  bool expects_continue = false;
  bool http_1_0 = false;
  bool keep_alive = true;

  std::string remote_address;  // without port
  std::string trace_id;        // 32 hexadecimal digits: of `traceparent`, else new
  bool secure = false;         // arrived over TLS

  /// The first value under a name in lower case, or empty. O(headers).
  std::string_view header(std::string_view lower_case_name) const;
  /// All of them, in their order. O(headers).
  std::vector<std::string_view> all_headers(std::string_view lower_case_name) const;
  /// The first value of a query parameter; none when the parameter is absent. O(parameters).
  std::optional<std::string_view> parameter(std::string_view name) const;
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

struct Request {
  RequestHead head;
  std::string body;  // with chunks and content coding undone
};

/// A body that is made while it is sent (exports): sent in chunks, pulled only as fast as the reader takes it.
class BodySource {
 public:
  using Next = std::function<void(Result<std::string>)>;

  virtual ~BodySource() = default;
  /// Asks for the next piece. Called on an I/O thread, never again before `next` was called; `next` may be called at
  /// once or later and from any thread, exactly once. An empty piece ends the body. An error cuts the connection, so
  /// that the reader cannot take the body for whole.
  virtual void pull(Next next) = 0;
};

/// The answer. `Date`, `Server`, `Content-Length`, `Connection` and `traceparent` are added by the session; control
/// characters in header values are percent-encoded, so that no value can end its line.
struct Response {
  unsigned status = 200;
  std::string content_type;  // empty: none sent
  std::vector<Header> headers;
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // instead of `body`: bytes that many answers share
  std::shared_ptr<BodySource> source;              // instead of both
};

}  // namespace weir::net
