// Views in pages: what is written is what is loaded, whatever was forgotten in between; and the linear hash table.
#include "stream/dataflow/views.hpp"

#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "stream/dataflow/stored.hpp"

namespace weir::dataflow {
namespace {

/// A store of pages, and views on it that can be opened again.
class StoredViews : public ::testing::Test {
 protected:
  StoredViews() { open(); }

  void open() {
    views_ = Views{[this](const CellKey& page) -> Result<std::optional<std::string>> {
                     ++loads_;
                     const auto found = pages_.find(page);
                     if (found == pages_.end()) return std::optional<std::string>{};
                     return std::optional{found->second};
                   },
                   views_.variants()};
  }
  void write() {
    changed_.clear();
    views_.write_changed(
        [this](const CellKey& page, std::optional<std::string> bytes) {
          if (bytes) {
            pages_[page] = *bytes;
          } else {
            pages_.erase(page);
          }
        },
        &changed_);
  }
  /// First count of every cell in the store.
  std::map<CellKey, std::int64_t> stored() const {
    std::map<CellKey, std::int64_t> counts;
    for (const auto& [page, bytes] : pages_) {
      const auto read = read_page(page, bytes, [&](const CellKey& key, const Cell& cell) {
        EXPECT_TRUE(counts.emplace(key, cell.counts[0]).second) << "a cell lies in two pages";
      });
      EXPECT_TRUE(read.ok());
    }
    return counts;
  }

  std::map<CellKey, std::string> pages_;
  std::vector<CellKey> changed_;  // cells, as of the last write()
  std::size_t loads_ = 0;
  Views views_;
};

TEST_F(StoredViews, HoldWhatWasAddedAndTakenBack) {
  std::mt19937_64 random{3};
  std::map<CellKey, std::int64_t> expected;
  for (int round = 0; round < 200; ++round) {
    std::set<CellKey> touched;
    for (int i = 0; i < 40; ++i) {
      const Table table = std::array{Table::edges, Table::variants, Table::handovers}[random() % 3];
      CellKey key{table, random() % 30, random() % 90};
      if (table == Table::variants) key.b = hash128(std::to_string(key.b)).low;
      touched.insert(key);
      std::int64_t& count = expected[key];
      const std::int64_t by = count > 0 && random() % 2 == 0 ? -count : 1;
      count += by;
      if (count == 0) expected.erase(key);
      if (paging_of(table) == Paging::tallies) {
        views_.tally(key, by);
      } else {
        views_.change(key).counts[0] += by;
      }
    }
    write();
    ASSERT_EQ(stored(), expected);
    ASSERT_EQ(std::set(changed_.begin(), changed_.end()), touched);
    ASSERT_EQ(changed_.size(), touched.size());
    if (round % 3 == 0) views_.drop_unchanged();
    if (round % 7 == 0) open();
  }
  EXPECT_GT(views_.variants().buckets, 10U);
  EXPECT_FALSE(views_.error());
}

TEST_F(StoredViews, ShareAPageWhereCellsAreMany) {
  for (std::uint64_t i = 0; i < 6'400; ++i) {
    views_.tally({Table::handovers, i / 640, i % 640}, 1);
    ++views_.change({Table::variants, i, hash128(std::to_string(i)).low}).counts[0];
  }
  write();
  EXPECT_EQ(stored().size(), 12'800U);
  EXPECT_LE(pages_.size(), 100 + 6'400 / 8U);
  EXPECT_GE(views_.variants().buckets, 6'400 / HashedCells::bucket_cells);
}

TEST_F(StoredViews, ForgetWhatCameAndWent) {
  ++views_.change({Table::variants, 1, 2}).counts[0];
  ++views_.change({Table::edges, 1, 2}).counts[0];
  views_.tally({Table::handovers, 1, 2}, 1);
  write();
  EXPECT_EQ(pages_.size(), 3U);
  --views_.change({Table::variants, 1, 2}).counts[0];
  --views_.change({Table::edges, 1, 2}).counts[0];
  views_.tally({Table::handovers, 1, 2}, -1);
  write();
  EXPECT_TRUE(pages_.empty());
  EXPECT_EQ(views_.variants().cells, 0U);
  EXPECT_EQ(views_.bytes(), 0U);
}

TEST_F(StoredViews, SayInWhichPageACellLies) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    views_.tally({Table::handovers, 1, i}, 1);
    ++views_.change({Table::variants, i, hash128(std::to_string(i)).low}).counts[0];
    ++views_.change({Table::edges, i, i}).counts[0];
  }
  write();
  for (const CellKey& key : changed_) {
    const CellKey page = page_of(key, views_.variants());
    ASSERT_TRUE(pages_.contains(page));
    const auto cell = cell_in_page(key, page, pages_[page]);
    ASSERT_TRUE(cell.ok() && *cell);
    EXPECT_EQ((*cell)->counts[0], 1);
  }
  const CellKey absent{Table::variants, 5, 5};
  const CellKey page = page_of(absent, views_.variants());
  EXPECT_EQ(*cell_in_page(absent, page, pages_[page]), std::nullopt);
}

TEST_F(StoredViews, LoadAPageOnce) {
  for (std::uint64_t i = 0; i < 10; ++i) views_.tally({Table::handovers, 1, i}, 1);
  EXPECT_EQ(loads_, 1U);
  write();
  views_.drop_unchanged();
  EXPECT_EQ(views_.tally({Table::handovers, 1, 9}), 1);
  EXPECT_EQ(loads_, 2U);
}

TEST_F(StoredViews, TellThatAPageIsDamaged) {
  for (const CellKey page : {CellKey{Table::variants, 0}, {Table::handovers, 0, 0}, {Table::edges, 5, 5}}) {
    open();
    pages_ = {{page, "\x01\xff"}};
    if (paging_of(page.table) == Paging::tallies) {
      views_.tally(page, 1);
    } else {
      views_.change(page);
    }
    ASSERT_TRUE(views_.error()) << static_cast<int>(page.table);
    EXPECT_EQ(views_.error()->code, Code::state_format);
  }
}

TEST(ViewsWithoutAStore, AreAddedUp) {
  Views mine, theirs;
  for (std::uint64_t i = 0; i < 100; ++i) {
    ++mine.change({Table::variants, i, i * 7}).counts[0];
    ++theirs.change({Table::variants, i + 50, (i + 50) * 7}).counts[0];
    mine.tally({Table::handovers, i, 1}, 1);
    theirs.tally({Table::handovers, i + 50, 1}, 2);
    ++mine.change({Table::edges, i}).counts[0];
    ++theirs.change({Table::edges, i + 50}).counts[0];
  }
  for (const Table table : {Table::edges, Table::variants, Table::handovers}) mine.absorb(table, theirs);
  std::map<CellKey, std::int64_t> counts;
  mine.each([&](const CellKey& key, const Cell& cell) { counts[key] = cell.counts[0]; });
  mine.each_tally([&](const CellKey& key, std::int64_t count) { counts[key] = count; });
  EXPECT_EQ(counts.size(), 450U);
  EXPECT_EQ((counts[{Table::variants, 60, 420}]), 2);
  EXPECT_EQ((counts[{Table::handovers, 60, 1}]), 3);
  EXPECT_EQ((counts[{Table::edges, 149}]), 1);
}

}  // namespace
}  // namespace weir::dataflow
