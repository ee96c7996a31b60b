#include "state/http/easy.hpp"

#include <algorithm>

namespace weir::http {
namespace {

void set_up() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  WEIR_CHECK(once == CURLE_OK, "libcurl cannot be set up");
}

}  // namespace

CURL* new_easy() {
  set_up();
  CURL* curl = curl_easy_init();
  WEIR_CHECK(curl != nullptr, "libcurl has no memory");
  return curl;
}

CURLM* new_multi() {
  set_up();
  CURLM* multi = curl_multi_init();
  WEIR_CHECK(multi != nullptr, "libcurl has no memory");
  return multi;
}

HeaderList::HeaderList(const std::vector<Header>& headers) {
  add("Expect:");  // no waiting for a 100
  for (const Header& header : headers) add((header.name + ": " + header.value).c_str());
}

void set_request(CURL* curl, const std::string& method, const std::string& url, const HeaderList& headers,
                 std::string_view body) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  if (method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (method != "GET" && method != "DELETE") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data() == nullptr ? "" : body.data());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

void add_header(std::string_view line, Response& response) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) response.headers.clear();  // an interim answer's are none of the final one's
  if (colon == std::string_view::npos) return;
  std::string name{line.substr(0, colon)};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  response.headers.push_back({std::move(name), std::string{value}});
}

long seconds_of(Clock::Steady time) { return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(time).count()); }

long milliseconds_of(Clock::Steady time) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(time).count());
}

}  // namespace weir::http
