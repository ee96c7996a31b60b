// Cells whose keys are hashes, in the buckets of a linear hash table (Litwin 1980): it grows by one bucket at a time,
// so cells that share a page (cell.hpp) do so at any size, and growing never touches more than two pages.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "stream/dataflow/cell.hpp"

namespace weir::dataflow {

/// Not thread-safe.
class HashedCells {
 public:
  static constexpr std::uint64_t bucket_cells = 12;  // on average, at most; buckets are never merged

  struct Member {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    Cell cell;
    bool changed = false;
  };
  struct Bucket {
    std::vector<Member> members;  // ascending by (a, b)
    bool changed = false;         // to be written; its members need not have changed
  };
  /// Which buckets there are; to be kept with them.
  struct Size {
    std::uint64_t cells = 0;
    std::uint64_t buckets = 1;
    std::uint64_t bucket_of(std::uint64_t a, std::uint64_t b) const;
    friend bool operator==(const Size&, const Size&) = default;
  };
  /// The members of a bucket that is not in memory.
  using Fetch = std::function<std::vector<Member>(std::uint64_t bucket)>;

  HashedCells() : HashedCells(Fetch{}, Size{}) {}
  /// No `fetch`: everything is in memory.
  HashedCells(Fetch fetch, Size size) : fetch_(std::move(fetch)), size_(size) { buckets_.resize(size.buckets); }

  const Size& size() const { return size_; }

  /// The cell, or nullptr. Valid until the next change(). O(bucket_cells) but for a fetch.
  Cell* find(std::uint64_t a, std::uint64_t b);
  /// The cell, made if there is none; its bucket is marked as changed.
  Cell& change(std::uint64_t a, std::uint64_t b);

  /// Tells the buckets to be written since the last call, each once, after taking cells that became empty out of them.
  /// Before, every cell that changed is told to `visit`. Valid until the next change().
  std::vector<std::pair<std::uint64_t, const Bucket*>> take_changed(const std::function<void(const Member&)>& visit);
  /// Forgets every bucket that has not changed.
  void drop_unchanged();

  /// Every cell in memory, in no order.
  void each(const std::function<void(const Member&)>& visit) const;
  /// Cells in memory.
  std::size_t held() const { return held_; }

 private:
  Bucket& bucket(std::uint64_t number);
  Bucket& mark(std::uint64_t number);
  void grow();

  Fetch fetch_;
  Size size_;
  std::vector<std::unique_ptr<Bucket>> buckets_;  // null: not in memory
  std::vector<std::uint64_t> changed_;
  std::size_t held_ = 0;
};

}  // namespace weir::dataflow
