#include "stream/ingest/gunzip.hpp"

namespace weir::ingest {
namespace {

Error damaged(const char* what) { return {Code::bad_archive, what}; }

}  // namespace

Result<std::span<const char>> Gunzip::next(std::span<const char>& in) {
  if (!within_member_) {
    if (in.empty()) return std::span<const char>{};
    if (static_cast<unsigned char>(in.front()) != 0x1F) return damaged("something follows the gzip data");
    inflater_.restart();
    within_member_ = true;
  }
  const std::size_t before = in.size();
  const auto piece = inflater_.next(in);
  if (!piece) return damaged("the gzip data is damaged");
  within_member_ = !piece->is_end;
  taken_ += before - in.size();
  inflated_ += piece->bytes.size();
  if (auto limits = check_inflation(taken_, inflated_); !limits) return limits.error();
  return piece->bytes;
}

Result<void> Gunzip::finish() const {
  if (within_member_) return damaged("the gzip data is cut off");
  return {};
}

}  // namespace weir::ingest
