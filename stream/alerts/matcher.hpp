// Which alerts somebody means (reference sla-rules-conversations B4, silences): matchers over labels, all of which must
// hold.
//   {"label": "severity", "op": "=", "value": "warning"}   op: = != =~ !~
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/codec/document.hpp"
#include "stream/rules/pattern.hpp"

namespace weir::alerts {

/// What an alert can be told by. A label that it has not is an empty one.
struct Labels {
  std::string_view process;
  std::string_view case_id;
  std::string_view source;
  std::string_view name;  // of the policy or rule
  std::string_view metric;
  std::string_view promise;
  std::string_view severity;

  static constexpr std::string_view all = "process, case, source, name, metric, promise, severity";
  /// Nothing: there is no such label.
  std::optional<std::string_view> find(std::string_view label) const;
};

class Matcher {
 public:
  /// Nothing if the node is none; then it has faults.
  static std::optional<Matcher> read(const DocumentNode& node);

  bool takes(const Labels& labels) const;

 private:
  std::string label_;
  std::string value_;
  std::optional<rules::Pattern> pattern_;  // anchored
  bool is_not_ = false;
};

using Matchers = std::vector<Matcher>;

/// 1 to 20 of them. With a fault: some or none.
Matchers read_matchers(const DocumentNode& node);
bool take_all(const Matchers& matchers, const Labels& labels);

}  // namespace weir::alerts
