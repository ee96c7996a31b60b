// A small blocking HTTP/1.1 client for the commands that talk to a running server. One request at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"

namespace weir::net {

struct ClientAnswer {
  unsigned status = 0;
  std::string body;
};

class Client {
 public:
  /// `url`: `http://HOST[:PORT]` or `https://…` (certificates are checked against the machine's; SSL_CERT_FILE names
  /// others). Errors: bad_request (no such URL), not_found (no server answers there).
  static Result<Client> connect(const std::string& url, std::string token);
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;

  /// The body up to 64 MiB. Error of all requests: not_found, when the server cannot be reached any more.
  Result<ClientAnswer> get(const std::string& target);
  /// Gives a 200's body to `take` as it comes; of any other answer the body is in the result. `take` answers false to
  /// stop.
  Result<ClientAnswer> get_pieces(const std::string& target, const std::function<bool(std::string_view)>& take);
  /// Sends a file as the body. `progress` is told the bytes sent so far. Error: not_found, also of the file.
  Result<ClientAnswer> post_file(const std::string& target, const std::string& path,
                                 const std::function<void(std::uint64_t sent, std::uint64_t of)>& progress);

 private:
  class Connection;
  explicit Client(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
};

/// Percent-encodes everything but unreserved characters.
std::string url_encoded(std::string_view text);

}  // namespace weir::net
