// The head gate and the chunked decoder: no input crashes them, and how the bytes are cut changes nothing.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/net/chunked.hpp"
#include "api/net/request_head.hpp"

namespace {

using namespace weir;
using namespace weir::net;

std::string scan(std::string_view bytes, std::size_t piece, const Limits& limits) {
  HeadScanner scanner(limits);
  for (std::size_t seen = piece;; seen += piece) {
    const auto size = scanner.scan(bytes.substr(0, seen));
    if (!size) return std::string(name_of(size.error().code));
    if (*size > 0) return std::to_string(*size);
    if (seen >= bytes.size()) return "more";
  }
}

std::string unchunk(std::string_view bytes, std::size_t piece) {
  ChunkedDecoder decoder(256);
  std::string body;
  while (!bytes.empty() && !decoder.done()) {
    const auto step = decoder.decode(bytes.substr(0, piece));
    if (!step) return body + "!" + std::string(name_of(step.error().code));
    body.append(step->data);
    bytes.remove_prefix(step->consumed);
  }
  return body + (decoder.done() ? "." + std::to_string(bytes.size()) : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Limits limits;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  WEIR_CHECK(unchunk(bytes, 1) == unchunk(bytes, bytes.size() + 1), "chunks read the same however they arrive");

  const std::string whole = scan(bytes, bytes.size() + 1, limits);
  if (size <= 512) WEIR_CHECK(scan(bytes, 1, limits) == whole, "heads end where they end however they arrive");
  HeadScanner scanner(limits);
  const auto end = scanner.scan(bytes);
  if (!end || *end == 0) return 0;
  const auto head = parse_request_head(bytes.substr(0, *end), limits);
  if (!head) return 0;
  WEIR_CHECK(!(head->chunked && head->content_length), "one framing");
  WEIR_CHECK(head->trace_id.size() == 32 && head->target.starts_with('/'), "a head that passed is whole");
  for (const Header& header : head->headers) {
    WEIR_CHECK(header.value.find_first_of("\r\n") == std::string::npos, "no line break in a value");
  }
  return 0;
}
