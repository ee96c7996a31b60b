// The events of a piece of a file, sorted into parts by the hash of their case: all that a batch view keeps of them.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stream/dataflow/names.hpp"
#include "stream/ingest/event_view.hpp"

namespace weir::feed {

/// Events by part, within a part in the order of the file. Memory: 32 bytes an event and its case id.
struct PartedEvents {
  static constexpr unsigned part_bits = 6;
  static constexpr std::size_t parts = std::size_t{1} << part_bits;

  struct Row {
    std::int64_t began;  // µs, as `ended`
    std::int64_t ended;
    std::uint64_t identity;     // hash of the file's own id; 0: none. Compared within one case only
    dataflow::NameId activity;  // a number of the piece's names
    std::uint32_t case_size;    // of the case id
  };
  struct Part {
    std::span<const Row> rows;
    std::string_view case_ids;  // one behind the other
  };

  std::vector<Row> rows;
  std::string case_ids;
  std::array<std::uint32_t, parts + 1> first_row{};  // of each part, and behind the last
  std::array<std::uint32_t, parts + 1> first_byte{};

  /// The events of a case lie in the same part of every piece.
  Part part(std::size_t number) const {
    return {std::span{rows}.subspan(first_row[number], first_row[number + 1] - first_row[number]),
            std::string_view{case_ids}.substr(first_byte[number], first_byte[number + 1] - first_byte[number])};
  }
};

class EventPiece final : public ingest::PieceSink {
 public:
  /// There will be about so many.
  explicit EventPiece(std::size_t events_expected) {
    gathered_.rows.reserve(events_expected);
    part_of_.reserve(events_expected);
  }

  void event(const ingest::EventView& view) override;
  /// Sorts by part. O(events).
  void end() override;

  std::size_t events() const { return gathered_.rows.size(); }
  const dataflow::Names& activities() const { return activities_; }
  /// The latest timestamp, µs.
  std::int64_t last() const { return last_; }
  /// After end(). Ends the use of this.
  PartedEvents release() { return std::move(gathered_); }

 private:
  PartedEvents gathered_;
  std::vector<std::uint8_t> part_of_;  // of each row
  dataflow::Names activities_;
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace weir::feed
