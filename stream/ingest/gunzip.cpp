#include "stream/ingest/gunzip.hpp"

#include <vector>

#include <zlib.h>

namespace weir::ingest {
namespace {

Error damaged(const char* what) { return {Code::bad_archive, what}; }

}  // namespace

struct Gunzip::Stream {
  z_stream zlib{};
  std::vector<char> out = std::vector<char>(256 * 1024);
  std::uint64_t taken = 0;
  std::uint64_t inflated = 0;
  bool within_member = true;
};

Gunzip::Gunzip() : stream_(std::make_unique<Stream>()) {
  constexpr int gzip_only = 15 + 16;  // the largest window; zlib's own header is not accepted
  WEIR_CHECK(inflateInit2(&stream_->zlib, gzip_only) == Z_OK, "zlib cannot start");
}

Gunzip::~Gunzip() { inflateEnd(&stream_->zlib); }

Result<std::span<const char>> Gunzip::next(std::span<const char>& in) {
  auto& s = *stream_;
  if (!s.within_member) {
    if (in.empty()) return std::span<const char>{};
    if (static_cast<unsigned char>(in.front()) != 0x1F) return damaged("something follows the gzip data");
    inflateReset(&s.zlib);
    s.within_member = true;
  }
  s.zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  s.zlib.avail_in = static_cast<uInt>(in.size());
  s.zlib.next_out = reinterpret_cast<Bytef*>(s.out.data());
  s.zlib.avail_out = static_cast<uInt>(s.out.size());
  const int status = inflate(&s.zlib, Z_NO_FLUSH);
  const std::size_t used = in.size() - s.zlib.avail_in;
  const std::size_t made = s.out.size() - s.zlib.avail_out;
  in = in.subspan(used);
  s.taken += used;
  s.inflated += made;
  if (status == Z_STREAM_END) {
    s.within_member = false;
  } else if (status != Z_OK && status != Z_BUF_ERROR) {
    return damaged("the gzip data is damaged");
  }
  if (auto limits = check_limits(); !limits) return limits.error();
  return std::span<const char>(s.out.data(), made);
}

Result<void> Gunzip::check_limits() const {
  const auto& s = *stream_;
  if (s.inflated > inflated_max) return Error{Code::decompression_limit, "the file inflates beyond 2 GiB"};
  if (s.inflated > harmless_bytes && s.inflated > s.taken * ratio_max) {
    return Error{Code::decompression_limit, "the file inflates beyond 100:1"};
  }
  return {};
}

Result<void> Gunzip::finish() const {
  if (stream_->within_member) return damaged("the gzip data is cut off");
  return {};
}

}  // namespace weir::ingest
