#include "stream/rules/pattern.hpp"

#include <re2/re2.h>

namespace weir::rules {
namespace {

constexpr std::size_t bytes_max = 1'000;

}  // namespace

Result<Pattern> Pattern::compile(const std::string& text) {
  if (text.size() > bytes_max) return Error{Code::bad_query, "is longer than 1,000 bytes"};
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(std::int64_t{1} << 20);
  auto compiled = std::make_shared<const re2::RE2>(text, options);
  if (!compiled->ok()) return Error{Code::bad_query, "is no regular expression: " + compiled->error()};
  return Pattern{std::move(compiled)};
}

bool Pattern::is_found_in(std::string_view text) const {
  return re2::RE2::PartialMatch({text.data(), text.size()}, *compiled_);
}

}  // namespace weir::rules
