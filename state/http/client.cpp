#include "state/http/client.hpp"

#include <algorithm>
#include <optional>

#include "state/http/easy.hpp"

namespace weir::http {
namespace {

/// What one request has got so far.
struct Exchange {
  CURL* curl;
  const Client::Take& take;
  std::size_t body_bytes_max;
  Response response = {};
  std::optional<Error> refused = {};  // by us
};

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* context) {
  add_header({bytes, size}, static_cast<Exchange*>(context)->response);
  return size;
}

/// Anything but `size` ends the transfer.
std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  long status = 0;
  curl_easy_getinfo(exchange.curl, CURLINFO_RESPONSE_CODE, &status);
  if (exchange.take && status >= 200 && status < 300) {
    if (const auto taken = exchange.take({bytes, size}); !taken) exchange.refused = taken.error();
  } else if (size > exchange.body_bytes_max - exchange.response.body.size()) {
    exchange.refused = Error{Code::storage_failed, "the answer is too large"};
  } else {
    exchange.response.body.append(bytes, size);
  }
  return exchange.refused ? size + 1 : size;
}

}  // namespace

struct Client::Handle {
  explicit Handle(const ClientOptions& its_options) : options(its_options) {}
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void prepare(const Request& request, const HeaderList& headers, Exchange& exchange);

  const ClientOptions options;
  CURL* curl = new_easy();
};

void Client::Handle::prepare(const Request& request, const HeaderList& headers, Exchange& exchange) {
  curl_easy_reset(curl);  // connections stay
  set_request(curl, request.method, request.url, headers, request.body);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, options.checks_certificates ? 1L : 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, options.checks_certificates ? 2L : 0L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, seconds_of(options.connect_max));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, seconds_of(options.stall_max));
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
}

std::string_view Response::header(std::string_view name) const {
  const auto at = std::find_if(headers.begin(), headers.end(), [&](const Header& one) { return one.name == name; });
  return at == headers.end() ? std::string_view{} : std::string_view{at->value};
}

Client::Client(const ClientOptions& options) : handle_(std::make_unique<Handle>(options)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Result<Response> Client::send(const Request& request, const Take& take) {
  Exchange exchange{handle_->curl, take, handle_->options.body_bytes_max};
  const HeaderList headers(request.headers);
  handle_->prepare(request, headers, exchange);
  const CURLcode outcome = curl_easy_perform(handle_->curl);
  if (exchange.refused) return *exchange.refused;
  if (outcome != CURLE_OK) return Error{Code::storage_failed, request.url + ": " + curl_easy_strerror(outcome)};
  long status = 0;
  curl_easy_getinfo(handle_->curl, CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<unsigned>(status);
  return std::move(exchange.response);
}

}  // namespace weir::http
