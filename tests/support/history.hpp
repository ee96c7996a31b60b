// Random histories of one partition: what producers, uploads, people and the clock may do to it, in the order of its
// log, and what must be left afterwards.
#pragma once

#include <random>
#include <vector>

#include "stream/log/log.hpp"
#include "tests/support/model.hpp"
#include "tests/support/random_records.hpp"

namespace weir::support {

struct HistoryOptions : RecordOptions {
  std::size_t records = 200;
  double controls = 0.03;  // erasures, withdrawals, settings, ticks, replays
};

class History {
 public:
  static constexpr Time first_time = from_micros(1'700'000'000'000'000);

  /// Of the workspace "w".
  History(std::uint64_t seed, const HistoryOptions& options);

  const std::vector<log::Record>& records() const { return records_; }
  /// What the first `count` records leave of the process "p0".
  Outcome outcome(std::size_t count) const;

 private:
  log::Record random_control(RandomRecords& source);

  std::mt19937_64 random_;
  std::int64_t span_micros_;
  std::vector<log::Record> records_;
  std::int64_t clock_ = to_micros(first_time);
};

}  // namespace weir::support
