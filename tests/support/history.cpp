#include "tests/support/history.hpp"

#include "stream/runtime/control_records.hpp"

namespace weir::support {

History::History(std::uint64_t seed, const HistoryOptions& options) : random_(seed), span_micros_(options.span_micros) {
  RandomRecords source{"w", options};
  std::uniform_real_distribution<double> chance{0, 1};
  while (records_.size() < options.records) {
    const bool control = chance(random_) < options.controls;
    records_.push_back(control ? random_control(source) : event_record(source.event(random_, first_time)));
  }
}

log::Record History::random_control(RandomRecords& source) {
  switch (random_() % 5) {
    case 0:
      clock_ += static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(span_micros_ * 3 / 4));
      return {log::Kind::tick, encode(runtime::Tick{clock_})};
    case 1:
      return {log::Kind::replay, encode(runtime::Replay{random_() % (records_.size() + 1)})};
    default:
      return source.control(random_, first_time).record;
  }
}

Outcome History::outcome(std::size_t count) const {
  PartitionModel model{"w"};
  for (std::size_t i = 0; i < count; ++i) model.take(i, first_time, records_[i].kind, records_[i].value);
  return model.outcome("p0");
}

}  // namespace weir::support
