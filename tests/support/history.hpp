// Random histories: what producers, uploads, people and the clock may do to one partition, and the plain answer to what
// must be left afterwards. The model keeps the accepted events in a map and knows nothing of pieces, folds or cells.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "schemas/base/event.hpp"
#include "stream/log/log.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::support {

struct HistoryOptions {
  std::size_t records = 200;
  std::size_t cases = 6;
  std::size_t activities = 5;
  std::int64_t span_micros = 400;  // small: many ties
  double duplicates = 0.1;
  double conflicts = 0.03;
  double controls = 0.03;  // erasures, withdrawals, settings, ticks
};

/// The fingerprint that tests use for erasures.
Hash128 test_fingerprint(std::string_view workspace, std::string_view process, std::string_view case_id);

class History {
 public:
  History(std::uint64_t seed, const HistoryOptions& options);

  const std::vector<log::Record>& records() const { return records_; }
  /// Events that must be left once `count` records were taken, and what else the views depend on.
  struct Outcome {
    std::map<std::string, std::vector<Event>> cases;  // in trace order
    runtime::ProcessSettings settings;
    std::int64_t clock = 0;
  };
  Outcome outcome(std::size_t count) const;

 private:
  Event random_event();
  log::Record random_control();

  std::mt19937_64 random_;
  HistoryOptions options_;
  std::vector<log::Record> records_;
  std::vector<Event> sent_;  // as sent, for duplicates and conflicts
  std::vector<std::string> uploads_;
  std::int64_t clock_ = 0;
  std::uint64_t next_id_ = 0;
};

}  // namespace weir::support
