#include "api/net/body_reader.hpp"

#include <algorithm>

namespace weir::net {

BodyReader::BodyReader(Wire& wire, const RequestHead& head, const Limits& limits, std::uint64_t bytes_max)
    : wire_(wire), bytes_max_(bytes_max), length_left_(head.content_length.value_or(0)) {
  if (head.chunked) chunks_.emplace(limits.header_bytes);
  if (head.coding == ContentCoding::gzip && head.has_body()) gunzip_ = std::make_unique<ingest::Gunzip>();
}

asio::awaitable<Result<std::string_view>> BodyReader::next() {
  if (!gunzip_) co_return co_await next_framed();
  Result<std::string_view> piece = co_await next_inflated();
  if (!piece) co_return piece;
  given_ += piece->size();
  if (given_ > bytes_max_) {
    const bool bomb = given_ > taken_ * ingest::inflation_ratio_max;
    co_return Error{bomb ? Code::decompression_limit : Code::body_too_large, ""};
  }
  co_return piece;
}

asio::awaitable<Result<std::string_view>> BodyReader::next_inflated() {
  while (true) {
    auto inflated = gunzip_->next(compressed_);
    if (!inflated) co_return inflated.error();
    if (!inflated->empty()) co_return std::string_view(inflated->data(), inflated->size());
    if (!compressed_.empty()) continue;
    Result<std::string_view> framed = co_await next_framed();
    if (!framed) co_return framed;
    if (framed->empty()) {
      if (auto whole = gunzip_->finish(); !whole) co_return whole.error();
      co_return std::string_view{};
    }
    compressed_ = *framed;
  }
}

asio::awaitable<Result<std::string_view>> BodyReader::next_framed() {
  auto next_piece = chunks_ ? next_of_chunks() : next_of_length();
  Result<std::string_view> piece = co_await std::move(next_piece);
  if (!piece) co_return piece;
  taken_ += piece->size();
  if (taken_ > bytes_max_) co_return Error{Code::body_too_large, ""};
  co_return piece;
}

asio::awaitable<Result<std::string_view>> BodyReader::next_of_length() {
  if (length_left_ == 0) co_return std::string_view{};
  if (wire_.received().empty()) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length_left_, InputBuffer::wide_bytes));
    const bool more = co_await wire_.receive(std::max(wanted, InputBuffer::small_bytes));
    if (!more) co_return wire_.failure();
  }
  const std::string_view piece = wire_.received().substr(0, length_left_);
  wire_.consume(piece.size());
  length_left_ -= piece.size();
  co_return piece;
}

asio::awaitable<Result<std::string_view>> BodyReader::next_of_chunks() {
  while (!chunks_->done()) {
    if (wire_.received().empty()) {
      const bool more = co_await wire_.receive(InputBuffer::wide_bytes);
      if (!more) co_return wire_.failure();
    }
    const auto step = chunks_->decode(wire_.received());
    if (!step) co_return step.error();
    wire_.consume(step->consumed);
    if (!step->data.empty()) co_return step->data;
  }
  co_return std::string_view{};
}

}  // namespace weir::net
