#include "tests/stream/rules/plain.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace weir::rules::plain {
namespace {

using Events = std::vector<Happening>;
using Kind = Node::Kind;
constexpr int never = 1'000'000;

bool takes(const Filter& filter, const Happening& event) {
  const auto& names = filter.activities;
  if (!names.empty() && std::find(names.begin(), names.end(), event.activity) == names.end()) return false;
  return !filter.least || (event.n && *event.n >= *filter.least);
}

Truth compares(Op op, double left, double right) {
  switch (op) {
    case Op::eq:
      return truth_of(left == right);
    case Op::ne:
      return truth_of(left != right);
    case Op::lt:
      return truth_of(left < right);
    case Op::lte:
      return truth_of(left <= right);
    case Op::gt:
      return truth_of(left > right);
    default:
      return truth_of(left >= right);
  }
}

double spread(const std::vector<double>& all) {
  double sum = 0, squares = 0;
  for (const double x : all) sum += x;
  const double mean = sum / static_cast<double>(all.size());
  for (const double x : all) squares += (x - mean) * (x - mean);
  return std::sqrt(squares / static_cast<double>(all.size()));
}

Truth judged(const Node& node, const Events& inside) {
  const auto count = static_cast<double>(inside.size());
  if (node.aggregate == Aggregate::count) return compares(node.op, count, node.value);
  if (node.aggregate == Aggregate::rate) return compares(node.op, count * 10 / node.span, node.value);
  std::vector<double> all;
  for (const Happening& one : inside) {
    if (one.n) all.push_back(*one.n);
  }
  std::sort(all.begin(), all.end());
  if (node.aggregate == Aggregate::distinct) {
    return compares(node.op, static_cast<double>(std::set<double>(all.begin(), all.end()).size()), node.value);
  }
  if (all.empty()) return Truth::unknown;
  double sum = 0;
  for (const double x : all) sum += x;
  const auto ranked = [&](double share) {
    return all[static_cast<std::size_t>(std::ceil(share * static_cast<double>(all.size()) - 1e-9)) - 1];
  };
  switch (node.aggregate) {
    case Aggregate::sum:
      return compares(node.op, sum, node.value);
    case Aggregate::avg:
      return compares(node.op, sum / static_cast<double>(all.size()), node.value);
    case Aggregate::min:
      return compares(node.op, all.front(), node.value);
    case Aggregate::max:
      return compares(node.op, all.back(), node.value);
    case Aggregate::p50:
      return compares(node.op, ranked(0.5), node.value);
    case Aggregate::p95:
      return compares(node.op, ranked(0.95), node.value);
    default:
      return compares(node.op, spread(all), node.value);
  }
}

/// Where a condition is judged: behind the first `known` events, at an event (the last of them) or at a time alone.
struct Place {
  int known = 0;
  int at = 0;
  bool is_event = false;
};

Truth in_sliding(const Node& node, const Events& events, const Place& place) {
  Events inside;
  for (int i = 0; i < place.known; ++i) {
    if (takes(node.filter, events[i]) && place.at - events[i].at < node.span) inside.push_back(events[i]);
  }
  return judged(node, inside);
}

/// The groups in which the events of a count or session window lie, each with the place of its last.
std::vector<std::pair<int, Events>> groups(const Node& node, const Events& events) {
  std::vector<std::pair<int, Events>> found;
  for (int i = 0; i < static_cast<int>(events.size()); ++i) {
    if (!takes(node.filter, events[i])) continue;
    bool joins = !found.empty();
    if (joins && node.window == Window::Kind::session) {
      joins = events[i].at - found.back().second.back().at <= node.span;
    } else if (joins) {
      joins = static_cast<int>(found.back().second.size()) < node.size &&
              events[i].at - found.back().second.front().at <= node.span;
    }
    if (!joins) found.emplace_back();
    found.back().first = i;
    found.back().second.push_back(events[i]);
  }
  return found;
}

Truth in_window(const Node& node, const Events& events, const Place& place) {
  if (node.window == Window::Kind::sliding) return in_sliding(node, events, place);
  if (node.window == Window::Kind::tumbling) {
    Events inside;
    for (const Happening& one : events) {
      if (takes(node.filter, one) && one.at >= place.at - node.span && one.at < place.at) inside.push_back(one);
    }
    const bool ends = !place.is_event && place.at % node.span == 0 && !inside.empty();
    return ends ? judged(node, inside) : Truth::unknown;
  }
  for (const auto& [last, inside] : groups(node, events)) {
    const bool completes =
        node.window == Window::Kind::session
            ? !place.is_event && inside.back().at + node.span == place.at
            : place.is_event && last == place.known - 1 && static_cast<int>(inside.size()) == node.size;
    if (completes) return judged(node, inside);
  }
  return Truth::unknown;
}

/// The latest first event from `from` on of a match whose step `step` is the event at `last`. -1: there is none.
int beginning(const Node& node, const Events& events, int from, std::size_t step, int last) {
  if (last < from || !takes(node.steps[step].event, events[last])) return -1;
  if (step == 0) return last;
  const auto& forbidden = node.steps[step].never;
  const auto is_forbidden = [&](int i) { return forbidden && takes(*forbidden, events[i]); };
  if (is_forbidden(last)) return -1;
  int latest = -1;
  for (int former = last - 1; former >= from; --former) {
    bool reaches = true;
    for (int i = former + 1; i < last; ++i) {
      if (is_forbidden(i)) reaches = false;
      if (node.contiguity == Sequence::Contiguity::strict) reaches = false;
      if (node.contiguity == Sequence::Contiguity::relaxed && takes(node.steps[step].event, events[i])) {
        reaches = false;
      }
    }
    if (reaches) latest = std::max(latest, beginning(node, events, from, step - 1, former));
  }
  return latest;
}

struct Match {
  int event = -1;  // -1: at a time alone
  int at = 0;
};

std::vector<Match> matches(const Node& node, const Events& events) {
  std::vector<Match> found;
  const int count = static_cast<int>(events.size());
  int from = 0;
  if (!node.never_after) {
    for (int i = 0; i < count; ++i) {
      const int first = beginning(node, events, from, node.steps.size() - 1, i);
      if (first < 0 || events[i].at - events[first].at > node.span) continue;
      found.push_back({i, events[i].at});
      if (node.skip_past) from = i + 1;
    }
    return found;
  }
  while (true) {
    int next = never;
    for (int i = from; i < count; ++i) {
      const int first = beginning(node, events, from, node.steps.size() - 1, i);
      if (first < 0 || events[i].at - events[first].at > node.span) continue;
      const int end = events[first].at + node.span;
      bool holds = true;
      for (int j = i + 1; j < count; ++j)
        holds = holds && !(events[j].at <= end && takes(*node.never_after, events[j]));
      const bool is_new = found.empty() || end > found.back().at;
      if (holds && is_new) next = std::min(next, end);
    }
    if (next == never) return found;
    found.push_back({-1, next});
    while (node.skip_past && from < count && events[from].at <= next) ++from;
  }
}

Truth in_sequence(const Node& node, const Events& events, const Place& place) {
  for (const Match& one : matches(node, events)) {
    if (one.at == place.at && (place.is_event ? one.event == place.known - 1 : one.event < 0)) return Truth::yes;
  }
  return Truth::unknown;
}

using Assumed = std::map<const Node*, Truth>;

Truth truth(const Node& node, const Events& events, const Place& place, const Assumed& assumed) {
  switch (node.kind) {
    case Kind::negation:
      return opposite(truth(node.parts[0], events, place, assumed));
    case Kind::all:
    case Kind::any: {
      Truth joined = truth_of(node.kind == Kind::all);
      for (const Node& part : node.parts) {
        const Truth one = truth(part, events, place, assumed);
        joined = node.kind == Kind::all ? std::min(joined, one) : std::max(joined, one);
      }
      return joined;
    }
    case Kind::number: {
      if (!place.is_event || !events[place.known - 1].n) return Truth::unknown;
      return compares(node.op, *events[place.known - 1].n, node.value);
    }
    case Kind::said:
      for (int i = place.known; i-- > 0;) {
        if (events[i].s) return truth_of(*events[i].s == static_cast<int>(node.value));
      }
      return Truth::unknown;
    case Kind::window:
      return in_window(node, events, place);
    case Kind::sequence:
      return in_sequence(node, events, place);
    case Kind::absent:
      return place.is_event ? assumed.at(&node) : Truth::unknown;
  }
  return Truth::unknown;
}

void absences(const Node& node, std::vector<const Node*>& found) {
  if (node.kind == Kind::absent) found.push_back(&node);
  for (const Node& part : node.parts) absences(part, found);
}

/// It holds whatever becomes of the absences that are open.
bool is_certain(const Rule& rule, const Events& events, const Place& place, Assumed known,
                const std::vector<const Node*>& open) {
  for (const Node* one : open) {
    if (known.contains(one)) continue;
    for (const Truth either : {Truth::no, Truth::yes}) {
      known[one] = either;
      if (!is_certain(rule, events, place, known, open)) return false;
    }
    return true;
  }
  return truth(rule.when, events, place, known) == Truth::yes;
}

/// An instant at which something is decided, in the order in which they come: behind the events of a time the time.
struct Moment {
  int at = 0;
  int event = never;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};

struct Candidate {
  Moment moment;
  int salience = 0;  // negated
  std::string name;
  std::optional<int> version;
  int anchor = never;  // the event that is judged
  const Rule* rule = nullptr;

