#include "stream/company/chance.hpp"

#include <array>
#include <bit>

#include "schemas/base/check.hpp"

namespace weir::company {
namespace {

constexpr std::int64_t one_q16 = 1 << 16;
constexpr std::int64_t ln2_q16 = 45'426;

// 2^(1/2), 2^(1/4), …, 2^(1/65536) with 30 binary digits behind the point.
constexpr std::array<std::uint64_t, 16> roots_of_two{1'518'500'250, 1'276'901'417, 1'170'923'762, 1'121'280'436,
                                                     1'097'253'708, 1'085'434'106, 1'079'572'136, 1'076'653'033,
                                                     1'075'196'443, 1'074'468'888, 1'074'105'294, 1'073'923'544,
                                                     1'073'832'680, 1'073'787'251, 1'073'764'537, 1'073'753'181};

}  // namespace

std::int64_t log2_q16(std::uint64_t value) {
  const int whole = 63 - std::countl_zero(value);
  // The mantissa, 1 <= m < 2, with 31 digits behind the point; each squaring brings one digit of the logarithm.
  std::uint64_t mantissa = whole >= 31 ? value >> (whole - 31) : value << (31 - whole);
  std::int64_t digits = 0;
  for (int i = 0; i < 16; ++i) {
    mantissa = (mantissa * mantissa) >> 31;
    digits <<= 1;
    if (mantissa >= (std::uint64_t{1} << 32)) {
      digits |= 1;
      mantissa >>= 1;
    }
  }
  return whole * one_q16 + digits;
}

std::uint64_t exp2_q16(std::int64_t exponent_q16) {
  const std::int64_t whole = exponent_q16 >> 16;  // rounds down
  const auto fraction = static_cast<std::uint64_t>(exponent_q16 & (one_q16 - 1));
  std::uint64_t mantissa = std::uint64_t{1} << 30;
  for (std::size_t i = 0; i < roots_of_two.size(); ++i) {
    if ((fraction >> (15 - i) & 1) != 0) mantissa = (mantissa * roots_of_two[i]) >> 30;
  }
  const std::int64_t shift = whole + 16 - 30;  // to 16 digits behind the point
  if (shift >= 0) return mantissa << shift;
  return shift > -64 ? mantissa >> -shift : 0;
}

std::uint64_t Chance::draw() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t Chance::below(std::uint64_t n) {
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(draw()) * n >> 64);
}

std::uint8_t Chance::pick(std::initializer_list<unsigned> weights) {
  std::uint64_t sum = 0;
  for (const unsigned weight : weights) sum += weight;
  std::uint64_t at = below(sum);
  std::uint8_t index = 0;
  for (const unsigned weight : weights) {
    if (at < weight) return index;
    at -= weight;
    ++index;
  }
  WEIR_CHECK(false, "a draw lies below the sum of the weights");
}

Duration Chance::exponential(Duration mean) {
  const std::int64_t minus_log2_q16 = 64 * one_q16 - log2_q16(draw() | 1);
  const std::int64_t factor_q16 = minus_log2_q16 * ln2_q16 >> 16;
  return Duration{static_cast<std::int64_t>(static_cast<__int128>(mean.count()) * factor_q16 >> 16)};
}

Duration Chance::log_normal(Span span) {
  // Twelve uniform draws have mean 6 and variance 1 (Irwin and Hall).
  std::int64_t normal_q16 = -6 * one_q16;
  for (int i = 0; i < 3; ++i) {
    for (std::uint64_t bits = draw(), part = 0; part < 4; ++part, bits >>= 16) normal_q16 += bits & 0xffff;
  }
  const std::int64_t exponent_q16 = (log2_q16(span.factor_percent) - log2_q16(100)) * normal_q16 >> 16;
  const auto scaled = static_cast<unsigned __int128>(span.median.count()) * exp2_q16(exponent_q16);
  return Duration{static_cast<std::int64_t>(scaled >> 16)};
}

}  // namespace weir::company
