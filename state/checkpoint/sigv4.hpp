// Signatures of Amazon's version 4 (AWS General Reference, "Signature Version 4 signing process"), as S3 wants them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/time.hpp"
#include "state/http/client.hpp"

namespace weir::checkpoint {

struct SigningKey {
  std::string access_key;
  std::string secret_key;
  std::string region;
};

using Query = std::vector<std::pair<std::string, std::string>>;

struct ToSign {
  std::string method;
  std::string host;                   // with the port, where the URL has one
  std::string path;                   // as it is sent: encoded by encode_path()
  Query query;                        // not encoded; sent as encode_query() has it
  std::vector<http::Header> headers;  // names in lower case; all are signed
  std::string payload_sha256;         // in hex
  Time at{};
};

/// The headers to send: those given, and what the signature adds.
std::vector<http::Header> sign(const ToSign& request, const SigningKey& key);

/// Every byte but letters, digits and "-._~" as %XX; in a path also but '/'.
std::string encode_path(std::string_view path);
/// Sorted by encoded name and value: "uploads=" for a name without value.
std::string encode_query(const Query& query);

}  // namespace weir::checkpoint
