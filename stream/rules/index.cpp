#include "stream/rules/index.hpp"

#include <algorithm>

namespace weir::rules {
namespace {

constexpr std::string_view attribute = "attr.";

}  // namespace

void Index::add(std::uint32_t number, std::vector<Needs> alternatives) {
  added_.emplace_back(number, std::move(alternatives));
}

void Index::build() {
  std::map<std::pair<std::string, std::string>, std::size_t> sought;  // how often, by path and key
  const auto place = [](const Need& need) { return std::pair{need.path, need.value.key()}; };
  for (const auto& [number, alternatives] : added_) {
    for (const Needs& needs : alternatives) {
      for (const Need& need : needs) sought[place(need)] += need.temporal ? 0 : 1;
    }
  }
  const auto cost = [&](const Needs& needs) {
    std::size_t sum = 0;
    for (const Need& need : needs) sum += sought[place(need)];
    return sum;
  };
  std::map<std::string, ByText<Numbers>> paths;
  for (const auto& [number, alternatives] : added_) {
    const auto rarest = std::min_element(alternatives.begin(), alternatives.end(),
                                         [&](const Needs& a, const Needs& b) { return cost(a) < cost(b); });
    if (rarest == alternatives.end()) {
      always_.push_back(number);
      continue;
    }
    for (const Need& need : *rarest) {
      if (need.temporal) continue;
      const bool is_attribute = need.path.starts_with(attribute);
      auto& values = is_attribute ? attributes_[need.path.substr(attribute.size())] : paths[need.path];
      values[need.value.key()].push_back(number);
    }
  }
  paths_.assign(std::make_move_iterator(paths.begin()), std::make_move_iterator(paths.end()));
  added_ = {};
}

void Index::find_value(const ByText<Numbers>& values, const Value& value, Numbers& found) const {
  const auto at = values.find(value.key());
  if (at != values.end()) found.insert(found.end(), at->second.begin(), at->second.end());
}

void Index::find(const Event& event, const Facts& facts, Numbers& found) const {
  found.insert(found.end(), always_.begin(), always_.end());
  std::string path{attribute};
  for (const Attribute& one : event.attributes) {
    const auto values = attributes_.find(one.name);
    if (values == attributes_.end()) continue;
    path.replace(attribute.size(), std::string::npos, one.name);
    find_value(values->second, facts.after(path), found);
  }
  for (const auto& [name, values] : paths_) find_value(values, facts.after(name), found);
}

}  // namespace weir::rules
