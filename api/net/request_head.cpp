#include "api/net/request_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "api/net/characters.hpp"
#include "api/net/target.hpp"
#include "api/net/trace_context.hpp"

namespace weir::net {
namespace {

constexpr std::size_t around_target_bytes = 32;  // "OPTIONS " and " HTTP/1.1\r\n", generously
constexpr std::size_t length_digits_max = 19;    // every number of 19 digits fits 64 bits
constexpr std::size_t parameters_max = 100;

constexpr std::array<std::pair<std::string_view, Method>, 7> methods{{{"GET", Method::get},
                                                                      {"HEAD", Method::head},
                                                                      {"POST", Method::post},
                                                                      {"PUT", Method::put},
                                                                      {"PATCH", Method::patch},
                                                                      {"DELETE", Method::delete_},
                                                                      {"OPTIONS", Method::options}}};

Error bad_framing(const char* detail) { return {Code::bad_framing, detail}; }
Error bad_request(const char* detail) { return {Code::bad_request, detail}; }

std::size_t count(const RequestHead& head, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(head.headers.begin(), head.headers.end(),
                                                [&](const Header& header) { return header.name == name; }));
}

/// Cuts the line at the front, without its CRLF, off `rest`. The scanner made sure that there is one.
std::string_view cut_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  return line;
}

Result<void> parse_version(std::string_view version, RequestHead& head) {
  const bool formed = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                      version[6] == '.' && is_digit(version[7]);
  if (!formed) return bad_request("The request line does not end with an HTTP version.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Error{Code::version_not_supported, ""};
  head.http_1_0 = version == "HTTP/1.0";
  return {};
}

Result<void> parse_method(std::string_view text, RequestHead& head) {
  if (!is_token(text)) return bad_request("The method is not a token.");
  if (text == "CONNECT" || text == "TRACE") return Error{Code::method_not_allowed, ""};
  const auto* known =
      std::find_if(methods.begin(), methods.end(), [&](const auto& entry) { return entry.first == text; });
  if (known == methods.end()) return Error{Code::not_implemented, ""};
  head.method = known->second;
  return {};
}

Result<void> parse_request_line(std::string_view line, const Limits& limits, RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return bad_request("The request line has not three parts.");
  if (auto version = parse_version(line.substr(last + 1), head); !version) return version;
  if (auto method = parse_method(line.substr(0, first), head); !method) return method;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.size() > limits.target_bytes) return Error{Code::uri_too_long, ""};
  head.target = target;
  return {};
}

