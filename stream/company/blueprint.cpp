#include "stream/company/blueprint.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"
#include "schemas/codec/json_writer.hpp"

namespace weir::company {
namespace {

constexpr std::array<std::array<std::string_view, 5>, regions> countries{
    {{"DE", "FR", "NL", "IT", "GR"}, {"SG", "JP", "AU", "IN", "PH"}, {"US", "CA", "BR", "MX", "CO"}}};

}  // namespace

Facts& Facts::text(std::string_view name, std::string_view value) {
  append_json_string(attributes_.emplace_back(std::string{name}, std::string{}).json, value);
  return *this;
}

Facts& Facts::number(std::string_view name, std::uint64_t value) {
  attributes_.emplace_back(std::string{name}, std::to_string(value));
  return *this;
}

Facts& Facts::cents(std::string_view name, std::uint64_t value) {
  std::string digits = std::to_string(value);
  digits.insert(0, digits.size() < 3 ? 3 - digits.size() : 0, '0');
  attributes_.emplace_back(std::string{name}, digits.insert(digits.size() - 2, 1, '.'));
  return *this;
}

std::vector<Attribute> Facts::take() {
  std::sort(attributes_.begin(), attributes_.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  return std::move(attributes_);
}

std::uint8_t choose(Chance& chance, std::initializer_list<Way> ways) {
  std::uint64_t sum = 0;
  for (const Way& way : ways) sum += way.weight;
  std::uint64_t at = chance.below(sum);
  for (const Way& way : ways) {
    if (at < way.weight) return way.to;
    at -= way.weight;
  }
  WEIR_CHECK(false, "a draw lies below the sum of the weights");
}

std::string_view country_of(Region region, std::uint8_t country) {
  return countries[static_cast<std::size_t>(region)][country];
}

std::uint8_t draw_country(Chance& chance) { return chance.pick({40, 22, 16, 13, 9}); }

}  // namespace weir::company
