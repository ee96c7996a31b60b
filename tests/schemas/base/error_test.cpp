#include "schemas/base/error.hpp"

#include <set>

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Errors, AreNamedOnceAndSaidInASentence) {
  std::set<std::string_view> names;
  int count = 0;
#define WEIR_ERROR(code, status, sentence)                                                          \
  ++count;                                                                                          \
  names.insert(name_of(Code::code));                                                                \
  EXPECT_EQ(name_of(Code::code), #code);                                                            \
  EXPECT_EQ(http_status_of(Code::code), unsigned{status});                                          \
  EXPECT_TRUE((status) >= 400 && (status) < 600) << #code;                                          \
  EXPECT_TRUE(title_of(Code::code).ends_with('.')) << #code;                                        \
  EXPECT_TRUE(std::string_view(#code).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == \
              std::string_view::npos);
#include "schemas/base/errors.def"
#undef WEIR_ERROR
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
}

}  // namespace
}  // namespace weir