Result<void> parse_field(std::string_view line, RequestHead& head) {
  const std::size_t colon = line.find(':');
  // A line that begins with a space (obs-fold) and a space before the colon both fail here.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return bad_framing("A header line is not a name, a colon and a value.");
  }
  head.headers.push_back({to_lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  return {};
}

/// `host[:port]`: a name, an IPv4 address or an IPv6 address in brackets.
bool is_authority(std::string_view text) {
  const std::size_t host_end = text.starts_with('[') ? text.find(']') : text.find(':');
  std::string_view host = text.substr(0, host_end);
  std::string_view port;
  if (host_end != std::string_view::npos) {
    const bool bracketed = text[host_end] == ']';
    port = text.substr(host_end + (bracketed ? 1 : 0));
    if (bracketed) host.remove_prefix(1);
    if (!port.empty() && port.front() != ':') return false;
    if (!port.empty()) port.remove_prefix(1);
  }
  const bool bracketed = text.starts_with('[');
  const auto fits = [bracketed](char c) {
    return bracketed ? hex_value(c) >= 0 || c == ':' || c == '.'
                     : is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= 255 && port.size() <= 5 && std::all_of(host.begin(), host.end(), fits) &&
         std::all_of(port.begin(), port.end(), is_digit) && (!bracketed || host_end != std::string_view::npos);
}

Result<void> check_host(const RequestHead& head) {
  const std::size_t hosts = count(head, "host");
  if (hosts > 1 || (hosts == 0 && !head.http_1_0)) return bad_request("The request needs exactly one Host.");
  if (hosts == 1 && !is_authority(head.header("host"))) return bad_request("The Host is not a host with a port.");
  return {};
}

/// Absolute form is taken apart only for the host that the request names anyway.
Result<void> to_origin_form(RequestHead& head) {
  if (head.target.starts_with('/')) return {};
  const std::string scheme = to_lower(std::string_view(head.target).substr(0, head.target.find("://")));
  if (scheme != "http" && scheme != "https") return bad_request("The target is neither a path nor a URL.");
  const std::string_view rest = std::string_view(head.target).substr(scheme.size() + 3);
  const std::size_t authority_end = rest.find_first_of("/?");
  if (to_lower(rest.substr(0, authority_end)) != to_lower(head.header("host"))) {
    return Error{Code::misdirected_request, ""};
  }
  const std::string_view path = authority_end == std::string_view::npos ? "" : rest.substr(authority_end);
  head.target = path.starts_with('/') ? std::string(path) : "/" + std::string(path);
  return {};
}

Result<void> check_length(RequestHead& head) {
  const std::string_view text = head.header("content-length");
  if (count(head, "content-length") > 1 || text.empty() || text.size() > length_digits_max ||
      !std::all_of(text.begin(), text.end(), is_digit)) {
    return bad_framing("Content-Length has to be one number of at most 19 digits.");
  }
  std::uint64_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  head.content_length = length;
  return {};
}

Result<void> check_framing(RequestHead& head) {
  const bool has_length = count(head, "content-length") > 0;
  const std::size_t codings = count(head, "transfer-encoding");
  if (codings > 0) {
    if (head.http_1_0) return bad_framing("Transfer-Encoding does not exist in HTTP/1.0.");
    if (has_length) return bad_framing("Transfer-Encoding and Content-Length exclude each other.");
    if (codings > 1 || head.header("transfer-encoding") != "chunked") {
      return bad_framing("Transfer-Encoding has to be `chunked`, once and alone.");
    }
    head.chunked = true;
  }
  return has_length ? check_length(head) : Result<void>{};
}

Result<void> check_coding(RequestHead& head) {
  const std::string coding = to_lower(head.header("content-encoding"));
  if (count(head, "content-encoding") > 1) return Error{Code::unsupported_media_type, "The body is encoded twice."};
  if (coding == "gzip" || coding == "x-gzip") {
    head.coding = ContentCoding::gzip;
  } else if (!coding.empty() && coding != "identity") {
    return Error{Code::unsupported_media_type, "The only Content-Encoding accepted is gzip, once."};
  }
  return {};
}

Result<void> check_expectation(RequestHead& head) {
  if (head.http_1_0 || count(head, "expect") == 0) return {};
  if (count(head, "expect") > 1 || to_lower(head.header("expect")) != "100-continue") {
    return Error{Code::expectation_failed, "The only expectation supported is 100-continue."};
  }
  head.expects_continue = true;
  return {};
}

void read_connection(RequestHead& head) {
  bool close = false;
  bool keep_alive = false;
  for (const Header& header : head.headers) {
    if (header.name != "connection") continue;
    for_each_part(header.value, ',', [&](std::string_view part) {
      const std::string option = to_lower(trim(part));
      close = close || option == "close";
      keep_alive = keep_alive || option == "keep-alive";
      return true;
    });
  }
  head.keep_alive = !close && (!head.http_1_0 || keep_alive);
}

/// Fields that decide something and exist once: a second one would let two readers decide differently.
Result<void> check_singles(const RequestHead& head) {
  for (const char* name : {"authorization", "content-type", "idempotency-key", "traceparent"}) {
    if (count(head, name) > 1) return bad_request("A header that may appear once appears twice.");
  }
  return {};
}

Result<void> split_target(RequestHead& head) {
  auto target = parse_target(head.target);
  if (!target) return target.error();
  if (target->query.size() > parameters_max) return Error{Code::bad_query, "There are more than 100 query parameters."};
  head.segments = std::move(target->segments);
  head.query = std::move(target->query);
  return {};
}

}  // namespace

Result<std::size_t> HeadScanner::scan(std::string_view received) {
  if (!received.empty() && !is_token_char(received.front())) return bad_request("This is not an HTTP request.");
  for (; seen_ < received.size(); ++seen_) {
    const char c = received[seen_];
    const bool after_return = seen_ > 0 && received[seen_ - 1] == '\r';
    if (after_return != (c == '\n')) return bad_framing("Lines have to end in CR LF.");
    if (c == '\n') {
      auto head_size = end_line(seen_);
      if (!head_size || *head_size > 0) return head_size;
    } else if (is_control(c) && c != '\r' && c != '\t') {
      return bad_framing("A control character is in the head.");
    }
  }
  return check_sizes(received.size());
}

Result<std::size_t> HeadScanner::end_line(std::size_t newline) {
  const bool empty_line = newline - line_begin_ == 1;
  line_begin_ = newline + 1;
  if (fields_begin_ == 0) {
    auto sizes = check_sizes(newline);
    fields_begin_ = line_begin_;
    return sizes;
  }
  auto sizes = check_sizes(newline);
  if (!sizes) return sizes;
  if (empty_line) return newline + 1;
  if (++fields_ > limits_->fields) return Error{Code::header_too_large, "There are too many header fields."};
  return 0;
}

Result<std::size_t> HeadScanner::check_sizes(std::size_t bytes) const {
  if (fields_begin_ == 0) {
    if (bytes > limits_->target_bytes + around_target_bytes) return Error{Code::uri_too_long, ""};
  } else if (bytes - fields_begin_ > limits_->header_bytes) {
    return Error{Code::header_too_large, ""};
  }
  return 0;
}

Result<RequestHead> parse_request_head(std::string_view text, const Limits& limits) {
  RequestHead head;
  if (auto line = parse_request_line(cut_line(text), limits, head); !line) return line.error();
  while (!text.empty()) {
    const std::string_view line = cut_line(text);
    if (line.empty()) break;
    if (auto field = parse_field(line, head); !field) return field.error();
  }
  for (auto* step : {check_framing, check_coding, check_expectation}) {
    if (auto checked = step(head); !checked) return checked.error();
  }
  if (auto host = check_host(head); !host) return host.error();
  if (auto singles = check_singles(head); !singles) return singles.error();
  for (auto* step : {to_origin_form, split_target}) {
    if (auto done = step(head); !done) return done.error();
  }
  read_connection(head);
  head.trace_id = trace_id_of(head.header("traceparent"));
  return head;
}

}  // namespace weir::net
