#include "stream/alerts/matcher.hpp"

#include <algorithm>
#include <array>

namespace weir::alerts {
namespace {

constexpr std::size_t matchers_max = 20;
constexpr std::size_t value_bytes_max = 256;

constexpr std::array<std::pair<std::string_view, std::string_view Labels::*>, 7> all_labels{
    {{"process", &Labels::process},
     {"case", &Labels::case_id},
     {"source", &Labels::source},
     {"name", &Labels::name},
     {"metric", &Labels::metric},
     {"promise", &Labels::promise},
     {"severity", &Labels::severity}}};

enum class Op : std::uint8_t { is, is_not, matches, matches_not };

}  // namespace

std::optional<std::string_view> Labels::find(std::string_view label) const {
  for (const auto& [known, member] : all_labels) {
    if (known == label) return this->*member;
  }
  return std::nullopt;
}

std::optional<Matcher> Matcher::read(const DocumentNode& node) {
  Matcher matcher;
  std::optional<Op> op = Op::is;
  std::optional<DocumentNode> value;
  const std::size_t faults = node.faults();
  node.object({{"label",
                [&](const DocumentNode& one) {
                  matcher.label_ = one.text(value_bytes_max).value_or("");
                  if (!matcher.label_.empty() && !Labels{}.find(matcher.label_)) {
                    one.fault("must be one of " + std::string{Labels::all});
                  }
                }},
               {"op",
                [&](const DocumentNode& one) {
                  op =
                      one.choice<Op>({{"=", Op::is}, {"!=", Op::is_not}, {"=~", Op::matches}, {"!~", Op::matches_not}});
                }},
               {"value", [&](const DocumentNode& one) { value.emplace(one); }}});
  if (node.faults() == faults && (matcher.label_.empty() || !value)) node.fault("must have a label and a value");
  if (node.faults() != faults) return std::nullopt;
  const bool is_empty = value->value().is(JsonKind::string) && value->value().raw().empty();
  matcher.value_ = is_empty ? "" : value->text(value_bytes_max).value_or("");
  matcher.is_not_ = *op == Op::is_not || *op == Op::matches_not;
  if (*op == Op::matches || *op == Op::matches_not) {
    const auto pattern = rules::Pattern::compile("^(?:" + matcher.value_ + ")$");
    pattern ? void(matcher.pattern_ = *pattern) : value->fault(pattern.error().detail);
  }
  return node.faults() == faults ? std::optional{std::move(matcher)} : std::nullopt;
}

bool Matcher::takes(const Labels& labels) const {
  const std::string_view value = labels.find(label_).value_or("");
  const bool is = pattern_ ? pattern_->is_found_in(value) : value == value_;
  return is != is_not_;
}

Matchers read_matchers(const DocumentNode& node) {
  Matchers matchers;
  const std::size_t faults = node.faults();
  node.each_item(matchers_max, [&](const DocumentNode& one) {
    if (auto read = Matcher::read(one)) matchers.push_back(*std::move(read));
  });
  if (matchers.empty() && node.faults() == faults) node.fault("must hold a matcher");
  return matchers;
}

bool take_all(const Matchers& matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& one) { return one.takes(labels); });
}

}  // namespace weir::alerts
