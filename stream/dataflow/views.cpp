#include "stream/dataflow/views.hpp"

#include <algorithm>

namespace weir::dataflow {

bool Cell::exhausted() const {
  return std::any_of(durations.begin(), durations.end(), [](const auto& d) { return d.exhausted(); }) ||
         std::any_of(ranges.begin(), ranges.end(), [](const auto& range) { return range.exhausted(); });
}

void Cell::merge(const Cell& other) {
  for (std::size_t i = 0; i < counts_max; ++i) counts[i] += other.counts[i];
  for (std::size_t i = 0; i < other.durations.size(); ++i) duration(i).merge(other.durations[i]);
  for (std::size_t i = 0; i < other.ranges.size(); ++i) range(i).merge(other.ranges[i]);
  if (note.empty()) note = other.note;
}

Views::Slot* Views::slot(const CellKey& key) {
  if (const auto known = cells_.find(key); known != cells_.end()) return known->second.get();
  std::optional<Cell> loaded = load_ ? load_(key) : std::nullopt;
  if (!loaded) return nullptr;
  return cells_.emplace(key, std::make_unique<Slot>(Slot{std::move(*loaded)})).first->second.get();
}

Cell& Views::change(const CellKey& key) {
  Slot* found = slot(key);
  if (found == nullptr) found = cells_.emplace(key, std::make_unique<Slot>()).first->second.get();
  if (!found->changed) {
    found->changed = true;
    changed_.push_back(key);
  }
  return found->cell;
}

void Views::absorb(Views&& other) {
  for (auto& [key, theirs] : other.cells_) {
    const auto [mine, fresh] = cells_.try_emplace(key, std::move(theirs));
    if (!fresh) {
      change(key).merge(theirs->cell);
    } else if (mine->second->changed) {
      changed_.push_back(key);
    }
  }
  other = Views{};
}

const Cell* Views::find(const CellKey& key) {
  const Slot* found = slot(key);
  return found == nullptr ? nullptr : &found->cell;
}

std::vector<CellKey> Views::take_changed() {
  for (const CellKey& key : changed_) cells_.find(key)->second->changed = false;
  return std::exchange(changed_, {});
}

void Views::each(Table table, const std::function<void(const CellKey&, const Cell&)>& visit) const {
  each([&](const CellKey& key, const Cell& cell) {
    if (key.table == table) visit(key, cell);
  });
}

void Views::each(const std::function<void(const CellKey&, const Cell&)>& visit) const {
  for (const auto& [key, held] : cells_) visit(key, held->cell);
}

}  // namespace weir::dataflow
