// The events of a part of a file's cases: gathered as they come, then grouped by case and put in trace order. A part is
// small enough that grouping it stays within a core's cache, and parts are grouped independently of each other.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stream/dataflow/names.hpp"

namespace weir::feed {

/// Not thread-safe. Memory: 48 bytes an event and its case id; that of the event before is not kept twice.
class CaseRows {
 public:
  struct Row {
    std::uint64_t case_hash;
    std::int64_t began;  // µs, as `ended`
    std::int64_t ended;
    std::uint64_t identity;  // hash of the file's own id; 0: none. Compared within one case only
    dataflow::NameId activity;
    dataflow::NameId resource;
    std::uint64_t case_id;  // where in the text it stands, and, in the lowest 16 bits, its length
  };

  /// `row` without its case, which is `case_id`, whose hash is `case_hash`. In the order of the file, which is the
  /// order of sequences: grouping is stable instead of looking at them.
  void add(std::uint64_t case_hash, std::string_view case_id, Row row);

  /// Cases by hash, each in trace order; ties stay in the order of the file. Of the rows of a case with one identity
  /// the first stays. Call once, after the last add(). What is in `scratch` is lost: one for many parts saves memory.
  /// O(n log n).
  void group(std::vector<Row>& scratch);

  /// After group().
  std::size_t cases() const { return begins_.empty() ? 0 : begins_.size() - 1; }
  std::span<const Row> rows(std::size_t number) const;
  std::string_view case_id(std::size_t number) const { return text_of(rows_[begins_[number]]); }
  /// The rows of a case, none if it is not here. O(log cases).
  std::span<const Row> find(std::uint64_t case_hash, std::string_view case_id) const;
  std::size_t events() const { return rows_.size(); }
  std::uint64_t duplicates() const { return duplicates_; }

 private:
  std::string_view text_of(const Row& row) const;
  std::size_t number_cases(std::vector<std::uint32_t>& case_of) const;
  void drop_duplicates();

  std::vector<Row> rows_;
  std::string text_;
  std::vector<std::size_t> begins_;  // where each case's rows begin, and where the last one's end
  std::uint64_t duplicates_ = 0;
};

}  // namespace weir::feed
