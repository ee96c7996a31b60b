#include "state/checkpoint/sigv4.hpp"

#include <algorithm>

#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::checkpoint {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::int64_t micros_per_second = 1'000'000;

std::string encode(std::string_view text, std::string_view kept) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const unsigned char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain || kept.find(static_cast<char>(c)) != std::string_view::npos) {
      encoded.push_back(static_cast<char>(c));
    } else {
      encoded.append({'%', digits[c >> 4], digits[c & 15]});
    }
  }
  return encoded;
}

/// "20130524T000000Z".
std::string stamp_of(Time at) {
  const std::int64_t micros = to_micros(at);
  std::string stamp = to_rfc3339(from_micros(micros - micros % micros_per_second));
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return stamp;
}

std::string hmac(std::string_view key, std::string_view bytes) {
  return std::string{crypto::bytes_of(crypto::hmac_sha256(key, bytes))};
}

std::string names_of(const std::vector<http::Header>& headers) {
  std::string names;
  for (const http::Header& header : headers) names.append(names.empty() ? "" : ";").append(header.name);
  return names;
}

std::string canonical(const ToSign& request, const std::vector<http::Header>& headers) {
  std::string text = request.method + '\n' + request.path + '\n' + encode_query(request.query) + '\n';
  for (const http::Header& header : headers) text += header.name + ':' + header.value + '\n';
  return text + '\n' + names_of(headers) + '\n' + request.payload_sha256;
}

}  // namespace

std::string encode_path(std::string_view path) { return encode(path, "-._~/"); }

std::string encode_query(const Query& query) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : query) pairs.push_back(encode(name, "-._~") + '=' + encode(value, "-._~"));
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const std::string& pair : pairs) text.append(text.empty() ? "" : "&").append(pair);
  return text;
}

std::vector<http::Header> sign(const ToSign& request, const SigningKey& key) {
  const std::string stamp = stamp_of(request.at);
  const std::string day = stamp.substr(0, 8);
  std::vector<http::Header> headers = request.headers;
  headers.push_back({"host", request.host});
  headers.push_back({"x-amz-content-sha256", request.payload_sha256});
  headers.push_back({"x-amz-date", stamp});
  std::sort(headers.begin(), headers.end(),
            [](const http::Header& left, const http::Header& right) { return left.name < right.name; });
  const std::string scope = day + '/' + key.region + "/s3/aws4_request";
  const std::string digest = crypto::to_hex(crypto::bytes_of(crypto::sha256(canonical(request, headers))));
  const std::string to_sign = std::string{algorithm} + '\n' + stamp + '\n' + scope + '\n' + digest;
  const std::string of_day = hmac("AWS4" + key.secret_key, day);
  const std::string signing = hmac(hmac(hmac(of_day, key.region), "s3"), "aws4_request");
  headers.push_back({"authorization", std::string{algorithm} + " Credential=" + key.access_key + '/' + scope +
                                          ",SignedHeaders=" + names_of(headers) +
                                          ",Signature=" + crypto::to_hex(hmac(signing, to_sign))});
  return headers;
}

}  // namespace weir::checkpoint
