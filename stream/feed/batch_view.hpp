// The views of one file, without a server: events are gathered by case, then each case is applied as a whole, by the
// same fold and operators as everywhere. What `weir discover` runs.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "stream/feed/case_rows.hpp"
#include "stream/feed/event_batch.hpp"
#include "stream/feed/process_view.hpp"
#include "stream/ingest/event_view.hpp"

namespace weir::feed {

/// To be used from one thread; gathers on another, so that reading the file is all that the first one does.
/// Memory: 48 bytes an event, its case id (once where a case's events follow one another), and each distinct name.
class BatchView final : public ingest::EventSink {
 public:
  BatchView();
  ~BatchView() override;

  /// Takes an event in. Where the file gives ids, the first event of a (case, id) counts and the others are duplicates.
  void event(const ingest::EventView& view) override;

  /// Builds the view, on up to `threads` threads. Call once, after the last event. O(n log n).
  std::unique_ptr<ProcessView> build(const dataflow::Operators& operators, unsigned threads);

  /// After build(): the activities of a case in trace order. O(log cases + events of the case). Any thread.
  std::vector<std::string> activities_of(std::string_view case_id) const;
  /// The latest timestamp, µs.
  std::int64_t last() const { return last_; }
  /// After build(): without duplicates.
  std::uint64_t events() const;

 private:
  static constexpr unsigned part_bits = 6;
  static std::uint64_t case_hash(std::string_view case_id);
  static std::size_t part_of(std::uint64_t case_hash) { return case_hash >> (64 - part_bits); }

  void hand_over();
  void finish_gathering();
  void gather(const EventBatch& batch);
  void apply(const CaseRows& part, const dataflow::Operators& operators, dataflow::Views& views) const;

  EventBatch filling_;
  EventBatchQueue queue_;
  std::thread gatherer_;  // started with the first batch that is full; names_ and parts_ are its until it ends
  dataflow::Names names_;
  std::array<CaseRows, std::size_t{1} << part_bits> parts_;  // by the hash of the case
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace weir::feed
