// What time alone brings about in a case, and in which order what fires is told.
#include <algorithm>

#include "stream/rules/hearing_facts.hpp"

namespace weir::rules {
namespace {

void keep_least(std::optional<Time>& least, std::optional<Time> time) {
  if (time && (!least || *time < *least)) least = time;
}

}  // namespace

/// When something is decided next although nothing happens.
std::optional<Time> Hearing::due() const {
  std::optional<Time> least;
  for (const auto& [temporal, state] : states_) {
    keep_least(least, std::visit([](const auto& one) { return one.due(); }, state));
  }
  if (!dues_.empty()) keep_least(least, dues_.begin()->first);
  return least;
}

std::optional<Time> Hearing::next() const {
  auto next = due();
  if (!ahead_.empty()) keep_least(next, ahead_.front().at);
  return next;
}

/// All that is due before the time.
void Hearing::run_until(Time end) {
  for (auto at = due(); at && *at < end; at = due()) run(*at);
}

void Hearing::run(Time at) {
  decided_ = at;
  completed_.clear();
  facts_.look(at);
  end_states(at);
  std::vector<Candidate> candidates;
  learn_by_time(at, candidates);
  std::set<std::uint32_t> entries;
  for (const auto& [temporal, seen] : completed_) entries.insert(book_->entry_of(temporal));
  for (const std::uint32_t number : entries) {
    const RuleBook::Entry& entry = book_->entries()[number];
    if (at < entry.from || at >= entry.to) continue;
    const RuleFacts facts{*this, entry, at, false};
    if (!entry.rule.when->holds(facts)) continue;
    if (auto firing = firing_of(number, facts, {{}, at}, at)) candidates.push_back({number, *std::move(firing)});
  }
  tell(std::move(candidates), at, ahead_);
}

/// No event came that was to be absent.
void Hearing::learn_by_time(Time at, std::vector<Candidate>& candidates) {
  std::set<PendingPlace> learned;
  for (auto due = dues_.begin(); due != dues_.end() && due->first == at; due = dues_.erase(due)) {
    Pending& pending = pending_[due->second.entry].at(due->second.number);
    for (Waiting& one : pending.absences) {
      if (!one.truth && one.due == at) one.truth = Truth::yes;
    }
    learned.insert(due->second);
  }
  for (const PendingPlace place : learned) decide(place, at, true, candidates);
}

void Hearing::end_states(Time at) {
  for (auto one = states_.begin(); one != states_.end();) {
    auto& [temporal, state] = *one;
    if (auto* window = std::get_if<WindowState>(&state); window != nullptr && window->due() == at) {
      const Value result = window->end();
      completed_[temporal] = {std::get<Window>(book_->temporal(temporal)).judge(result, facts_), result};
    } else if (auto* sequence = std::get_if<SequenceState>(&state); sequence != nullptr && sequence->due() == at) {
      sequence->end();
      completed_[temporal] = {Truth::yes, {}};
    }
    const bool is_empty = std::visit([](const auto& held) { return held.held() == 0; }, state);
    one = is_empty ? states_.erase(one) : std::next(one);
  }
}

void Hearing::tell(std::vector<Candidate> candidates, Time at, std::vector<Firing>& fired) {
  // Entries stand in the order in which rules are judged.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.entry < b.entry; });
  std::set<std::string> groups;
  for (Candidate& one : candidates) {
    const Rule& rule = book_->entries()[one.entry].rule;
    if (!may_fire(one, groups)) continue;
    Memory& memory = memories_[one.firing.rule];
    if (rule.once_per) memory.once.insert(one.firing.once_key);
    if (rule.cooldown > Duration{}) memory.quiet_until = at + rule.cooldown;
    fired.push_back(std::move(one.firing));
  }
}

/// Who fits takes the place of its group, even if it is to be silent; but for what only tells what it would do.
bool Hearing::may_fire(const Candidate& candidate, std::set<std::string>& groups) {
  const Rule& rule = book_->entries()[candidate.entry].rule;
  if (!rule.xor_group.empty()) {
    if (groups.contains(rule.xor_group)) return false;
    if (!rule.dry_run) groups.insert(rule.xor_group);
  }
  const auto memory = memories_.find(candidate.firing.rule);
  if (memory == memories_.end()) return true;
  if (memory->second.quiet_until && candidate.firing.at < *memory->second.quiet_until) return false;
  return !rule.once_per || !memory->second.once.contains(candidate.firing.once_key);
}

void Hearing::pass(Time now, std::vector<Firing>& fired) {
  if (tick_ && now < *tick_) return;
  tick_ = now;
  for (auto at = due(); at && *at <= now; at = due()) run(*at);
  const auto reached = std::find_if(ahead_.begin(), ahead_.end(), [&](const Firing& one) { return one.at > now; });
  fired.insert(fired.end(), std::make_move_iterator(ahead_.begin()), std::make_move_iterator(reached));
  ahead_.erase(ahead_.begin(), reached);
  let_go(now);
}

/// What no event behind `now` needs.
void Hearing::let_go(Time now) {
  if (last_event_ && now < *last_event_) return;
  for (auto one = states_.begin(); one != states_.end();) {
    auto& state = one->second;
    const auto held = [&] { return std::visit([](const auto& all) { return all.held(); }, state); };
    const std::size_t before = held();
    std::visit([&](auto& all) { all.pass(now); }, state);
    if (held() != before) decided_ = std::max(decided_.value_or(now), now);
    one = held() == 0 ? states_.erase(one) : std::next(one);
  }
  for (auto& [rule, memory] : memories_) {
    if (!memory.quiet_until || *memory.quiet_until > now) continue;
    memory.quiet_until.reset();
    decided_ = std::max(decided_.value_or(now), now);
  }
}

std::size_t Hearing::held() const {
  std::size_t held = dues_.size() + ahead_.size();
  for (const auto& [temporal, state] : states_) {
    held += std::visit([](const auto& one) { return one.held(); }, state);
  }
  for (const auto& [rule, memory] : memories_) held += memory.quiet_until ? 1 : 0;
  return held;
}

}  // namespace weir::rules
