// The events of one part of a file's cases, put together by case and in trace order. A part is small enough that this
// stays within a core's cache.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "stream/feed/event_piece.hpp"

namespace weir::feed {

/// A piece of the file, and what its names' numbers are among those of all.
struct TakenPiece {
  PartedEvents events;
  std::vector<dataflow::NameId> names;
};

/// Not thread-safe; keeps its buffers from part to part.
class CaseGroups {
 public:
  using Row = PartedEvents::Row;

  /// Takes the part of every piece. Each case is in trace order then; ties stay in the order of the file, which is
  /// that of sequences. Of the rows of a case with one identity the first stays. The pieces must outlive what is read.
  /// O(n log n).
  void group(std::span<const TakenPiece> pieces, std::size_t part);

  std::size_t cases() const { return case_ids_.size(); }
  std::string_view case_id(std::size_t number) const { return case_ids_[number]; }
  /// Their activities are numbers of all names. At least one.
  std::span<const Row> rows(std::size_t number) const {
    return std::span{rows_}.subspan(begins_[number], ends_[number] - begins_[number]);
  }
  std::size_t events() const { return events_; }
  std::uint64_t duplicates() const { return rows_.size() - events_; }

 private:
  void number_cases(std::span<const TakenPiece> pieces, std::size_t part);
  std::size_t drop_duplicates(std::span<Row> rows);

  struct IdHash {
    using is_avalanching = void;
    std::size_t operator()(std::string_view case_id) const noexcept { return hash128(case_id).low; }
  };

  boost::unordered_flat_map<std::string_view, std::uint32_t, IdHash> numbers_;
  std::vector<std::string_view> case_ids_;
  std::vector<std::uint32_t> case_of_;  // of each row
  std::vector<std::uint32_t> begins_;   // where each case's rows begin
  std::vector<std::uint32_t> ends_;
  std::vector<Row> rows_;
  std::vector<std::uint64_t> seen_;
  boost::unordered_flat_set<std::uint64_t> taken_;
  std::size_t events_ = 0;
};

}  // namespace weir::feed
