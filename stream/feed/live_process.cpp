#include "stream/feed/live_process.hpp"

#include <algorithm>
#include <map>

#include "stream/dataflow/stored.hpp"
#include "stream/feed/merging.hpp"
#include "stream/operators/variants.hpp"

namespace weir::feed {

using namespace dataflow;

/// What a shard's numbers of names mean, as last read. Read again when a number is met that is not here, or one was
/// given up, since it may come to stand for another name.
struct LiveProcess::Shard {
  std::unique_ptr<Names> names = std::make_unique<Names>();
  std::vector<NameId> known;  // by the shard's number: ours, where asked for
  bool stale = true;          // everything has to be told
};

LiveProcess::LiveProcess(ChangeChannel& channel, std::uint32_t shards, SnapshotOf snapshot, const Operators& operators,
                         std::string workspace, std::string process, std::function<void()> changed,
                         std::size_t variants_max)
    : snapshot_(std::move(snapshot)),
      operators_(operators),
      workspace_(std::move(workspace)),
      process_(std::move(process)),
      scope_(workspace_),
      snapshots_(shards),
      variants_max_(variants_max) {
  for (std::uint32_t i = 0; i < shards; ++i) shards_.push_back(std::make_unique<Shard>());
  follower_ = channel.follow(workspace_, process_, std::move(changed));
}

LiveProcess::~LiveProcess() = default;

// ---- what changed ---------------------------------------------------------------------------------------------------

Result<Changes> LiveProcess::advance() {
  Changes told;
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    auto changes = advance_shard(i);
    if (!changes) {
      for (const auto& shard : shards_) shard->stale = true;  // what was taken from them is lost with `told`
      return changes;
    }
    told.add(std::move(*changes));
  }
  return told;
}

Result<Changes> LiveProcess::advance_shard(std::uint32_t index) {
  auto [changes, snapshot] = follower_->take(index, [&] { return snapshot_(index); });
  snapshots_[index] = std::move(snapshot);
  if (snapshots_[index] == nullptr) return Error{Code::shard_elsewhere, ""};
  if (std::exchange(shards_[index]->stale, false)) changes = Changes::everything();
  Changes told;
  told.any = changes.any;
  told.all_cells = changes.all_cells;
  told.all_cases = changes.all_cases;
  // A number given up and taken again between two calls names two entries: one that went, one that came.
  const bool all_known = translate(index, changes, told);
  if (!all_known || changes.names_forgotten || changes.all_cells) {
    if (const auto read = read_names(index); !read) return read.error();
    translate(index, changes, told);
  }
  if (variants_ != nullptr) {
    const auto counted = changes.all_cells ? count_shard(index) : count_changed(index, changes);
    if (!counted) return counted.error();
    give_up_if_too_many();
  }
  told.cases = std::move(changes.cases);
  return told;
}

Result<void> LiveProcess::read_names(std::uint32_t index) {
  Shard& shard = *shards_[index];
  shard.names = std::make_unique<Names>();
  shard.known.clear();
  return runtime::read_names(*snapshots_[index], scope_, process_, *shard.names);
}

/// Our number for a shard's, or no_name where the shard's means nothing that is known.
NameId LiveProcess::number_of(std::uint32_t index, std::uint64_t number) {
  Shard& shard = *shards_[index];
  shard.known.resize(shard.names->end(), no_name);
  if (number >= shard.known.size()) return no_name;
  NameId& known = shard.known[number];
  if (known == no_name) known = names_.intern(shard.names->text(static_cast<NameId>(number)));
  return known;
}

/// False: some cell's names are not known (any more, or yet).
bool LiveProcess::translate(std::uint32_t index, const Changes& changes, Changes& told) {
  bool all_known = true;
  for (CellKey key : changes.cells) {
    if (key.table == Table::handovers || key.table == Table::resources) continue;
    const int names = names_in_keys(key.table);
    if (names > 0) key.a = number_of(index, key.a);
    if (names > 1) key.b = number_of(index, key.b);
    if ((names > 0 && key.a == no_name) || (names > 1 && key.b == no_name)) {
      all_known = false;
    } else {
      told.cells.insert(key);
    }
  }
  return all_known;
}

// ---- values ---------------------------------------------------------------------------------------------------------

/// The cells as the shard numbers their names; those whose names it does not know are left out.
std::vector<CellKey> LiveProcess::in_shard(std::uint32_t index, const std::vector<CellKey>& cells) const {
  const Names& names = *shards_[index]->names;
  std::vector<CellKey> numbered;
  numbered.reserve(cells.size());
  for (CellKey key : cells) {
    const int parts = names_in_keys(key.table);
    if (parts > 0) key.a = names.find(name(key.a));
    if (parts > 1) key.b = names.find(name(key.b));
    if ((parts > 0 && key.a == no_name) || (parts > 1 && key.b == no_name)) continue;
    numbered.push_back(key);
  }
  return numbered;
}

