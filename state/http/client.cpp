#include "state/http/client.hpp"

#include <algorithm>
#include <optional>

#include <curl/curl.h>

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
  auto& response = static_cast<Exchange*>(context)->response;
  std::string_view line{bytes, size};
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) response.headers.clear();  // an interim answer's are none of the final one's
  if (colon == std::string_view::npos) return size;
  std::string name{line.substr(0, colon)};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  response.headers.push_back({std::move(name), std::string{value}});
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

/// Frees itself.
class HeaderList {
 public:
  explicit HeaderList(const std::vector<Header>& headers) {
    add("Expect:");  // no waiting for a 100
    for (const Header& header : headers) add((header.name + ": " + header.value).c_str());
  }
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  const curl_slist* get() const { return list_; }

 private:
  void add(const char* line) { list_ = curl_slist_append(list_, line); }
  curl_slist* list_ = nullptr;
};

long seconds_of(Clock::Steady time) { return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(time).count()); }

}  // namespace

struct Client::Handle {
  explicit Handle(const ClientOptions& its_options) : options(its_options) {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = once == CURLE_OK ? curl_easy_init() : nullptr;
    WEIR_CHECK(curl != nullptr, "libcurl cannot be set up");
  }
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void prepare(const Request& request, const HeaderList& headers, Exchange& exchange);

  const ClientOptions options;
  CURL* curl = nullptr;
};

void Client::Handle::prepare(const Request& request, const HeaderList& headers, Exchange& exchange) {
  curl_easy_reset(curl);  // connections stay
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" && request.method != "DELETE") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data() == nullptr ? "" : request.body.data());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
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
