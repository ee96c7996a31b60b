// A cell of a view: a bundle of counts and duration statistics that only ever changes by adding and taking back. And
// how cells lie together in pages.
//
// A page is what is loaded, written and dropped as one: a store touched per event caps everything (measured.md), so
// what an event touches in a table of a million cells shares its page with what other events touch.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

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
  clocks = 10,     // (hash of policy and metric, hash of target)
};
inline constexpr std::size_t table_end = 11;  // one more than the last

/// How many parts of a key of the table are names, `a` first.
constexpr int names_in_keys(Table table) {
  switch (table) {
    case Table::edges:
    case Table::handovers:
      return 2;
    case Table::starts:
    case Table::ends:
    case Table::activities:
    case Table::resources:
      return 1;
    case Table::totals:
    case Table::quarters:
    case Table::variants:
    case Table::clocks:
      return 0;
  }
  return 0;
}

struct CellKey {
  Table table;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  friend auto operator<=>(const CellKey&, const CellKey&) = default;
};

enum class Paging : std::uint8_t {
  single,   // a page is one cell, under the cell's key
  tallies,  // a cell is one count; a page is tallies_per_page neighbours, under (a, b / tallies_per_page)
  hashed,   // keys are hashes; a page is a bucket of a linear hash table, under (bucket, 0)
};
inline constexpr std::size_t tallies_per_page = 64;  // bits of a word

using Tallies = std::array<std::int64_t, tallies_per_page>;

constexpr Paging paging_of(Table table) {
  if (table == Table::handovers) return Paging::tallies;
  return table == Table::variants ? Paging::hashed : Paging::single;
}

struct Cell {
  static constexpr std::size_t counts_max = 6;

  std::array<std::int64_t, counts_max> counts{};
  boost::container::small_vector<DurationStats, 1> durations;  // variants and edges, which are most, have one
  std::vector<Extremes> ranges;                                // of points in time, µs
  std::string note;  // what the operator needs to show the cell; equal wherever the key is equal

  DurationStats& duration(std::size_t index) {
    if (durations.size() <= index) durations.resize(index + 1);
    return durations[index];
  }
  /// One without observations where the cell has none of this index.
  const DurationStats& duration(std::size_t index) const;
  Extremes& range(std::size_t index) {
    if (ranges.size() <= index) ranges.resize(index + 1);
    return ranges[index];
  }
  /// Nothing is left in it: the cell goes.
  bool empty() const { return counts == std::array<std::int64_t, counts_max>{}; }
  /// Some extreme has to be looked up in the cases again.
  bool exhausted() const;
  void merge(const Cell& other);
  /// It will be read soon.
  void prefetch() const {
    constexpr std::size_t line_bytes = 64;
    for (std::size_t at = 0; at < sizeof(Cell); at += line_bytes) {
      __builtin_prefetch(reinterpret_cast<const char*>(this) + at);
    }
  }
};

struct CellKeyHash {
  using is_avalanching = void;  // every bit of it is mixed
  std::size_t operator()(const CellKey& key) const noexcept {
    std::uint64_t mixed =
        (key.a + 0x9e3779b97f4a7c15ULL * static_cast<std::uint64_t>(key.table)) * 0xff51afd7ed558ccdULL;
    mixed = (mixed ^ (mixed >> 32) ^ key.b) * 0xc4ceb9fe1a85ec53ULL;
    return mixed ^ (mixed >> 29);
  }
};

}  // namespace weir::dataflow
