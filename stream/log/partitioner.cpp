#include "stream/log/partitioner.hpp"

#include <cstring>
#include <string>

#include "schemas/base/check.hpp"

namespace weir::log {
namespace {

constexpr std::uint32_t seed = 0x9747b28c;
constexpr std::uint32_t multiplier = 0x5bd1e995;
constexpr int shift = 24;

std::uint32_t mix(std::uint32_t word) {
  word *= multiplier;
  word ^= word >> shift;
  return word * multiplier;
}

}  // namespace

std::uint32_t murmur2(std::string_view bytes) {
  std::uint32_t hash = seed ^ static_cast<std::uint32_t>(bytes.size());
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    std::uint32_t word = 0;  // little-endian
    std::memcpy(&word, bytes.data(), 4);
    hash = (hash * multiplier) ^ mix(word);
  }
  if (!bytes.empty()) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      hash ^= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    hash *= multiplier;
  }
  hash ^= hash >> 13;
  hash *= multiplier;
  return hash ^ (hash >> 15);
}

std::uint32_t partition_of(std::string_view process, std::string_view case_id, std::uint32_t count) {
  WEIR_CHECK(count > 0, "a log without partitions");
  std::string key;
  key.reserve(process.size() + 1 + case_id.size());
  key.append(process).append(1, '\0').append(case_id);
  return (murmur2(key) & 0x7fffffff) % count;
}

}  // namespace weir::log
