#include "stream/feed/event_piece.hpp"

#include <algorithm>
#include <cstring>

namespace weir::feed {

void EventPiece::event(const ingest::EventView& view) {
  const std::int64_t ended = to_micros(view.timestamp);
  last_ = std::max(last_, ended);
  gathered_.rows.push_back({view.start ? to_micros(*view.start) : ended, ended,
                            view.id.empty() ? 0 : hash128(view.id).low | 1, activities_.intern(view.activity),
                            static_cast<std::uint32_t>(view.case_id.size())});
  gathered_.case_ids.append(view.case_id);
  part_of_.push_back(static_cast<std::uint8_t>(hash128(view.case_id).high >> (64 - PartedEvents::part_bits)));
}

void EventPiece::end() {
  const PartedEvents came = std::exchange(gathered_, {});
  auto& [rows, case_ids, first_row, first_byte] = gathered_;
  for (std::size_t i = 0; i < came.rows.size(); ++i) {
    ++first_row[part_of_[i] + 1U];
    first_byte[part_of_[i] + 1U] += came.rows[i].case_size;
  }
  for (std::size_t part = 0; part < PartedEvents::parts; ++part) {
    first_row[part + 1] += first_row[part];
    first_byte[part + 1] += first_byte[part];
  }
  auto next_row = first_row, next_byte = first_byte;
  rows.resize(came.rows.size());
  case_ids.resize(came.case_ids.size());
  const char* text = came.case_ids.data();
  for (std::size_t i = 0; i < came.rows.size(); ++i) {
    const PartedEvents::Row& row = came.rows[i];
    rows[next_row[part_of_[i]]++] = row;
    std::uint32_t& byte = next_byte[part_of_[i]];
    std::memcpy(case_ids.data() + byte, text, row.case_size);
    byte += row.case_size;
    text += row.case_size;
  }
  for (std::size_t part = 0; part < PartedEvents::parts; ++part) {
    std::fill(part_of_.begin() + first_row[part], part_of_.begin() + first_row[part + 1],
              static_cast<std::uint8_t>(part));
  }
}

}  // namespace weir::feed
