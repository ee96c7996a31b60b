#include "api/net/http.hpp"

#include <algorithm>

namespace weir::net {

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::delete_:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "";
}

std::string_view RequestHead::header(std::string_view lower_case_name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const Header& header) { return header.name == lower_case_name; });
  return found == headers.end() ? std::string_view{} : std::string_view(found->value);
}

std::vector<std::string_view> RequestHead::all_headers(std::string_view lower_case_name) const {
  std::vector<std::string_view> values;
  for (const Header& header : headers) {
    if (header.name == lower_case_name) values.push_back(header.value);
  }
  return values;
}

std::optional<std::string_view> RequestHead::parameter(std::string_view name) const {
  const auto found =
      std::find_if(query.begin(), query.end(), [&](const Parameter& parameter) { return parameter.name == name; });
  if (found == query.end()) return std::nullopt;
  return found->value;
}

}  // namespace weir::net