  auto order() const { return std::tie(moment, salience, name, version, anchor); }
};

int count_until(const Events& events, int time) {
  int count = 0;
  while (count < static_cast<int>(events.size()) && events[count].at <= time) ++count;
  return count;
}

/// When the event at `place` is decided to fire, if it ever is.
std::optional<Moment> decided(const Rule& rule, const Events& events, int place) {
  std::vector<const Node*> open;
  absences(rule.when, open);
  const int at = events[place].at;
  std::map<Moment, std::vector<std::pair<const Node*, Truth>>> outcomes;
  outcomes[{at, place}];
  for (const Node* one : open) {
    Moment moment{at + one->span};
    Truth outcome = Truth::yes;
    for (int i = static_cast<int>(events.size()); --i > place;) {
      if (events[i].at > at + one->span || !takes(one->filter, events[i])) continue;
      moment = {events[i].at, i};
      outcome = Truth::no;
    }
    outcomes[moment].emplace_back(one, outcome);
  }
  Assumed known;
  for (const auto& [moment, learned] : outcomes) {
    known.insert(learned.begin(), learned.end());
    if (is_certain(rule, events, {place + 1, at, true}, known, open)) return moment;
  }
  return {};
}

void ends(const Node& node, const Events& events, std::set<int>& times) {
  for (const Node& part : node.parts) ends(part, events, times);
  if (node.kind == Kind::sequence) {
    for (const Match& one : matches(node, events)) {
      if (one.event < 0) times.insert(one.at);
    }
  }
  if (node.kind != Kind::window) return;
  for (const Happening& one : events) {
    if (!takes(node.filter, one)) continue;
    if (node.window == Window::Kind::tumbling) times.insert((one.at / node.span + 1) * node.span);
  }
  if (node.window != Window::Kind::session) return;
  for (const auto& [last, inside] : groups(node, events)) times.insert(inside.back().at + node.span);
}

std::vector<Candidate> candidates(const Rule& rule, const Events& events, int from, int to) {
  std::vector<Candidate> found;
  const auto add = [&](Moment moment, int anchor) {
    if (moment.at < from || moment.at >= to) return;
    found.push_back({moment, -rule.salience, rule.name, rule.from, anchor, &rule});
  };
  for (int i = 0; i < static_cast<int>(events.size()); ++i) {
    const auto& on = rule.on;
    if (!on.empty() && std::find(on.begin(), on.end(), events[i].activity) == on.end()) continue;
    if (const auto moment = decided(rule, events, i)) add(*moment, i);
  }
  std::set<int> times;
  ends(rule.when, events, times);
  for (const int at : times) {
    const Place place{count_until(events, at), at, false};
    if (truth(rule.when, events, place, {}) == Truth::yes) add({at}, never);
  }
  return found;
}

}  // namespace

