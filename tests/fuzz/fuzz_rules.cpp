// Rules that people write: one is read, or has faults; what is read judges a case without a trap, the same however its
// events arrive, and holds nothing once all time has passed.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "schemas/base/check.hpp"
#include "stream/rules/judge.hpp"

namespace {

using namespace weir;
using rules::RuleBook;

constexpr Time far = from_micros(0) + std::chrono::hours{24 * 365 * 400};

std::vector<Event> events() {
  std::vector<Event> all;
  for (int i = 0; i < 12; ++i) {
    Event event;
    event.case_id = "c";
    event.activity = std::string(1, static_cast<char>('a' + i * i % 4));
    event.id = std::to_string(i);
    event.timestamp = from_micros(0) + std::chrono::hours{24 * 20'000} + std::chrono::minutes{i * i};
    event.attributes = {{"n", i % 3 == 0 ? "1.5" : std::to_string(i * 100)}, {"s", i % 2 == 0 ? "\"x\"" : "null"}};
    all.push_back(std::move(event));
  }
  return all;
}

void check_explained(const std::vector<rules::Firing>& firings) {
  JsonParser parser;
  for (const rules::Firing& one : firings) {
    if (!one.explanation) continue;
    std::string json;
    JsonWriter writer{json};
    one.explanation->write(writer);
    WEIR_CHECK(parser.parse(json).ok(), "an explanation is JSON");
    WEIR_CHECK(one.explanation->result == rules::Truth::yes, "and says that it holds");
  }
}

void check_rule(rules::Rule rule) {
  rule.enabled = true;
  std::vector<rules::RuleVersion> versions;
  versions.push_back({"r", Time::min(), std::move(rule)});
  const RuleBook book{std::move(versions)};
  auto all = events();
  const auto judged = judge(book, all, far, rules::Explaining::yes);
  check_explained(judged.firings);
  rules::Hearing hearing{book, rules::Explaining::yes};
  std::vector<rules::Firing> fired;
  for (const Event& event : all) hearing.take(event, fired);
  hearing.pass(far, fired);
  WEIR_CHECK(hearing.held() == 0 && !hearing.next(), "nothing is held once all time has passed");
  WEIR_CHECK(fired.size() == judged.firings.size(), "what is told as it comes is what is judged");
  std::reverse(all.begin(), all.end());
  WEIR_CHECK(judge(book, all, far, rules::Explaining::yes).firings == judged.firings, "order does not matter");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  static_cast<void>(read_document(text, [](const DocumentNode& node) {
    auto rule = rules::read_rule(node);
    WEIR_CHECK(rule.has_value() == (node.faults() == 0), "a rule is read, or has faults");
    if (rule) check_rule(*std::move(rule));
  }));
  return 0;
}
