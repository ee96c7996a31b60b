// Many requests to many machines at once, over HTTP(S) and SMTP(S), on one thread; each bounded in time and in what is
// taken of its answer, none to an address that it may not reach. For receivers that others named.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "schemas/base/clock.hpp"
#include "state/http/address.hpp"
#include "state/http/client.hpp"

namespace weir::http {

/// One request over http or https.
struct Call {
  std::string method = "POST";
  std::string url;
  std::vector<Header> headers;
  std::string body;
};

/// One message over smtp or smtps.
struct Mail {
  std::string url;
  bool starttls = true;  // of smtp: goes on only once the connection is encrypted
  std::string user;      // empty: signs in nowhere
  std::string password;
  std::string from;  // addresses, without brackets
  std::vector<std::string> to;
  std::string message;  // RFC 5322, lines ended by CR LF
};

using Outgoing = std::variant<Call, Mail>;

enum class Failure : std::uint8_t {
  none,               // there is an answer, whatever it says
  forbidden_address,  // all that the name has are, or the one
  unknown_host,
  unreachable,
  insecure,   // no TLS, or a certificate that is not trusted
  timed_out,  // what was sent may have been taken, as of the next two
  too_large,
  broken,  // the connection ended in the middle
};

std::string_view name_of(Failure failure);

struct Answer {
  Failure failure = Failure::none;
  Response response;   // of a failure what came before it; of a mail its status and, as the body, the last line
  std::string detail;  // of a failure: for people; without anything of the request
};

struct ExchangeLimits {
  Clock::Steady connect_max = std::chrono::seconds{5};
  Clock::Steady total_max = std::chrono::seconds{10};
  std::size_t answer_bytes_max = std::size_t{64} << 10;  // head and body
  std::size_t idle_connections_max = 64;
  Reach reach;
  std::string authorities;  // a file of certificates (PEM) that are trusted instead of the machine's; empty: the latter
};

/// Redirects are answers, no proxy is asked, certificates are checked, HTTP/1.1 is spoken, no encoding of a body is
/// understood. One thread, but for wake().
class Exchanges {
 public:
  struct Ended {
    std::uint64_t ticket = 0;
    Answer answer;
  };

  virtual ~Exchanges() = default;
  /// The ticket is the caller's, one for each exchange under way. Those that the caller does not see end are cut off
  /// when this goes away, at once.
  virtual void start(std::uint64_t ticket, Outgoing outgoing) = 0;
  /// Moves what is under way until something ends, wake() is called or so much time has passed; then what ended.
  virtual std::vector<Ended> wait(Clock::Steady at_most) = 0;
  /// Ends wait(), or the next one. Any thread.
  virtual void wake() = 0;
};

/// By libcurl.
std::unique_ptr<Exchanges> open_exchanges(ExchangeLimits limits);

}  // namespace weir::http
