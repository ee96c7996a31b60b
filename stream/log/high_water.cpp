#include "stream/log/high_water.hpp"

#include "state/format/codec.hpp"
#include "state/store/durable_file.hpp"

namespace weir::log {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t checked_offset = 1 + 16;  // version, digest

Error damaged() { return {Code::log_damaged, "the high water of the log cannot be read"}; }

}  // namespace

std::string encode(const HighWater& high_water) {
  std::string marks;
  format::Encoder to_marks(marks);
  to_marks.number(high_water.marks.size());
  for (const auto& [place, mark] : high_water.marks) {
    to_marks.text(place.first);
    to_marks.number(place.second);
    to_marks.number(mark.end);
    to_marks.hash(mark.chain);
  }
  std::string bytes;
  format::Encoder to(bytes);
  to.byte(version);
  to.hash(hash128(marks));
  return bytes.append(marks);
}

Result<HighWater> decode_high_water(std::string_view bytes) {
  format::Decoder from(bytes);
  const bool known = from.byte() == version;
  const Hash128 check = from.hash();
  if (!known || !from.ok() || check != hash128(bytes.substr(checked_offset))) return damaged();
  HighWater high_water;
  for (std::uint64_t left = from.number(); left > 0 && from.ok(); --left) {
    const std::string workspace{from.text()};
    const auto partition = static_cast<std::uint32_t>(from.number());
    HighWater::Mark mark;
    mark.end = from.number();
    mark.chain = from.hash();
    high_water.marks.insert_or_assign({workspace, partition}, mark);
  }
  if (!from.ok() || !from.at_end()) return damaged();
  return high_water;
}

Result<std::optional<HighWater>> HighWaterFile::load() {
  const auto bytes = store::read_file(path_);
  if (!bytes) return bytes.error();
  if (!*bytes) return std::optional<HighWater>{};
  Result<HighWater> high_water = decode_high_water(**bytes);
  if (!high_water) return Error{high_water.error().code, path_ + ": " + high_water.error().detail};
  return std::optional{*std::move(high_water)};
}

Result<void> HighWaterFile::save(const HighWater& high_water) { return store::replace_file(path_, encode(high_water)); }

}  // namespace weir::log
