#include "stream/dataflow/whole_case.hpp"

#include <algorithm>

#include <boost/container/small_vector.hpp>

namespace weir::dataflow {
namespace {

/// Names of one case, or pairs of them, as numbers that sort quickly: most cases are short.
using Pairs = boost::container::small_vector<std::uint64_t, 64>;

/// How often each occurs, ascending.
void count_equal(Pairs& pairs, std::vector<Occurrences>& counted) {
  std::sort(pairs.begin(), pairs.end());
  counted.clear();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i > 0 && pairs[i] == pairs[i - 1]) {
      ++counted.back().after;
    } else {
      counted.push_back({static_cast<NameId>(pairs[i] >> 32), static_cast<NameId>(pairs[i]), 0, 1});
    }
  }
}

}  // namespace

void count_occurrences(const std::vector<Step>& steps, std::vector<Occurrences>& activities,
                       std::vector<Occurrences>& edges) {
  Pairs alone, following;
  for (const Step& step : steps) {
    alone.push_back(std::uint64_t{step.activity} << 32 | no_name);
    if (step.previous_activity == no_name) continue;
    following.push_back(std::uint64_t{step.previous_activity} << 32 | step.activity);
  }
  count_equal(alone, activities);
  count_equal(following, edges);
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

void WholeCase::hand_over(std::string_view case_id, const CaseFacts& after,
                          const std::function<void(const CaseChange&)>& take) {
  const std::function<std::vector<NameId>()> listed = [this] {
    std::vector<NameId> activities;
    for (const Step& step : steps_) activities.push_back(step.activity);
    return activities;
  };
  if (!paused_.empty()) paused_.resize(steps_.size());
  take({case_id, nullptr, &after, {}, steps_, activities_, edges_, listed, paused_, {}, clocks_});
}

void WholeCase::apply(std::string_view case_id, const CaseFacts& after, const Operators& operators, Views& views) {
  hand_over(case_id, after, [&](const CaseChange& change) {
    for (const auto& one : operators) one->apply(change, views);
  });
}

void WholeCase::retract(std::string_view case_id, const CaseFacts& before, const Operators& operators, Views& views) {
  for (auto* list : {&activities_, &edges_}) {
    for (Occurrences& one : *list) std::swap(one.before, one.after);
  }
  const std::function<std::vector<NameId>()> none = [] { return std::vector<NameId>{}; };
  const CaseChange change{case_id, &before, nullptr, steps_, {}, activities_, edges_, none, {}, clocks_};
  for (const auto& one : operators) one->apply(change, views);
}

void WholeCase::apply(std::string_view case_id, const Completion& completion, const Operators& operators,
                      Views& views) {
  apply(case_id, facts(completion), operators, views);
}

}  // namespace weir::dataflow
