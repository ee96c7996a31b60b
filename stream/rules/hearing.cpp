#include "stream/rules/hearing.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"
#include "stream/rules/hearing_facts.hpp"

namespace weir::rules {

namespace {

/// What became of the absences that an event waits for.
template <class Absences>
class Outcomes final : public Facts {
 public:
  explicit Outcomes(const Absences& absences) : absences_(absences) {}

  Value after(std::string_view) const override { return {}; }
  Value before(std::string_view) const override { return {}; }
  Seen temporal(std::size_t number) const override {
    const auto at = std::find_if(absences_.begin(), absences_.end(),
                                 [&](const auto& absence) { return absence.temporal == number; });
    return {at == absences_.end() ? std::optional{Truth::unknown} : at->truth, {}};
  }

 private:
  const Absences& absences_;
};

void add_deeds(const Row& row, const Facts& facts, std::size_t first, std::vector<Deed>& deeds) {
  for (std::size_t i = 0; i < row.actions.size(); ++i) {
    const Action& action = row.actions[i];
    deeds.push_back({action.kind, action.severity, action.title.filled(facts, true), action.text.filled(facts, false),
                     action.targets, action.escalation, first + i});
  }
}

/// What the columns that are collected say of a row behind the one that is chosen.
void add_part(const Rule& rule, const Row& row, const Facts& facts, std::vector<Deed>& deeds) {
  for (const Action& action : row.actions) {
    const std::string text = rule.collects_text ? action.text.filled(facts, false) : std::string{};
    for (Deed& deed : deeds) {
      if (!text.empty()) deed.text.append(deed.text.empty() ? "" : "\n").append(text);
      for (const std::string& target : action.targets) {
        const bool is_told = std::find(deed.targets.begin(), deed.targets.end(), target) != deed.targets.end();
        if (rule.collects_receivers && !is_told) deed.targets.push_back(target);
      }
    }
  }
}

}  // namespace

Hearing::Hearing(const RuleBook& book, Explaining explaining)
    : book_(&book), explaining_(explaining), facts_(&book.lists()) {}

bool Hearing::follows(const Event& event) const {
  return (!last_event_ || event.timestamp >= *last_event_) && (!decided_ || event.timestamp > *decided_);
}

void Hearing::take(const Event& event, std::vector<Firing>& fired) {
  WEIR_CHECK(follows(event), "events are told in the order of time");
  run_until(event.timestamp);
  last_event_ = event.timestamp;
  facts_.take(event);
  completed_.clear();
  std::vector<Candidate> candidates;
  learn_of(event, candidates);
  feed(event);
  book_->concerned(event, facts_, found_);
  for (const auto& [temporal, seen] : completed_) found_.push_back(book_->entry_of(temporal));
  for (const auto& [temporal, state] : states_) {
    const auto* window = std::get_if<WindowState>(&state);
    if (window != nullptr && window->kind() == Window::Kind::sliding) found_.push_back(book_->entry_of(temporal));
  }
  std::sort(found_.begin(), found_.end());
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  for (const std::uint32_t entry : found_) judge(entry, event, candidates);
  tell(std::move(candidates), event.timestamp, fired);
}

/// What waits for such an event to be absent. An event that no absence of a rule waits for touches none that is
/// pending.
void Hearing::learn_of(const Event& event, std::vector<Candidate>& candidates) {
  std::vector<PendingPlace> learned;
  for (auto& [entry, all] : pending_) {
    const auto& temporals = book_->entries()[entry].rule.temporals;
    std::vector<bool> is_here;
    for (const Temporal& one : temporals) {
      const auto* absence = std::get_if<Absence>(&one);
      is_here.push_back(absence != nullptr && absence->filter.takes(event, facts_));
    }
    if (std::find(is_here.begin(), is_here.end(), true) == is_here.end()) continue;
    for (auto& [number, pending] : all) {
      for (Waiting& one : pending.absences) {
        if (one.truth || !is_here[one.temporal]) continue;
        one.truth = Truth::no;
        forget_due({entry, number}, one.due);
      }
      learned.push_back({entry, number});
    }
  }
  for (const PendingPlace place : learned) decide(place, event.timestamp, false, candidates);
}

void Hearing::feed(const Event& event) {
  book_->fed(event, facts_, found_);
  for (auto& [temporal, state] : states_) {
    auto* sequence = std::get_if<SequenceState>(&state);
    if (sequence == nullptr) continue;
    feed_sequence(temporal, *sequence, event);
    std::erase(found_, temporal);
  }
  std::erase_if(states_, [](const auto& one) {
    const auto* sequence = std::get_if<SequenceState>(&one.second);
    return sequence != nullptr && sequence->held() == 0;
  });
  for (const std::uint32_t temporal : found_) {
    if (book_->entries()[book_->entry_of(temporal)].to <= event.timestamp) continue;
    const Temporal& what = book_->temporal(temporal);
    if (const auto* sequence = std::get_if<Sequence>(&what)) {
      SequenceState begun{*sequence};
      feed_sequence(temporal, begun, event);
      if (begun.held() > 0) states_.emplace(temporal, std::move(begun));
      continue;
    }
    const auto& window = std::get<Window>(what);
    if (!window.filter.takes(event, facts_)) continue;
    auto& state = std::get<WindowState>(states_.try_emplace(temporal, WindowState{window}).first->second);
    const auto result = state.take(event.timestamp, window.of.empty() ? Value{} : facts_.after(window.of));
    if (result) completed_[temporal] = {window.judge(*result, facts_), *result};
    if (state.held() == 0) states_.erase(temporal);
  }
}

void Hearing::feed_sequence(std::uint32_t temporal, SequenceState& state, const Event& event) {
  if (state.take(event, facts_)) completed_[temporal] = {Truth::yes, {}};
}

void Hearing::judge(std::uint32_t number, const Event& event, std::vector<Candidate>& candidates) {
  const RuleBook::Entry& entry = book_->entries()[number];
  const Time at = event.timestamp;
  // What waits may be decided when the version holds, though it does not hold yet.
  if (at >= entry.to || (at < entry.from && !entry.waits)) return;
  const auto& on = entry.rule.on;
  if (!on.empty() && std::find(on.begin(), on.end(), event.activity) == on.end()) return;
  const RuleFacts facts{*this, entry, at, true};
  Trigger trigger{std::pair{event.source, event.id}, {}};
  if (!entry.waits) {
    if (entry.rule.when && !entry.rule.when->holds(facts)) return;
    if (auto firing = firing_of(number, facts, std::move(trigger), at)) {
      candidates.push_back({number, *std::move(firing)});
    }
    return;
  }
  auto outcome = entry.rule.when->given(facts);
  if (const auto* truth = std::get_if<Truth>(&outcome); truth != nullptr && *truth != Truth::yes) return;
  auto firing = firing_of(number, facts, std::move(trigger), at);
  if (!firing) return;
  if (auto* left = std::get_if<Condition>(&outcome)) {
    wait(number, std::move(*left), *std::move(firing), at);
  } else if (at >= entry.from) {
    candidates.push_back({number, *std::move(firing)});
  }
}

void Hearing::wait(std::uint32_t number, Condition left, Firing firing, Time at) {
  const RuleBook::Entry& entry = book_->entries()[number];
  const RuleFacts facts{*this, entry, at, true};
  Pending pending{std::move(left), std::move(firing), {}};
  const PendingPlace place{number, next_pending_++};
  for (std::uint32_t i = 0; i < entry.rule.temporals.size(); ++i) {
    const auto* absence = std::get_if<Absence>(&entry.rule.temporals[i]);
    const auto due = absence == nullptr ? std::nullopt : facts.due_of(*absence);
    if (!due) continue;
    pending.absences.push_back({i, *due, {}});
    dues_.emplace(*due, place);
  }
  pending_[number].emplace(place.number, std::move(pending));
}

void Hearing::forget_due(PendingPlace place, Time due) {
  const auto [first, last] = dues_.equal_range(due);
  const auto found = std::find_if(first, last, [&](const auto& one) { return one.second == place; });
  if (found != last) dues_.erase(found);
}

/// With what was learned; what fires becomes a candidate.
void Hearing::decide(PendingPlace place, Time at, bool by_time, std::vector<Candidate>& candidates) {
  auto& all = pending_[place.entry];
  Pending& pending = all.at(place.number);
  const auto outcome = pending.left.given(Outcomes{pending.absences});
  const auto* truth = std::get_if<Truth>(&outcome);
  if (truth == nullptr) return;
  for (const Waiting& one : pending.absences) {
    if (!one.truth) forget_due(place, one.due);
  }
  const RuleBook::Entry& entry = book_->entries()[place.entry];
  if (*truth == Truth::yes && at >= entry.from && at < entry.to) {
    Firing firing = std::move(pending.firing);
    firing.at = at;
    if (by_time) firing.trigger.due = at;
    if (firing.keeps_until) firing.keeps_until = at + entry.rule.keep_firing_for;
    for (const Waiting& one : pending.absences) {
      if (firing.explanation && one.truth) firing.explanation->learn(one.temporal, *one.truth);
    }
    candidates.push_back({place.entry, std::move(firing)});
  }
  all.erase(place.number);
  if (all.empty()) pending_.erase(place.entry);
}

std::optional<Firing> Hearing::firing_of(std::uint32_t number, const RuleFacts& facts, Trigger trigger, Time at) const {
  const RuleBook::Entry& entry = book_->entries()[number];
  const Rule& rule = entry.rule;
  Firing firing{entry.name, entry.from, std::move(trigger), at, {}, {}, {}, rule.dry_run, {}};
  std::size_t first = 0;
  for (const Row& row : rule.rows) {
    const bool is_chosen = rule.collects || firing.deeds.empty();
    const bool gives_part = !is_chosen && (rule.collects_receivers || rule.collects_text);
    if ((is_chosen || gives_part) && (!row.when || row.when->holds(facts))) {
      is_chosen ? add_deeds(row, facts, first, firing.deeds) : add_part(rule, row, facts, firing.deeds);
    }
    first += row.actions.size();
  }
  if (firing.deeds.empty()) return {};
  if (rule.once_per) firing.once_key = facts.after(*rule.once_per).key();
  if (rule.keep_firing_for > Duration{}) firing.keeps_until = at + rule.keep_firing_for;
  if (explaining_ == Explaining::yes && rule.when) firing.explanation = rule.when->explain(facts);
  return firing;
}

}  // namespace weir::rules
