#include "state/http/exchanges.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "state/http/easy.hpp"

namespace weir::http {
namespace {

std::optional<Address> address_of(const sockaddr& of, std::size_t size) {
  Address address{};
  if (of.sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    std::memcpy(address.data(), &reinterpret_cast<const sockaddr_in6&>(of).sin6_addr, 16);
  } else if (of.sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    address[10] = address[11] = 0xff;
    std::memcpy(address.data() + 12, &reinterpret_cast<const sockaddr_in&>(of).sin_addr, 4);
  } else {
    return std::nullopt;
  }
  return address;
}

/// One exchange under way. Stays where it is: libcurl points into it.
class Exchange {
 public:
  Exchange(std::uint64_t ticket, Outgoing outgoing, const ExchangeLimits& limits)
      : ticket_(ticket), outgoing_(std::move(outgoing)), limits_(limits) {
    if (const auto* call = std::get_if<Call>(&outgoing_)) {
      headers_.emplace(call->headers);
      set_request(curl_, call->method, call->url, *headers_, call->body);
      curl_easy_setopt(curl_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    } else {
      set_mail(std::get<Mail>(outgoing_));
    }
    set_limits();
  }
  ~Exchange() { curl_easy_cleanup(curl_); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  CURL* curl() const { return curl_; }
  Exchanges::Ended end(CURLcode outcome);

 private:
  void set_mail(const Mail& mail);
  void set_limits();
  Failure failure_of(CURLcode outcome) const;
  bool has_room(std::size_t size);

  static std::size_t take_head(char* bytes, std::size_t, std::size_t size, void* context);
  static std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* context);
  static std::size_t give_message(char* bytes, std::size_t size, std::size_t count, void* context);
  static curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* to);

  const std::uint64_t ticket_;
  const Outgoing outgoing_;
  const ExchangeLimits& limits_;
  CURL* const curl_ = new_easy();
  std::optional<HeaderList> headers_;
  HeaderList recipients_;
  std::string sender_;
  Response response_;
  std::size_t given_ = 0;  // bytes of the mail
  std::size_t taken_ = 0;  // bytes of the answer
  bool too_large_ = false;
  bool refused_address_ = false;
};

bool Exchange::has_room(std::size_t size) {
  too_large_ = too_large_ || size > limits_.answer_bytes_max - taken_;
  if (!too_large_) taken_ += size;
  return !too_large_;
}

// Anything but `size` ends the transfer.
std::size_t Exchange::take_head(char* bytes, std::size_t, std::size_t size, void* context) {
  auto& self = *static_cast<Exchange*>(context);
  if (!self.has_room(size)) return size + 1;
  if (std::holds_alternative<Call>(self.outgoing_)) {
    add_header({bytes, size}, self.response_);
  } else {
    self.response_.body.assign(bytes, size);
  }
  return size;
}

std::size_t Exchange::take_body(char* bytes, std::size_t, std::size_t size, void* context) {
  auto& self = *static_cast<Exchange*>(context);
  const std::size_t room = self.limits_.answer_bytes_max - self.taken_;
  self.response_.body.append(bytes, std::min(size, room));  // what was sent first tells most of a wrong receiver
  return self.has_room(size) ? size : size + 1;
}

std::size_t Exchange::give_message(char* bytes, std::size_t size, std::size_t count, void* context) {
  auto& self = *static_cast<Exchange*>(context);
  const std::string_view left = std::string_view(std::get<Mail>(self.outgoing_).message).substr(self.given_);
  const std::size_t given = std::min(size * count, left.size());
  std::memcpy(bytes, left.data(), given);
  self.given_ += given;
  return given;
}

curl_socket_t Exchange::open_socket(void* context, curlsocktype, curl_sockaddr* to) {
  auto& self = *static_cast<Exchange*>(context);
  const auto address = address_of(to->addr, to->addrlen);
  if (!address || !self.limits_.reach.permits(*address)) {
    self.refused_address_ = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void Exchange::set_mail(const Mail& mail) {
  sender_ = '<' + mail.from + '>';
  for (const std::string& one : mail.to) recipients_.add(('<' + one + '>').c_str());
  curl_easy_setopt(curl_, CURLOPT_URL, mail.url.c_str());
  curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl_, CURLOPT_PROXY, "");
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_USE_SSL, mail.starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE);
  if (!mail.user.empty()) {
    curl_easy_setopt(curl_, CURLOPT_USERNAME, mail.user.c_str());
    curl_easy_setopt(curl_, CURLOPT_PASSWORD, mail.password.c_str());
  }
  curl_easy_setopt(curl_, CURLOPT_MAIL_FROM, sender_.c_str());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, recipients_.get());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one address that is wrong costs itself alone
  curl_easy_setopt(curl_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl_, CURLOPT_READFUNCTION, give_message);
  curl_easy_setopt(curl_, CURLOPT_READDATA, this);
}

void Exchange::set_limits() {
  curl_easy_setopt(curl_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(limits_.connect_max));
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, milliseconds_of(limits_.total_max));
  curl_easy_setopt(curl_, CURLOPT_QUICK_EXIT, 1L);  // a name that nobody resolves must not hold the thread up
  curl_easy_setopt(curl_, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, take_head);
  curl_easy_setopt(curl_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
  if (!limits_.authorities.empty()) {
    curl_easy_setopt(curl_, CURLOPT_CAINFO, limits_.authorities.c_str());
    curl_easy_setopt(curl_, CURLOPT_CAPATH, nullptr);
  }
}

Failure Exchange::failure_of(CURLcode outcome) const {
  if (too_large_) return Failure::too_large;
  switch (outcome) {
    case CURLE_OK:
      return Failure::none;
    case CURLE_COULDNT_RESOLVE_HOST:
      return Failure::unknown_host;
    case CURLE_COULDNT_CONNECT:
      return refused_address_ ? Failure::forbidden_address : Failure::unreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return Failure::timed_out;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
      return Failure::insecure;
    default:
      return Failure::broken;
  }
}

Exchanges::Ended Exchange::end(CURLcode outcome) {
  long status = 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  Answer answer;
  answer.failure = failure_of(outcome);
  answer.response = std::move(response_);
  answer.response.status = static_cast<unsigned>(status);
  // A mail server that says no has answered, which libcurl tells as an error.
  const bool said_no = std::holds_alternative<Mail>(outgoing_) && status >= 400;
  if (said_no && answer.failure == Failure::broken) answer.failure = Failure::none;
  if (answer.failure == Failure::too_large) answer.detail = "the answer is too large";
  if (answer.failure == Failure::forbidden_address) answer.detail = "the address is not one that may be reached";
  if (answer.failure != Failure::none && answer.detail.empty()) answer.detail = curl_easy_strerror(outcome);
  return {ticket_, std::move(answer)};
}

class CurlExchanges final : public Exchanges {
 public:
  explicit CurlExchanges(ExchangeLimits limits) : limits_(std::move(limits)) {
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(limits_.idle_connections_max));
  }
  ~CurlExchanges() override {
    for (const auto& [curl, exchange] : under_way_) curl_multi_remove_handle(multi_, curl);
    under_way_.clear();
    curl_multi_cleanup(multi_);
  }
  CurlExchanges(const CurlExchanges&) = delete;
  CurlExchanges& operator=(const CurlExchanges&) = delete;

