// Views of a few cases written down by hand, by one operator alone.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stream/dataflow/whole_case.hpp"

namespace weir::operators {

/// One event; times in µs.
struct At {
  std::string activity;
  std::int64_t began = 0;
  std::int64_t ended = 0;
  std::string resource = {};
};
using Trace = std::vector<At>;

/// A trace of moments: nothing but the order counts.
inline Trace moments(const std::string& activities) {
  Trace trace;
  for (const char activity : activities) {
    const auto time = static_cast<std::int64_t>(trace.size()) * 10;
    trace.push_back({std::string(1, activity), time, time});
  }
  return trace;
}

template <class Operator>
class HandMade {
 public:
  HandMade() { operators_.push_back(std::make_unique<Operator>()); }

  void add(const std::string& case_id, const Trace& trace) {
    fold(trace);
    whole_.apply(case_id, completion, operators_, views_);
  }

  /// The case goes again, as when it is erased.
  void remove(const std::string& case_id, const Trace& trace) {
    fold(trace);
    const dataflow::CaseFacts before = whole_.facts(completion);
    std::vector<dataflow::Occurrences> activities, edges;
    count_occurrences(whole_.steps(), activities, edges);
    for (auto* list : {&activities, &edges}) {
      for (auto& one : *list) std::swap(one.before, one.after);
    }
    const std::function<std::vector<dataflow::NameId>()> none = [] { return std::vector<dataflow::NameId>{}; };
    operators_.front()->apply({case_id, &before, nullptr, whole_.steps(), {}, activities, edges, none}, views_);
  }

  const dataflow::Cell& cell(dataflow::Table table, const std::string& a, const std::string& b = {}) {
    return cell_at({table, names_.find(a), names_.find(b)});
  }
  const dataflow::Cell& cell_at(const dataflow::CellKey& key) {
    static const dataflow::Cell none;
    const dataflow::Cell* found = views_.find(key);
    return found == nullptr ? none : *found;
  }
  std::int64_t tally(dataflow::Table table, const std::string& a, const std::string& b) {
    return views_.tally({table, names_.find(a), names_.find(b)});
  }
  std::size_t cells_left() const {
    std::size_t left = 0;
    views_.each_tally([&](const auto&, std::int64_t) { ++left; });
    views_.each([&](const auto&, const dataflow::Cell& cell) { left += cell.empty() ? 0 : 1; });
    return left;
  }
  dataflow::Names& names() { return names_; }

  dataflow::Completion completion;

 private:
  void fold(const Trace& trace) {
    whole_.begin();
    for (const At& at : trace) {
      whole_.add(names_, names_.intern(at.activity), names_.intern(at.resource), at.began, at.ended);
    }
  }

  dataflow::Names names_;
  dataflow::Views views_;
  dataflow::Operators operators_;
  dataflow::WholeCase whole_;
};

}  // namespace weir::operators
