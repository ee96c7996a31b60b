#include "api/net/problem.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "schemas/codec/json_writer.hpp"

namespace weir::net {
namespace {

constexpr std::array<std::pair<unsigned, std::string_view>, 32> reasons{{
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
}};

}  // namespace

Response problem(const Error& error, std::string_view trace_id, unsigned status) {
  Response response;
  response.status = status == 0 ? http_status_of(error.code) : status;
  response.content_type = "application/problem+json";
  if (response.status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
  if (response.status == 426) {
    response.headers.insert(response.headers.end(), {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}});
  }
  if (response.status == 429 || response.status == 503) response.headers.push_back({"Retry-After", "1"});

  JsonWriter json(response.body);
  json.begin_object()
      .member("type", "urn:weir:problem:" + std::string(name_of(error.code)))
      .member("title", title_of(error.code))
      .member("status", response.status)
      .member("code", name_of(error.code));
  if (!error.detail.empty()) json.member("detail", error.detail);
  json.member("trace_id", trace_id).end_object();
  return response;
}

std::string_view reason_of(unsigned status) {
  const auto* found =
      std::find_if(reasons.begin(), reasons.end(), [&](const auto& entry) { return entry.first == status; });
  return found == reasons.end() ? std::string_view{} : found->second;
}

}  // namespace weir::net