  void start(std::uint64_t ticket, Outgoing outgoing) override {
    auto exchange = std::make_unique<Exchange>(ticket, std::move(outgoing), limits_);
    CURL* curl = exchange->curl();
    WEIR_CHECK(curl_multi_add_handle(multi_, curl) == CURLM_OK, "a request cannot be started");
    under_way_.emplace(curl, std::move(exchange));
  }

  std::vector<Ended> wait(Clock::Steady at_most) override {
    auto ended = move();
    if (!ended.empty()) return ended;
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(std::max(0L, milliseconds_of(at_most))), nullptr);
    return move();
  }

  void wake() override { curl_multi_wakeup(multi_); }

 private:
  std::vector<Ended> move() {
    int running = 0, left = 0;
    curl_multi_perform(multi_, &running);
    std::vector<Ended> ended;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* curl = message->easy_handle;
      const CURLcode outcome = message->data.result;  // the message goes with the handle
      const auto at = under_way_.find(curl);
      ended.push_back(at->second->end(outcome));
      curl_multi_remove_handle(multi_, curl);
      under_way_.erase(at);
    }
    return ended;
  }

  const ExchangeLimits limits_;
  CURLM* const multi_ = new_multi();
  std::map<CURL*, std::unique_ptr<Exchange>> under_way_;
};

}  // namespace

std::string_view name_of(Failure failure) {
  switch (failure) {
    case Failure::none:
      return "none";
    case Failure::forbidden_address:
      return "forbidden_address";
    case Failure::unknown_host:
      return "unknown_host";
    case Failure::unreachable:
      return "unreachable";
    case Failure::insecure:
      return "insecure";
    case Failure::timed_out:
      return "timed_out";
    case Failure::too_large:
      return "too_large";
    case Failure::broken:
      return "broken";
  }
  return "";
}

std::unique_ptr<Exchanges> open_exchanges(ExchangeLimits limits) {
  return std::make_unique<CurlExchanges>(std::move(limits));
}

}  // namespace weir::http
