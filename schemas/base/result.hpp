// A value or an Error. The type of every operation that can fail for a reason outside the program; a fault of the
// program itself is a check (check.hpp), never a Result.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "schemas/base/check.hpp"
#include "schemas/base/error.hpp"

namespace weir {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *checked(); }
  const T& value() const& { return *const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(*checked()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return checked(); }
  const T* operator->() const { return const_cast<Result*>(this)->checked(); }

  const Error& error() const& {
    WEIR_CHECK(!ok(), "error() of a Result that holds a value");
    return *std::get_if<1>(&content_);
  }
  Error&& error() && {
    WEIR_CHECK(!ok(), "error() of a Result that holds a value");
    return std::move(*std::get_if<1>(&content_));
  }

 private:
  T* checked() {
    WEIR_CHECK(ok(), "value() of a Result that holds an error");
    return std::get_if<0>(&content_);
  }

  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    WEIR_CHECK(!ok(), "error() of a Result that holds no error");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace weir
