// The query parameters of one request. Each route takes those it knows; what is left over, repeated or wrong is
// refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/net/http.hpp"
#include "schemas/base/result.hpp"

namespace weir::query {

class Parameters {
 public:
  explicit Parameters(const std::vector<net::Parameter>& given);

  /// The value of a parameter that may stand once.
  std::optional<std::string> one(std::string_view name);
  /// All values of a parameter that may be repeated, in their order.
  std::vector<std::string> all(std::string_view name);
  /// All parameters whose names begin with `prefix`: the rest of the name, and the value.
  std::vector<std::pair<std::string, std::string>> with_prefix(std::string_view prefix);
  /// A whole number between the bounds.
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t least, std::uint64_t greatest);

  /// `name` (of the source, not of input) has a wrong value; `wanted` says what it should be.
  void refuse(std::string_view name, std::string_view wanted);
  /// Nothing, or bad_query with all that was wrong. To be asked when everything known was taken.
  Result<void> finish() const;

 private:
  struct Entry {
    net::Parameter parameter;
    bool taken = false;
  };
  std::vector<Entry> entries_;
  std::string faults_;
};

}  // namespace weir::query
