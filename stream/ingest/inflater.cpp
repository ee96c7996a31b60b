#include "stream/ingest/inflater.hpp"

#include <vector>

#include <zlib.h>

namespace weir::ingest {

struct Inflater::Stream {
  z_stream zlib{};
  std::vector<char> out = std::vector<char>(256 * 1024);
};

Result<void> check_inflation(std::uint64_t packed, std::uint64_t inflated) {
  if (inflated > inflated_bytes_max) return Error{Code::decompression_limit, "the file inflates beyond 2 GiB"};
  if (inflated > harmless_inflated_bytes && inflated > packed * inflation_ratio_max) {
    return Error{Code::decompression_limit, "the file inflates beyond 100:1"};
  }
  return {};
}

Inflater::Inflater(Wrapping wrapping) : stream_(std::make_unique<Stream>()) {
  constexpr int largest_window = 15;
  constexpr int gzip_only = largest_window + 16;  // zlib's own header is not accepted
  const int window = wrapping == Wrapping::gzip ? gzip_only : -largest_window;
  WEIR_CHECK(inflateInit2(&stream_->zlib, window) == Z_OK, "zlib cannot start");
}

Inflater::~Inflater() { inflateEnd(&stream_->zlib); }

std::optional<Inflater::Piece> Inflater::next(std::span<const char>& in) {
  auto& s = *stream_;
  s.zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  s.zlib.avail_in = static_cast<uInt>(in.size());
  s.zlib.next_out = reinterpret_cast<Bytef*>(s.out.data());
  s.zlib.avail_out = static_cast<uInt>(s.out.size());
  const int status = inflate(&s.zlib, Z_NO_FLUSH);
  if (status != Z_OK && status != Z_BUF_ERROR && status != Z_STREAM_END) return std::nullopt;
  in = in.last(s.zlib.avail_in);
  return Piece{{s.out.data(), s.out.size() - s.zlib.avail_out}, status == Z_STREAM_END};
}

void Inflater::restart() { inflateReset(&stream_->zlib); }

std::uint32_t checksum(std::uint32_t before, std::span<const char> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<z_size_t>(bytes.size())));
}

}  // namespace weir::ingest
