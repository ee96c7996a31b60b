#include "schemas/base/result.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Result, HoldsAValueOrAnError) {
  Result<std::unique_ptr<int>> value = std::make_unique<int>(7);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*std::move(value).value(), 7);
  const Result<int> error = Error{Code::schema, "x"};
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error(), (Error{Code::schema, "x"}));
  EXPECT_TRUE(Result<void>().ok());
  EXPECT_EQ(Result<void>(Error{Code::internal, ""}).error().code, Code::internal);
}

TEST(ResultDeathTest, RefusesToBeReadAsWhatItIsNot) {
  EXPECT_DEATH(static_cast<void>(Result<int>(Error{}).value()), "holds an error");
  EXPECT_DEATH(static_cast<void>(Result<int>(1).error()), "holds a value");
  EXPECT_DEATH(static_cast<void>(Result<void>().error()), "holds no error");
}

TEST(CheckDeathTest, NamesThePlaceAndTheCondition) {
  EXPECT_DEATH(WEIR_CHECK(1 == 2, "arithmetic"), "result_test.cpp:[0-9]+: arithmetic \\(1 == 2\\)");
}

}  // namespace
}  // namespace weir
