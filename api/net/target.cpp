#include "api/net/target.hpp"

#include <algorithm>

#include "api/net/characters.hpp"

namespace weir::net {
namespace {

bool add_segment(std::string_view text, std::vector<std::string>& segments) {
  auto decoded = percent_decode(text);
  if (!decoded) return false;
  segments.push_back(std::move(*decoded));
  return true;
}

bool add_parameter(std::string_view text, std::vector<Parameter>& query) {
  if (text.empty()) return true;
  const std::size_t equals = text.find('=');
  auto name = percent_decode(text.substr(0, equals), true);
  auto value = percent_decode(equals == std::string_view::npos ? "" : text.substr(equals + 1), true);
  if (!name || !value) return false;
  query.push_back({std::move(*name), std::move(*value)});
  return true;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

Result<Target> parse_target(std::string_view origin_form) {
  const auto unfit = [](char c) { return c <= 0x20 || c >= 0x7f || c == '#'; };
  if (!origin_form.starts_with('/') || std::any_of(origin_form.begin(), origin_form.end(), unfit)) {
    return Error{Code::bad_request, "The target is not a path of visible ASCII characters."};
  }
  const std::size_t question = origin_form.find('?');
  const std::string_view path = origin_form.substr(1, question == std::string_view::npos ? question : question - 1);
  const std::string_view query = question == std::string_view::npos ? "" : origin_form.substr(question + 1);

  Target target;
  const auto segment = [&](std::string_view text) { return add_segment(text, target.segments); };
  const auto parameter = [&](std::string_view text) { return add_parameter(text, target.query); };
  if ((!path.empty() && !for_each_part(path, '/', segment)) || !for_each_part(query, '&', parameter)) {
    return Error{Code::bad_request, "The target holds a '%' without two hexadecimal digits."};
  }
  return target;
}

}  // namespace weir::net
