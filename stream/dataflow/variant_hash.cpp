#include "stream/dataflow/variant_hash.hpp"

#include <cstring>

namespace weir::dataflow {
namespace {

using Word = unsigned __int128;

constexpr Word prime = (Word{1} << 127) - 1;
constexpr Word base = (Word{0x3c6ef372fe94f82bULL} << 64) | 0xa54ff53a5f1d36f1ULL;  // fixed for good: ids are stored

Word to_word(const Hash128& hash) { return (Word{hash.high} << 64) | hash.low; }
Hash128 to_hash(Word word) { return {static_cast<std::uint64_t>(word >> 64), static_cast<std::uint64_t>(word)}; }

Word reduce(Word value) {
  value = (value & prime) + (value >> 127);
  return value >= prime ? value - prime : value;
}

Word add(Word a, Word b) { return reduce(a + b); }  // both < 2^127: no carry out of 128 bits

/// a * b mod 2^127 - 1 by 64-bit limbs; 2^128 is congruent to 2.
Word multiply(Word a, Word b) {
  const auto a_low = static_cast<std::uint64_t>(a), a_high = static_cast<std::uint64_t>(a >> 64);
  const auto b_low = static_cast<std::uint64_t>(b), b_high = static_cast<std::uint64_t>(b >> 64);
  const Word low = Word{a_low} * b_low;
  const Word cross_1 = Word{a_low} * b_high, cross_2 = Word{a_high} * b_low;  // each < 2^127
  const Word high = Word{a_high} * b_high;                                    // < 2^126
  const Word cross = cross_1 + cross_2;                                       // < 2^128
  // cross * 2^64 = (cross >> 63) * 2^127 + (cross mod 2^63) * 2^64, and 2^127 is congruent to 1.
  const Word cross_folded = (cross >> 63) + ((cross & ((Word{1} << 63) - 1)) << 64);
  return add(add(reduce(low), reduce(cross_folded)), reduce(high << 1));
}

Word power(std::uint64_t exponent) {
  Word result = 1;
  for (Word square = reduce(base); exponent != 0; exponent >>= 1, square = multiply(square, square)) {
    if (exponent & 1) result = multiply(result, square);
  }
  return result;
}

}  // namespace

Hash128 activity_hash(std::string_view name) { return to_hash(reduce(to_word(hash128(name)))); }

void VariantHash::append(const Hash128& activity) {
  value = to_hash(add(multiply(to_word(value), reduce(base)), to_word(activity)));
  ++length;
}

void VariantHash::append(const VariantHash& tail) {
  value = to_hash(add(multiply(to_word(value), power(tail.length)), to_word(tail.value)));
  length += tail.length;
}

Hash128 VariantHash::id() const {
  char bytes[24];
  std::memcpy(bytes, &value.high, 8);
  std::memcpy(bytes + 8, &value.low, 8);
  std::memcpy(bytes + 16, &length, 8);
  return hash128({bytes, sizeof bytes});
}

}  // namespace weir::dataflow
