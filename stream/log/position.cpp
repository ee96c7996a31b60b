#include "stream/log/position.hpp"

#include <algorithm>
#include <charconv>

namespace weir::log {
namespace {

constexpr std::string_view nothing = "0";

/// Reads a number off the front of `text`; false if there is none.
template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char separator) {
  if (!text.starts_with(separator)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

void Position::include(const Part& part) {
  const auto at = std::lower_bound(parts.begin(), parts.end(), part.partition,
                                   [](const Part& a, std::uint32_t partition) { return a.partition < partition; });
  if (at != parts.end() && at->partition == part.partition) {
    at->next = std::max(at->next, part.next);
  } else {
    parts.insert(at, part);
  }
}

void Position::include(const Position& other) {
  for (const Part& part : other.parts) include(part);
}

std::string to_token(const Position& position) {
  if (position.parts.empty()) return std::string{nothing};
  std::string token;
  for (const auto& part : position.parts) {
    if (!token.empty()) token.push_back('.');
    token.append(std::to_string(part.partition)).append(1, '-').append(std::to_string(part.next));
  }
  return token;
}

Result<Position> parse_token(std::string_view token) {
  Position position;
  bool well_formed = true;
  std::string_view rest = token == nothing ? std::string_view{} : token;
  while (well_formed && !rest.empty()) {
    Position::Part part;
    well_formed = (position.parts.empty() || take(rest, '.')) && take_number(rest, part.partition) && take(rest, '-') &&
                  take_number(rest, part.next);
    position.parts.push_back(part);
  }
  const auto not_ascending = [](const Position::Part& a, const Position::Part& b) {
    return a.partition >= b.partition;
  };
  const bool ascending =
      std::adjacent_find(position.parts.begin(), position.parts.end(), not_ascending) == position.parts.end();
  if (!well_formed || !ascending || to_token(position) != token) {
    return Error{Code::bad_query, "This is not a position that was given out here."};
  }
  return position;
}

}  // namespace weir::log