/// Calls for each of these cells that the shard has; all in its numbers.
Result<void> LiveProcess::visit_cells(std::uint32_t index, const std::vector<CellKey>& cells,
                                      const HashedCells::Size& hashed, const VisitRead& visit) const {
  std::map<CellKey, std::vector<CellKey>> wanted;  // by page, in the order of their places
  for (const CellKey& key : cells) wanted[page_of(key, hashed)].push_back(key);
  std::vector<std::string> places;
  places.reserve(wanted.size());
  for (const auto& [page, keys] : wanted) {
    places.push_back(scope_.cell(process_, static_cast<std::uint8_t>(page.table), page.a, page.b));
  }
  const auto pages = snapshots_[index]->multi_get(places);
  if (!pages) return pages.error();
  std::size_t at = 0;
  for (auto& [page, keys] : wanted) {
    const auto& bytes = (*pages)[at++];
    if (!bytes) continue;
    std::sort(keys.begin(), keys.end());
    const auto read = read_page(page, *bytes, [&](const CellKey& key, Cell cell) {
      if (std::binary_search(keys.begin(), keys.end(), key)) visit(key, std::move(cell));
    });
    if (!read) return read;
  }
  return {};
}

Result<std::unique_ptr<ProcessView>> LiveProcess::read(const std::vector<CellKey>& cells) {
  auto view = std::make_unique<ProcessView>();
  bool exhausted = false;
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    const auto record = read_record(*snapshots_[i], scope_, process_);
    if (!record) return record.error();
    add_record(*record, view->record);
    Translation translation{*shards_[i]->names, view->names};
    const Relabel relabel = std::ref(translation);
    const auto visited = visit_cells(i, in_shard(i, cells), record->variants, [&](const CellKey& key, Cell cell) {
      exhausted = exhausted || cell.exhausted();
      add_cell(operators_, relabel, key, std::move(cell), view->views);
    });
    if (!visited) return visited.error();
    if (const auto named = translation.outcome(); !named) return named.error();
  }
  if (exhausted) return std::unique_ptr<ProcessView>{};
  return view;
}

Result<std::unique_ptr<ProcessView>> LiveProcess::read_all(const std::vector<Table>& tables) {
  return read_view(snapshots_, workspace_, process_, operators_, tables);
}

// ---- variants -------------------------------------------------------------------------------------------------------

Result<void> LiveProcess::count_variants() {
  if (variants_ != nullptr || too_many_variants_) return {};
  variants_ = std::make_unique<VariantCounts>(static_cast<std::uint32_t>(shards_.size()));
  for (std::uint32_t i = 0; i < shards_.size() && variants_ != nullptr; ++i) {
    if (snapshots_[i] == nullptr) continue;  // the first advance() counts
    if (const auto counted = count_shard(i); !counted) {
      variants_.reset();
      return counted;
    }
    give_up_if_too_many();
  }
  return {};
}

void LiveProcess::give_up_if_too_many() {
  too_many_variants_ = variants_->entries() > variants_max_;
  if (too_many_variants_) variants_.reset();
}

Result<void> LiveProcess::count_changed(std::uint32_t index, const Changes& changes) {
  std::vector<CellKey> changed;
  for (const CellKey& key : changes.cells) {
    if (key.table == Table::variants) changed.push_back(key);
  }
  const auto record = read_record(*snapshots_[index], scope_, process_);
  if (!record) return record.error();
  boost::unordered_flat_map<Hash128, std::int64_t, std::hash<Hash128>> counts;
  const auto visited = visit_cells(index, changed, record->variants, [&](const CellKey& key, const Cell& cell) {
    counts[{key.a, key.b}] = cell.counts[operators::VariantCell::cases];
  });
  if (!visited) return visited;
  for (const CellKey& key : changed) {
    const auto count = counts.find({key.a, key.b});
    variants_->set(index, {key.a, key.b}, count == counts.end() ? 0 : count->second);
  }
  return {};
}

Result<void> LiveProcess::count_shard(std::uint32_t index) {
  variants_->clear(index);
  const std::string prefix = scope_.cells(process_, static_cast<std::uint8_t>(Table::variants));
  Result<void> outcome;
  const auto take = [&](std::string_view key, std::string_view value) {
    const CellKey page{Table::variants, format::read_big_endian(format::behind(key, prefix).substr(0, 8))};
    outcome = read_page(page, value, [&](const CellKey& variant, const Cell& cell) {
      variants_->set(index, {variant.a, variant.b}, cell.counts[operators::VariantCell::cases]);
    });
    return outcome && variants_->entries() <= variants_max_;
  };
  const auto scanned = snapshots_[index]->scan(prefix, store::end_of_prefix(prefix), take);
  return outcome ? scanned : outcome;
}

}  // namespace weir::feed
