#include "stream/dataflow/whole_case.hpp"

#include <algorithm>

namespace weir::dataflow {
namespace {

/// Sorts by (a, b) and adds up what is equal.
void condense(std::vector<Occurrences>& list) {
  std::sort(list.begin(), list.end(),
            [](const Occurrences& x, const Occurrences& y) { return x.a != y.a ? x.a < y.a : x.b < y.b; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (kept > 0 && list[kept - 1].a == list[i].a && list[kept - 1].b == list[i].b) {
      list[kept - 1].after += list[i].after;
    } else {
      list[kept++] = list[i];
    }
  }
  list.resize(kept);
}

}  // namespace

void count_occurrences(const std::vector<Step>& steps, std::vector<Occurrences>& activities,
                       std::vector<Occurrences>& edges) {
  activities.clear();
  edges.clear();
  for (const Step& step : steps) {
    activities.push_back({step.activity, no_name, 0, 1});
    if (step.previous_activity != no_name) edges.push_back({step.previous_activity, step.activity, 0, 1});
  }
  condense(activities);
  condense(edges);
}

std::int64_t rework_of(const std::vector<Occurrences>& activities) {
  return std::count_if(activities.begin(), activities.end(), [](const Occurrences& one) { return one.after > 1; });
}

CaseFacts WholeCase::facts(const Judgement& judgement) {
  count_occurrences(steps_, activities_, edges_);
  CaseFacts facts;
  static_cast<Judgement&>(facts) = judgement;
  facts.summary = summary_;
  facts.rework = rework_of(activities_);
  return facts;
}

CaseFacts WholeCase::facts(const Completion& completion) {
  CaseFacts facts = this->facts(Judgement{});
  completion.judge(facts);
  return facts;
}

void WholeCase::apply(std::string_view case_id, const CaseFacts& after, const Operators& operators, Views& views) {
  const std::function<std::vector<NameId>()> listed = [this] {
    std::vector<NameId> activities;
    for (const Step& step : steps_) activities.push_back(step.activity);
    return activities;
  };
  if (!paused_.empty()) paused_.resize(steps_.size());
  const CaseChange change{case_id, nullptr, &after, {}, steps_, activities_, edges_, listed, paused_};
  for (const auto& one : operators) one->apply(change, views);
}

void WholeCase::retract(std::string_view case_id, const CaseFacts& before, const Operators& operators, Views& views) {
  for (auto* list : {&activities_, &edges_}) {
    for (Occurrences& one : *list) std::swap(one.before, one.after);
  }
  const std::function<std::vector<NameId>()> none = [] { return std::vector<NameId>{}; };
  const CaseChange change{case_id, &before, nullptr, steps_, {}, activities_, edges_, none};
  for (const auto& one : operators) one->apply(change, views);
}

void WholeCase::apply(std::string_view case_id, const Completion& completion, const Operators& operators,
                      Views& views) {
  apply(case_id, facts(completion), operators, views);
}

}  // namespace weir::dataflow
