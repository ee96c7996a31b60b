#include "api/query/cursor.hpp"

#include <algorithm>
#include <utility>

#include "schemas/crypto/base64url.hpp"

namespace weir::query {
namespace {

constexpr std::size_t seal_bytes = 16;

std::string seal_of(const crypto::Key& key, std::string_view question, std::string_view place) {
  std::string sealed = "weir cursor";
  sealed.push_back('\0');
  sealed += std::to_string(question.size());
  sealed.push_back('\0');
  sealed.append(question).append(place);
  return std::string{crypto::bytes_of(crypto::hmac_sha256(key, sealed)).substr(0, seal_bytes)};
}

}  // namespace

std::string question_of(std::string_view workspace, const net::RequestHead& head) {
  std::vector<std::string> parts;
  for (const net::Parameter& parameter : head.query) {
    if (parameter.name == "cursor" || parameter.name == "limit" || parameter.name == "after") continue;
    parts.push_back(parameter.name + '\0' + parameter.value);
  }
  std::sort(parts.begin(), parts.end());
  std::string question{workspace};
  for (const auto* list : {&head.segments, &std::as_const(parts)}) {
    for (const std::string& part : *list) question += '\0' + std::to_string(part.size()) + ':' + part;
    question.push_back('\0');
  }
  return question;
}

std::string seal_cursor(const crypto::Key& key, std::string_view question, std::string_view place) {
  return crypto::to_base64url(seal_of(key, question, place).append(place));
}

Result<std::string> open_cursor(const crypto::Key& key, std::string_view question, std::string_view cursor) {
  const auto bytes = crypto::from_base64url(cursor);
  if (!bytes || bytes->size() < seal_bytes) return Error{Code::bad_cursor, ""};
  const std::string place = bytes->substr(seal_bytes);
  const std::string_view seal = std::string_view{*bytes}.substr(0, seal_bytes);
  if (!crypto::constant_time_equal(seal, seal_of(key, question, place))) return Error{Code::bad_cursor, ""};
  return place;
}

}  // namespace weir::query
