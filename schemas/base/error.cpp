#include "schemas/base/error.hpp"

#include <array>

namespace weir {
namespace {

struct Entry {
  std::string_view name;
  unsigned http_status;
  std::string_view title;
};

constexpr std::array entries{
#define WEIR_ERROR(code, status, sentence) Entry{#code, status, sentence},
#include "schemas/base/errors.def"
#undef WEIR_ERROR
};

const Entry& entry(Code code) { return entries[static_cast<std::size_t>(code)]; }

}  // namespace

std::string_view name_of(Code code) { return entry(code).name; }

std::optional<Code> code_named(std::string_view name) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].name == name) return static_cast<Code>(i);
  }
  return std::nullopt;
}

unsigned http_status_of(Code code) { return entry(code).http_status; }
std::string_view title_of(Code code) { return entry(code).title; }

}  // namespace weir
