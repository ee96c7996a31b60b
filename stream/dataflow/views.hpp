// The views of one process: tables of cells, each cell a bundle of counts and duration statistics that only ever
// changes by adding and taking back. An operator owns some tables; storing, merging and reading cells knows no
// operator.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "stream/dataflow/duration_stats.hpp"

namespace weir::dataflow {

/// Numbers are stored: add at the end, never reuse.
enum class Table : std::uint8_t {
  edges = 1,       // (from, to)
  starts = 2,      // (activity)
  ends = 3,        // (activity)
  activities = 4,  // (activity)
  totals = 5,      // one cell
  quarters = 6,    // (quarter hour since 1970, UTC)
  variants = 7,    // (variant id)
  handovers = 8,   // (from resource, to resource)
  resources = 9,   // (resource)
};

struct CellKey {
  Table table;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  friend auto operator<=>(const CellKey&, const CellKey&) = default;
};

struct Cell {
  static constexpr std::size_t counts_max = 6;

  std::array<std::int64_t, counts_max> counts{};
  std::vector<DurationStats> durations;
  std::vector<Extremes> ranges;  // of points in time, µs
  std::string note;              // what the operator needs to show the cell; equal wherever the key is equal

  DurationStats& duration(std::size_t index) {
    if (durations.size() <= index) durations.resize(index + 1);
    return durations[index];
  }
  Extremes& range(std::size_t index) {
    if (ranges.size() <= index) ranges.resize(index + 1);
    return ranges[index];
  }
  /// Nothing is left in it: the cell goes.
  bool empty() const { return counts == std::array<std::int64_t, counts_max>{}; }
  /// Some extreme has to be looked up in the cases again.
  bool exhausted() const;
  void merge(const Cell& other);
};

struct CellKeyHash {
  std::size_t operator()(const CellKey& key) const noexcept {
    std::uint64_t mixed =
        (key.a + 0x9e3779b97f4a7c15ULL * static_cast<std::uint64_t>(key.table)) * 0xff51afd7ed558ccdULL;
    mixed = (mixed ^ (mixed >> 32) ^ key.b) * 0xc4ceb9fe1a85ec53ULL;
    return mixed ^ (mixed >> 29);
  }
};

/// Not thread-safe. References returned stay valid until the cell is dropped.
class Views {
 public:
  /// Fetches a cell that is not in memory; empty when there is none.
  using Load = std::function<std::optional<Cell>(const CellKey&)>;

  Views() = default;
  explicit Views(Load load) : load_(std::move(load)) {}

  /// The cell, made if there is none, and marked as changed. O(1) but for a load.
  Cell& change(const CellKey& key);
  /// The cell, or nullptr.
  const Cell* find(const CellKey& key);

  /// Adds every cell of `other`, whose keys speak in the same names.
  void absorb(Views&& other);

  /// Keys changed since the last call, each once.
  std::vector<CellKey> take_changed();
  /// Forgets cells that have not changed since take_changed(), so that they are loaded again when needed.
  void drop(const CellKey& key) { cells_.erase(key); }
  std::size_t size() const { return cells_.size(); }

  /// Every cell in memory of one table, in no order.
  void each(Table table, const std::function<void(const CellKey&, const Cell&)>& visit) const;
  void each(const std::function<void(const CellKey&, const Cell&)>& visit) const;

 private:
  struct Slot {
    Cell cell;
    bool changed = false;
  };

  Slot* slot(const CellKey& key);

  Load load_;
  boost::unordered_flat_map<CellKey, std::unique_ptr<Slot>, CellKeyHash> cells_;
  std::vector<CellKey> changed_;
};

}  // namespace weir::dataflow
