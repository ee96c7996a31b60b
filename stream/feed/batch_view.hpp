// The views of one file, without a server: events are sorted into parts by their case, piece of the file by piece; then
// each part is put together by case, and each case is applied as a whole, by the same fold and operators as everywhere.
// What `weir discover` runs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stream/feed/case_groups.hpp"
#include "stream/feed/process_view.hpp"
#include "stream/ingest/event_view.hpp"

namespace weir::feed {

/// To be used from one thread, but for the pieces it hands out. Resources are not kept: its operators must not ask for
/// them. Memory: that of PartedEvents, and each distinct name.
class BatchView final : public ingest::PiecewiseSink {
 public:
  /// Takes an event in. Where the file gives ids, the first event of a (case, id) counts and the others are duplicates.
  void event(const ingest::EventView& view) override;
  std::unique_ptr<ingest::PieceSink> piece() override { return std::make_unique<EventPiece>(events_expected_); }
  /// A piece from piece(). Not to be mixed with event().
  void take(std::unique_ptr<ingest::PieceSink> piece, std::uint64_t rows, std::uint64_t lines) override;

  /// Builds the view, on up to `threads` threads. Call once, after the last event. O(n log n).
  std::unique_ptr<ProcessView> build(const dataflow::Operators& operators, unsigned threads);

  /// After build(): the activities, in trace order, of a case that is too long for its variant to list them; of others
  /// none. O(events of the case). Any thread.
  std::vector<std::string> activities_of(const std::string& case_id) const;
  /// The latest timestamp, µs.
  std::int64_t last() const { return last_; }
  /// After build(): without duplicates.
  std::uint64_t events() const { return events_; }

 private:
  struct Share;
  void take(EventPiece& piece);
  void fold_cases(const dataflow::Operators& operators, std::vector<Share>& shares);
  void apply(CaseGroups& part, const dataflow::Operators& operators, Share& share) const;
  static dataflow::Views merge(std::vector<Share>& shares);

  std::unique_ptr<EventPiece> filling_;
  std::vector<TakenPiece> pieces_;
  std::size_t events_expected_ = 0;  // in a piece: as many as in the last
  dataflow::Names names_;
  std::unordered_map<std::string, std::vector<dataflow::NameId>> long_cases_;
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
  std::uint64_t events_ = 0;
};

}  // namespace weir::feed
