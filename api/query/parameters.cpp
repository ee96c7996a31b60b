#include "api/query/parameters.hpp"

#include <algorithm>
#include <charconv>

namespace weir::query {

Parameters::Parameters(const std::vector<net::Parameter>& given) {
  for (const net::Parameter& parameter : given) entries_.push_back({parameter});
}

std::optional<std::string> Parameters::one(std::string_view name) {
  auto values = all(name);
  if (values.empty()) return std::nullopt;
  if (values.size() > 1) refuse(name, "may stand once");
  return std::move(values.front());
}

std::vector<std::string> Parameters::all(std::string_view name) {
  std::vector<std::string> values;
  for (Entry& entry : entries_) {
    if (entry.parameter.name != name) continue;
    entry.taken = true;
    values.push_back(entry.parameter.value);
  }
  return values;
}

std::vector<std::pair<std::string, std::string>> Parameters::with_prefix(std::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> found;
  for (Entry& entry : entries_) {
    if (!entry.parameter.name.starts_with(prefix) || entry.parameter.name.size() == prefix.size()) continue;
    entry.taken = true;
    found.emplace_back(entry.parameter.name.substr(prefix.size()), entry.parameter.value);
  }
  return found;
}

std::optional<std::uint64_t> Parameters::number(std::string_view name, std::uint64_t least, std::uint64_t greatest) {
  const auto text = one(name);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (fault == std::errc{} && end == text->data() + text->size() && value >= least && value <= greatest) return value;
  refuse(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(greatest));
  return std::nullopt;
}

void Parameters::refuse(std::string_view name, std::string_view wanted) {
  if (!faults_.empty()) faults_ += "; ";
  faults_.append("`").append(name).append("` ").append(wanted);
}

Result<void> Parameters::finish() const {
  std::string faults = faults_;
  if (std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return !entry.taken; })) {
    faults.append(faults.empty() ? "" : "; ").append("a parameter is unknown here");
  }
  if (faults.empty()) return {};
  return Error{Code::bad_query, faults};
}

}  // namespace weir::query
