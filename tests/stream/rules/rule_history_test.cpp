// Random rules over random histories, held to plain loops over the sorted history.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "stream/rules/judge.hpp"
#include "tests/stream/rules/plain.hpp"

namespace weir::rules {
namespace {

using std::chrono::minutes;

constexpr Time base = from_micros(0) + minutes{2'520 * 10'000};  // where tumbling windows of 1 to 10 minutes begin

class RandomRules {
 public:
  explicit RandomRules(std::uint64_t seed) : random_(seed) {
    for (int i = upto(3); i >= 0; --i) add_rule("r" + std::to_string(i));
    std::stable_sort(rules.begin(), rules.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    int at = 0;
    for (int i = upto(14); i > 0; --i) add_event(at);
  }

  std::vector<plain::Rule> rules;
  std::vector<plain::Happening> events;

  int upto(int most) { return static_cast<int>(random_() % (static_cast<unsigned>(most) + 1)); }
  bool one_in(unsigned n) { return random_() % n == 0; }

 private:
  void add_event(int& at) {
    at += one_in(4) ? 0 : upto(one_in(4) ? 20 : 4);
    plain::Happening event{at, upto(3), {}, {}};
    if (!one_in(4)) event.n = upto(8) * 0.5;
    if (one_in(2)) event.s = upto(1);
    events.push_back(event);
  }

  void add_rule(const std::string& name) {
    int from = upto(20);
    const int versions = one_in(3) ? 1 + upto(1) : 0;
    rules.push_back(random_rule(name));
    if (versions > 0 && one_in(2)) rules.back().from = from;
    for (int i = 0; i < versions; ++i) {
      rules.push_back(random_rule(name));
      rules.back().from = from += 1 + upto(20);
      rules.back().is_there = !one_in(4);
    }
  }

  plain::Rule random_rule(const std::string& name) {
    plain::Rule rule;
    rule.name = name;
    rule.salience = upto(2);
    if (one_in(3)) rule.xor_group = "g";
    for (int i = one_in(2) ? 1 + upto(1) : 0; i > 0; --i) rule.on.push_back(i);
    rule.when = random_node(2);
    rule.once = one_in(3) ? plain::Once::per_case : one_in(3) ? plain::Once::per_number : plain::Once::always;
    rule.cooldown = one_in(3) ? upto(10) : 0;
    rule.dry_run = one_in(5);
    return rule;
  }

  plain::Filter random_filter() {
    plain::Filter filter;
    for (int i = one_in(4) ? 0 : 1 + upto(1); i > 0; --i) filter.activities.push_back((upto(1) + i * 2) % 4);
    if (one_in(3)) filter.least = upto(3);
    return filter;
  }

  Op random_op() { return std::array{Op::eq, Op::ne, Op::lt, Op::lte, Op::gt, Op::gte}[upto(5)]; }

  plain::Node random_node(int depth) {
    using Kind = plain::Node::Kind;
    plain::Node node;
    node.op = random_op();
    if (depth > 0 && one_in(2)) {
      node.kind = one_in(4) ? Kind::negation : one_in(2) ? Kind::any : Kind::all;
      const int parts = node.kind == Kind::negation ? 1 : 1 + upto(2);
      for (int i = 0; i < parts; ++i) node.parts.push_back(random_node(depth - 1));
      return node;
    }
    node.kind = std::array{Kind::number, Kind::said, Kind::window, Kind::window, Kind::sequence, Kind::absent}[upto(5)];
    node.value = node.kind == Kind::said ? upto(1) : upto(4);
    node.span = 1 + upto(9);
    node.filter = random_filter();
    if (node.kind == Kind::window) random_window(node);
    if (node.kind == Kind::sequence) random_sequence(node);
    return node;
  }

  void random_window(plain::Node& node) {
    node.window = static_cast<Window::Kind>(upto(3));
    node.aggregate = static_cast<Aggregate>(upto(9));
    node.size = 1 + upto(2);
    const bool has_rate = node.window == Window::Kind::tumbling || node.window == Window::Kind::sliding;
    if (node.aggregate == Aggregate::rate && !has_rate) node.aggregate = Aggregate::count;
    if (node.aggregate == Aggregate::stddev) node.value = 0.3 + 0.25 * upto(4);  // no root is that
  }

  void random_sequence(plain::Node& node) {
    node.contiguity = static_cast<Sequence::Contiguity>(upto(2));
    node.skip_past = one_in(2);
    node.span = 1 + upto(19);
    for (int i = one_in(4) ? 1 : 2 + upto(1); i > 0; --i) {
      node.steps.push_back({{}, random_filter()});
      const bool may_lack = node.steps.size() > 1 && node.contiguity != Sequence::Contiguity::strict;
      if (may_lack && one_in(3)) node.steps.back().never = random_filter();
    }
    if (node.steps.size() == 1 || one_in(3)) node.never_after = random_filter();
  }

  std::mt19937_64 random_;
};

std::vector<Event> events_of(const std::vector<plain::Happening>& plain) {
  std::vector<Event> events;
  for (const auto& one : plain) {
    Event event;
    event.case_id = "c";
    event.activity = std::string(1, static_cast<char>('a' + one.activity));
    event.timestamp = base + minutes{one.at};
    event.id = std::to_string(events.size());
    if (one.n) {
      std::string number;
      JsonWriter{number}.value(*one.n);
      event.attributes.push_back({"n", number});
    }
    if (one.s) event.attributes.push_back({"s", '"' + std::to_string(*one.s) + '"'});
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<RuleVersion> versions_of(const std::vector<plain::Rule>& rules) {
  std::vector<RuleVersion> versions;
  for (const plain::Rule& one : rules) {
    RuleVersion version{one.name, one.from ? base + minutes{*one.from} : Time::min(), {}};
    if (one.is_there) {
      const auto faults =
          read_document(plain::document(one), [&](const DocumentNode& node) { version.rule = read_rule(node); });
      EXPECT_TRUE(faults && faults->empty())
          << plain::document(one) << (faults ? faults->front().pointer : "") << (faults ? faults->front().detail : "");
    }
    versions.push_back(std::move(version));
  }
  return versions;
}

int in_minutes(Time time) { return static_cast<int>((time - base) / minutes{1}); }

std::vector<plain::Firing> plain_of(const std::vector<Firing>& firings) {
  std::vector<plain::Firing> found;
  for (const Firing& one : firings) {
    plain::Firing plain{in_minutes(one.at), one.rule, {}, {}, {}};
    if (one.version != Time::min()) plain.version = in_minutes(one.version);
    if (one.trigger.event) plain.event = std::stoi(one.trigger.event->second);
    if (one.trigger.due) plain.due = in_minutes(*one.trigger.due);
    found.push_back(plain);
  }
  return found;
}

std::string told(const std::vector<plain::Firing>& firings) {
  std::string text;
  for (const auto& one : firings) {
    text += "  " + std::to_string(one.at) + ' ' + one.rule;
    if (one.version) text += " of " + std::to_string(*one.version);
    if (one.event) text += " event " + std::to_string(*one.event);
    if (one.due) text += " due " + std::to_string(*one.due);
    text += '\n';
  }
  return text;
}

std::string told(const RandomRules& random, int now) {
  std::string text = "now " + std::to_string(now) + '\n';
  for (const auto& one : random.rules) {
    text += one.name + (one.from ? " from " + std::to_string(*one.from) : "") + ' ' +
            (one.is_there ? plain::document(one) : "withdrawn") + '\n';
  }
  for (const auto& one : random.events) {
    text += std::to_string(one.at) + ' ' + static_cast<char>('a' + one.activity) +
            (one.n ? " n " + std::to_string(*one.n) : "") + (one.s ? " s " + std::to_string(*one.s) : "") + '\n';
  }
  return text;
}

void expect_as_by_loops(std::uint64_t seed) {
  RandomRules random{seed};
  const RuleBook book{versions_of(random.rules)};
  const auto events = events_of(random.events);
  const int now = random.one_in(2) ? 200 : random.upto(70);
  const auto expected = plain::firings(random.rules, random.events, now);
  const Judgement judged = judge(book, events, base + minutes{now});
  const auto found = plain_of(judged.firings);
  ASSERT_TRUE(found == expected) << "seed " << seed << '\n'
                                 << told(random, now) << "loops:\n"
                                 << told(expected) << "judge:\n"
                                 << told(found);
  if (now == 200) {
    EXPECT_FALSE(judged.next) << "seed " << seed;
    return;
  }
  // Nothing is added ahead of `next`, and nothing at all without one.
  const Time until = judged.next ? *judged.next - Duration{1} : base + minutes{200};
  EXPECT_EQ(judge(book, events, until).firings, judged.firings) << "seed " << seed;
}

/// The same told as it happens, with ticks in between.
void expect_as_it_comes(std::uint64_t seed) {
  RandomRules random{seed};
  const RuleBook book{versions_of(random.rules)};
  const auto events = events_of(random.events);
  Hearing hearing{book};
  std::vector<Firing> fired;
  int passed = 0;
  for (const Event& event : events) {
    if (random.one_in(3)) {
      passed = std::max(passed, random.upto(in_minutes(event.timestamp)));
      hearing.pass(base + minutes{passed}, fired);
    }
    if (!hearing.follows(event)) return;  // it is to be heard anew, which the other test does
    Hearing{hearing}.pass(base + minutes{500}, *std::make_unique<std::vector<Firing>>());  // a copy goes its own way
    hearing.take(event, fired);
  }
  hearing.pass(base + minutes{200}, fired);
  EXPECT_EQ(hearing.held(), 0u) << "seed " << seed;
  EXPECT_FALSE(hearing.next()) << "seed " << seed;
  const auto key = [](const Firing& one) { return std::tuple{one.at, one.rule, one.trigger}; };
  const auto sorted = [&](std::vector<Firing> all) {
    std::sort(all.begin(), all.end(), [&](const Firing& a, const Firing& b) { return key(a) < key(b); });
    return all;
  };
  EXPECT_EQ(sorted(fired), sorted(judge(book, events, base + minutes{200}).firings)) << "seed " << seed;
}

int rounds() {
#ifdef WEIR_DEBUG
  return 300;
#else
  return std::getenv("TESTED_FULL") != nullptr ? 1'000'000 : 10'000;
#endif
}

TEST(RuleHistory, EqualsPlainLoops) {
  for (int i = 0; i < rounds() && !HasFailure(); ++i) expect_as_by_loops(static_cast<std::uint64_t>(i));
}

TEST(RuleHistory, IsTheSameAsItComes) {
  for (int i = 0; i < rounds() && !HasFailure(); ++i) expect_as_it_comes(static_cast<std::uint64_t>(i));
}

TEST(RuleHistory, DoesNotDependOnTheOrderOfArrival) {
  std::mt19937_64 random{1};
  for (int i = 0; i < rounds() / 10 && !HasFailure(); ++i) {
    RandomRules made{static_cast<std::uint64_t>(i)};
    int at = 0;
    for (auto& one : made.events) one.at = at += 1 + one.at % 5;  // no two at a time
    const RuleBook book{versions_of(made.rules)};
    auto events = events_of(made.events);
    const auto firings = judge(book, events, base + minutes{40}).firings;
    std::shuffle(events.begin(), events.end(), random);
    EXPECT_EQ(judge(book, events, base + minutes{40}).firings, firings) << "seed " << i;
  }
}

}  // namespace
}  // namespace weir::rules
