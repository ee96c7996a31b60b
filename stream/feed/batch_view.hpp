// The views of one file, without a server: events are gathered as columns, then each case is applied as a whole, by the
// same fold and operators as everywhere. What `weir discover` runs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "stream/feed/process_view.hpp"
#include "stream/ingest/event_view.hpp"

namespace weir::feed {

/// Not thread-safe. Memory: 40 bytes an event (twice while sorting), and each distinct name and case id once.
class BatchView final : public ingest::EventSink {
 public:
  BatchView();
  ~BatchView() override;

  /// Takes an event in. Where the file gives ids, the first event of a (case, id) counts and the others are duplicates.
  void event(const ingest::EventView& view) override;

  /// Builds the view, on up to `threads` threads. Call once. O(n log n).
  std::unique_ptr<ProcessView> build(const dataflow::Operators& operators, unsigned threads);

  /// After build(): the activities of a case in trace order.
  std::vector<std::string> activities_of(std::string_view case_id) const;
  /// The latest timestamp, µs.
  std::int64_t last() const { return last_; }
  std::uint64_t events() const { return rows_.size(); }

 private:
  /// The file's order is the order of sequences: sorting is stable instead of looking at them.
  struct Row {
    std::uint32_t case_number;
    dataflow::NameId activity;
    dataflow::NameId resource;
    std::int64_t began;
    std::int64_t ended;
    std::uint64_t identity;  // hash of the file's own id; 0: none. Compared within one case only
  };

  std::uint32_t number_of(std::string_view case_id);
  void sort();
  void drop_duplicates();
  void apply(std::size_t first_case, std::size_t last_case, const dataflow::Operators& operators,
             dataflow::Views& views) const;

  dataflow::Names names_;
  std::vector<std::string> case_ids_;
  boost::unordered_flat_map<Hash128, std::uint32_t, std::hash<Hash128>> numbers_;  // by hash128 of the case id
  std::uint32_t last_number_ = 0;  // of the event before: files often keep cases together
  std::vector<Row> rows_;
  std::vector<std::size_t> begins_;  // after sort(): where each case's rows begin
  bool has_identities_ = false;
  std::uint64_t duplicates_ = 0;
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace weir::feed
