// What one request and many at once have in common of libcurl. For this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "schemas/base/clock.hpp"
#include "state/http/client.hpp"

namespace weir::http {

/// Sets libcurl up, once for the process, and makes a handle of the kind. Never null.
CURL* new_easy();
CURLM* new_multi();

/// Frees itself.
class HeaderList {
 public:
  HeaderList() = default;
  explicit HeaderList(const std::vector<Header>& headers);
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void add(const char* line) { list_ = curl_slist_append(list_, line); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

/// Method, URL, headers and body. All must stay where they are until the request is over.
void set_request(CURL* curl, const std::string& method, const std::string& url, const HeaderList& headers,
                 std::string_view body);

/// Adds a line of an answer's head to `response`, if it is a header.
void add_header(std::string_view line, Response& response);

/// Rounded up.
long seconds_of(Clock::Steady time);
long milliseconds_of(Clock::Steady time);

}  // namespace weir::http
