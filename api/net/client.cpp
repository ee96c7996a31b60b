#include "api/net/client.hpp"

#include <optional>
#include <utility>
#include <variant>

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "api/net/asio.hpp"

namespace weir::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::uint64_t body_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t piece_bytes = 64 * 1024;

struct Url {
  bool tls = false;
  std::string host;
  std::string port;
};

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) return std::nullopt;
  text.remove_prefix(url.tls ? 8 : 7);
  if (text.ends_with('/')) text.remove_suffix(1);
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const std::size_t colon = text.find(':', bracket);
  url.host = text.substr(bracket > 0 ? 1 : 0, bracket > 0 ? bracket - 1 : colon);
  url.port = colon == std::string_view::npos ? (url.tls ? "443" : "80") : std::string{text.substr(colon + 1)};
  if (url.host.empty() || url.port.empty() || url.port.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return url;
}

Error unreachable(const error_code& failed) {
  return {Code::not_found, "the server cannot be reached: " + failed.message()};
}

}  // namespace

class Client::Connection {
 public:
  Connection(Url url, std::string token) : url_(std::move(url)), token_(std::move(token)) {}

  Result<void> open() {
    error_code failed;
    asio::ip::tcp::resolver resolver(context_);
    const auto found = resolver.resolve(url_.host, url_.port, failed);
    if (failed) return unreachable(failed);
    stream_.reset();
    asio::ip::tcp::socket socket(context_);
    asio::connect(socket, found, failed);
    if (failed) return unreachable(failed);
    if (!url_.tls) {
      stream_.emplace(std::in_place_index<0>, std::move(socket));
      return {};
    }
    tls_.set_default_verify_paths(failed);
    tls_.set_verify_mode(asio::ssl::verify_peer);
    auto& secured = std::get<1>(stream_.emplace(std::in_place_index<1>, std::move(socket), tls_));
    secured.set_verify_callback(asio::ssl::host_name_verification(url_.host), failed);
    SSL_set_tlsext_host_name(secured.native_handle(), url_.host.c_str());
    secured.handshake(asio::ssl::stream_base::client, failed);
    if (failed) return unreachable(failed);
    return {};
  }

  template <class Body>
  http::request<Body> request(http::verb verb, const std::string& target) const {
    http::request<Body> request{verb, target, 11};
    request.set(http::field::host, url_.host + ':' + url_.port);
    request.set(http::field::user_agent, "weir");
    if (!token_.empty()) request.set(http::field::authorization, "Bearer " + token_);
    return request;
  }

  /// Calls `work(stream)` with whichever stream it is; the server may have closed an idle one.
  template <class Work>
  auto with_stream(const Work& work) {
    return std::visit([&](auto& stream) { return work(stream); }, *stream_);
  }

 private:
  Url url_;
  std::string token_;
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  std::optional<std::variant<asio::ip::tcp::socket, asio::ssl::stream<asio::ip::tcp::socket>>> stream_;
};

namespace {

/// Reads an answer; a 200's body goes to `take` if there is one.
template <class Stream>
Result<ClientAnswer> read_answer(Stream& stream, const std::function<bool(std::string_view)>& take) {
  error_code failed;
  beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  http::read_header(stream, buffer, parser, failed);
  if (failed) return unreachable(failed);
  ClientAnswer answer;
  answer.status = parser.get().result_int();
  std::string piece(piece_bytes, '\0');
  while (!parser.is_done()) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    http::read(stream, buffer, parser, failed);
    if (failed && failed != http::error::need_buffer) return unreachable(failed);
    const std::string_view got{piece.data(), piece.size() - parser.get().body().size};
    if (take && answer.status == 200) {
      if (!take(got)) return answer;
    } else if (answer.body.append(got).size() > body_bytes_max) {
      return Error{Code::body_too_large, "the answer is longer than 64 MiB"};
    }
  }
  return answer;
}

}  // namespace

Client::Client(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Result<Client> Client::connect(const std::string& url, std::string token) {
  auto parsed = parse_url(url);
  if (!parsed) return Error{Code::bad_request, "the server's URL must be http://HOST:PORT or https://HOST:PORT"};
  auto connection = std::make_unique<Connection>(std::move(*parsed), std::move(token));
  if (const auto opened = connection->open(); !opened) return opened.error();
  return Client{std::move(connection)};
}

Result<ClientAnswer> Client::get(const std::string& target) { return get_pieces(target, {}); }

Result<ClientAnswer> Client::get_pieces(const std::string& target, const std::function<bool(std::string_view)>& take) {
  const auto request = connection_->request<http::empty_body>(http::verb::get, target);
  return connection_->with_stream([&](auto& stream) -> Result<ClientAnswer> {
    error_code failed;
    http::write(stream, request, failed);
    if (failed) return unreachable(failed);
    return read_answer(stream, take);
  });
}

Result<ClientAnswer> Client::post_file(const std::string& target, const std::string& path,
                                       const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  auto request = connection_->request<http::file_body>(http::verb::post, target);
  error_code failed;
  request.body().open(path.c_str(), beast::file_mode::scan, failed);
  if (failed) return Error{Code::not_found, "the file cannot be read"};
  const std::uint64_t size = request.body().size();
  request.set(http::field::content_type, "application/octet-stream");
  request.prepare_payload();
  return connection_->with_stream([&](auto& stream) -> Result<ClientAnswer> {
    http::request_serializer<http::file_body> serializer{request};
    std::uint64_t sent = 0;
    while (!serializer.is_done()) {
      sent += http::write_some(stream, serializer, failed);
      // A server that refuses closes while we still send: its answer says why.
      if (failed) break;
      progress(std::min(sent, size), size);
    }
    auto answer = read_answer(stream, {});
    if (!answer && failed) return unreachable(failed);
    return answer;
  });
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || c == '-' || c == '_' || c == '.' || c == '~') {
      encoded.push_back(c);
    } else {
      encoded.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
  }
  return encoded;
}

}  // namespace weir::net