std::vector<Firing> firings(const std::vector<Rule>& rules, const std::vector<Happening>& events, int now) {
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!rules[i].is_there) continue;
    const bool is_last = i + 1 == rules.size() || rules[i + 1].name != rules[i].name;
    const auto found =
        candidates(rules[i], events, rules[i].from.value_or(-never), is_last ? never : *rules[i + 1].from);
    all.insert(all.end(), found.begin(), found.end());
  }
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.order() < b.order(); });
  std::vector<Firing> fired;
  std::set<std::pair<Moment, std::string>> groups;
  std::set<std::pair<std::string, std::optional<double>>> once;
  std::map<std::string, int> quiet;
  for (const Candidate& one : all) {
    const Rule& rule = *one.rule;
    if (!rule.xor_group.empty() && groups.contains({one.moment, rule.xor_group})) continue;
    if (!rule.xor_group.empty() && !rule.dry_run) groups.insert({one.moment, rule.xor_group});
    std::optional<double> value;
    if (rule.once == Once::per_case) value = -1;  // which no number is
    if (rule.once == Once::per_number && one.anchor != never) value = events[one.anchor].n;
    if (quiet.contains(rule.name) && one.moment.at < quiet[rule.name]) continue;
    if (rule.once != Once::always && once.contains({rule.name, value})) continue;
    if (rule.once != Once::always) once.insert({rule.name, value});
    if (rule.cooldown > 0) quiet[rule.name] = one.moment.at + rule.cooldown;
    const bool is_due = one.moment.event == never;
    if (is_due && one.moment.at > now) continue;  // it is yet to be told
    fired.push_back({one.moment.at, rule.name, rule.from,
                     one.anchor == never ? std::nullopt : std::optional{one.anchor},
                     is_due ? std::optional{one.moment.at} : std::nullopt});
  }
  return fired;
}

}  // namespace weir::rules::plain
