// Requests to other machines over HTTP(S). The one door to libcurl.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/clock.hpp"
#include "schemas/base/result.hpp"

namespace weir::http {

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  std::string method = "GET";
  std::string url;  // http or https; the path is sent as it stands here
  std::vector<Header> headers;
  std::string_view body = {};  // outlives the call
};

struct Response {
  unsigned status = 0;
  std::vector<Header> headers;  // names in lower case
  std::string body;             // what was not given to `take`

  /// The first of that name, or nothing.
  std::string_view header(std::string_view name) const;
};

struct ClientOptions {
  Clock::Steady connect_max = std::chrono::seconds{5};
  Clock::Steady stall_max = std::chrono::seconds{30};  // without that a byte moves
  std::size_t body_bytes_max = std::size_t{16} << 20;  // of a response that is kept
  bool checks_certificates = true;                     // false: for what is locked up anyway
};

/// Keeps connections between requests. One request at a time. Follows no redirect, asks no proxy, checks certificates
/// against those that the machine trusts (but see ClientOptions).
class Client {
 public:
  /// Takes the body of a 2xx answer piece by piece; its error ends the request.
  using Take = std::function<Result<void>(std::string_view piece)>;

  explicit Client(const ClientOptions& options = {});
  ~Client();
  Client(Client&&) noexcept;

  /// Waits for the whole answer, whatever its status. Errors: storage_failed (no answer came: whether the request was
  /// done is unknown), `take`'s.
  Result<Response> send(const Request& request, const Take& take = {});

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace weir::http
