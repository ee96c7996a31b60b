// Reads the body of one request off its connection, framing and content coding undone. Internal to api/net.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "api/net/chunked.hpp"
#include "api/net/wire.hpp"
#include "stream/ingest/gunzip.hpp"

namespace weir::net {

class BodyReader {
 public:
  /// At most `bytes_max` come out, and at most so many go in.
  BodyReader(Wire& wire, const RequestHead& head, const Limits& limits, std::uint64_t bytes_max);

  /// The next bytes, valid until the next call; empty at the end of the body. Errors: those of the framing, the wire
  /// and the coding, `body_too_large`.
  asio::awaitable<Result<std::string_view>> next();

 private:
  asio::awaitable<Result<std::string_view>> next_framed();
  asio::awaitable<Result<std::string_view>> next_of_length();
  asio::awaitable<Result<std::string_view>> next_of_chunks();
  asio::awaitable<Result<std::string_view>> next_inflated();

  Wire& wire_;
  const std::uint64_t bytes_max_;
  std::optional<ChunkedDecoder> chunks_;
  std::uint64_t length_left_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t given_ = 0;
  std::unique_ptr<ingest::Gunzip> gunzip_;
  std::span<const char> compressed_;
};

}  // namespace weir::net
