// The views of one process: tables of cells. An operator owns some tables; storing, merging and reading cells knows no
// operator.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schemas/base/result.hpp"
#include "stream/dataflow/hashed_cells.hpp"

namespace weir::dataflow {

/// The key of the page that the cell lies in; of hashed cells it depends on how many there are.
CellKey page_of(const CellKey& key, const HashedCells::Size& hashed);

using VisitCell = std::function<void(const CellKey& key, const Cell& cell)>;
using VisitTally = std::function<void(const CellKey& key, std::int64_t count)>;

/// Not thread-safe.
class Views {
 public:
  /// The stored form of a page, or nothing when there is none.
  using Load = std::function<Result<std::optional<std::string>>(const CellKey& page)>;
  /// Takes the stored form of a page; nothing: the page is gone.
  using Write = std::function<void(const CellKey& page, std::optional<std::string> bytes)>;

  Views() = default;
  /// Views that lie in a store. `variants`: what variants() told when they were last written.
  Views(Load load, HashedCells::Size variants);

  /// Which cells change is not noted from now on, which a list as long as the views would be: write_changed() is not to
  /// be called any more.
  void note_no_changes() { notes_changes_ = false; }

  /// The cell, made if there is none, and marked as changed; not of a table of tallies. Valid until the next change()
  /// in the same table. O(1) but for a load.
  Cell& change(const CellKey& key);
  /// The cell, or nullptr; as valid as change()'s.
  const Cell* find(const CellKey& key);
  /// Adds to a cell of a table of tallies. O(1) but for a load.
  void tally(const CellKey& key, std::int64_t by);
  /// What such a cell holds.
  std::int64_t tally(const CellKey& key);
  /// The first error that loading a page met; what could not be loaded counted as absent.
  const std::optional<Error>& error() const;

  /// Takes every cell of the table over from `other`, whose keys speak in the same names. For views of which neither
  /// lies in a store. Tables, but for those of tallies, may be absorbed by different threads at once.
  void absorb(Table table, Views& other);

  /// Writes every page changed since the last call, and forgets cells that became empty. Which cells changed is told in
  /// `cells`, unless null. Without a `write` nothing is encoded. O(changes).
  void write_changed(const Write& write, std::vector<CellKey>* cells);
  const HashedCells::Size& variants() const { return variants_.size(); }

  /// Cells of which an extreme has to be looked up in the cases, among those written or noted.
  const std::set<CellKey>& exhausted() const { return exhausted_; }
  void note_exhausted(const CellKey& key) { exhausted_.insert(key); }

  /// About what the pages in memory take.
  std::size_t bytes() const;
  /// Forgets the unchanged pages of those tables that may have many; they are loaded again when needed.
  void drop_unchanged();
  /// The same of every table.
  void drop_all_unchanged();

  /// Every cell in memory, in no order; of tables of tallies none.
  void each(Table table, const VisitCell& visit) const;
  void each(const VisitCell& visit) const;
  /// Every tally in memory but those of 0, in no order.
  void each_tally(Table table, const VisitTally& visit) const;
  void each_tally(const VisitTally& visit) const;

 private:
  struct Single {
    bool changed = false;  // beside the counts, which every change touches as well
    Cell cell;
  };
  struct TallyPage {
    Tallies counts{};
    std::uint64_t changed = 0;  // a bit for each count
  };
  struct Loader {
    Load load;
    std::optional<Error> error;

    /// The page's stored form, read by `decode`; a page that is not there, or cannot be read, is an empty one.
    template <class Page, class Decode>
    std::optional<Page> get(const CellKey& page, Decode decode);
  };
  template <class Page>
  using Pages = boost::unordered_flat_map<CellKey, std::unique_ptr<Page>, CellKeyHash>;

  /// Cells lie in pages to be stored; without a store each is for itself.
  bool lies_in_bucket(Table table) const { return loader_ != nullptr && paging_of(table) == Paging::hashed; }
  Pages<Single>& singles(Table table) { return singles_[static_cast<std::size_t>(table)]; }
  const Pages<Single>& singles(Table table) const { return singles_[static_cast<std::size_t>(table)]; }
  Single* single(const CellKey& key);
  TallyPage& tally_page(const CellKey& page);
  void write_single(const CellKey& key, const Write& write);
  void write_tallies(const CellKey& page, const Write& write, std::vector<CellKey>* cells);
  void write_variants(const Write& write, std::vector<CellKey>* cells);
  void look_for_exhausted(const CellKey& key, const Cell& cell);

  std::shared_ptr<Loader> loader_;                // null: there is no store
  std::array<Pages<Single>, table_end> singles_;  // by table
  Pages<TallyPage> tallies_;
  HashedCells variants_;
  bool notes_changes_ = true;
  std::vector<CellKey> changed_;  // pages of singles_ and tallies_
  std::set<CellKey> exhausted_;
};

}  // namespace weir::dataflow
