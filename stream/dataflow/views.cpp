#include "stream/dataflow/views.hpp"

#include <algorithm>
#include <bit>

#include "schemas/base/check.hpp"
#include "stream/dataflow/stored.hpp"

namespace weir::dataflow {
namespace {

constexpr std::size_t single_bytes = 600;  // with its statistics, about
constexpr std::size_t hashed_bytes = 300;  // these seldom have more than a few durations
constexpr std::size_t tally_page_bytes = sizeof(Tallies) + 64;

CellKey page_of_tally(const CellKey& key) { return {key.table, key.a, key.b / tallies_per_page}; }
CellKey page_of_bucket(std::uint64_t number) { return {Table::variants, number}; }

}  // namespace

CellKey page_of(const CellKey& key, const HashedCells::Size& hashed) {
  switch (paging_of(key.table)) {
    case Paging::tallies:
      return page_of_tally(key);
    case Paging::hashed:
      return page_of_bucket(hashed.bucket_of(key.a, key.b));
    case Paging::single:
      break;
  }
  return key;
}

template <class Page, class Decode>
std::optional<Page> Views::Loader::get(const CellKey& page, Decode decode) {
  const auto stored = load(page);
  if (stored && !*stored) return std::nullopt;
  auto decoded = stored ? decode(**stored) : Result<Page>{stored.error()};
  if (decoded) return std::move(*decoded);
  if (!error) error = decoded.error();
  return std::nullopt;
}

Views::Views(Load load, HashedCells::Size variants)
    : loader_(std::make_shared<Loader>(Loader{std::move(load), {}})),
      variants_(
          [loader = loader_](std::uint64_t number) {
            using Members = std::vector<HashedCells::Member>;
            return loader->get<Members>(page_of_bucket(number), decode_bucket).value_or(Members{});
          },
          variants) {}

const std::optional<Error>& Views::error() const {
  static const std::optional<Error> none;
  return loader_ ? loader_->error : none;
}

Views::Single* Views::single(const CellKey& key) {
  Pages<Single>& held = singles(key.table);
  if (const auto known = held.find(key); known != held.end()) return known->second.get();
  std::optional<Cell> loaded = loader_ ? loader_->get<Cell>(key, decode_cell) : std::nullopt;
  if (!loaded) return nullptr;
  return held.emplace(key, std::make_unique<Single>(Single{false, std::move(*loaded)})).first->second.get();
}

Views::TallyPage& Views::tally_page(const CellKey& page) {
  auto& held = tallies_[page];
  if (held == nullptr) {
    held = std::make_unique<TallyPage>();
    if (loader_) held->counts = loader_->get<Tallies>(page, decode_tallies).value_or(Tallies{});
  }
  return *held;
}

Cell& Views::change(const CellKey& key) {
  if (lies_in_bucket(key.table)) return variants_.change(key.a, key.b);
  WEIR_CHECK(paging_of(key.table) != Paging::tallies, "a table of tallies has no cells to change");
  Single* found = single(key);
  if (found == nullptr) found = singles(key.table).emplace(key, std::make_unique<Single>()).first->second.get();
  if (notes_changes_ && !found->changed) {
    found->changed = true;
    changed_.push_back(key);
  }
  return found->cell;
}

const Cell* Views::find(const CellKey& key) {
  if (lies_in_bucket(key.table)) return variants_.find(key.a, key.b);
  const Single* found = single(key);
  return found == nullptr ? nullptr : &found->cell;
}

void Views::tally(const CellKey& key, std::int64_t by) {
  const CellKey page = page_of_tally(key);
  TallyPage& counted = tally_page(page);
  counted.counts[key.b % tallies_per_page] += by;
  if (notes_changes_ && counted.changed == 0) changed_.push_back(page);
  counted.changed |= std::uint64_t{1} << (key.b % tallies_per_page);
}

std::int64_t Views::tally(const CellKey& key) {
  return tally_page(page_of_tally(key)).counts[key.b % tallies_per_page];
}

void Views::absorb(Table table, Views& other) {
  if (paging_of(table) == Paging::tallies) {
    other.each_tally(table, [this](const CellKey& key, std::int64_t count) { tally(key, count); });
    erase_if(other.tallies_, [table](const auto& page) { return page.first.table == table; });
  }
  auto& held = singles(table);
  if (held.size() < other.singles(table).size()) std::swap(held, other.singles(table));  // merging knows no sides
  for (auto& [key, theirs] : other.singles(table)) {
    const auto [mine, fresh] = held.try_emplace(key, std::move(theirs));
    if (!fresh) mine->second->cell.merge(theirs->cell);
  }
  other.singles(table).clear();
}

// ---- the stored form ------------------------------------------------------------------------------------------------

void Views::look_for_exhausted(const CellKey& key, const Cell& cell) {
  if (!cell.empty() && cell.exhausted()) {
    exhausted_.insert(key);
  } else if (!exhausted_.empty()) {
    exhausted_.erase(key);
  }
}

void Views::write_single(const CellKey& key, const Write& write) {
  Single& changed = *singles(key.table).find(key)->second;
  changed.changed = false;
  look_for_exhausted(key, changed.cell);
  if (!changed.cell.empty()) {
    if (write) write(key, encode_cell(changed.cell));
    return;
  }
  if (write) write(key, std::nullopt);
  singles(key.table).erase(key);
}

void Views::write_tallies(const CellKey& page, const Write& write, std::vector<CellKey>* cells) {
  TallyPage& changed = *tallies_.find(page)->second;
  std::uint64_t which = std::exchange(changed.changed, 0);
  for (; cells != nullptr && which != 0; which &= which - 1) {
    const auto index = static_cast<std::uint64_t>(std::countr_zero(which));
    cells->push_back({page.table, page.a, page.b * tallies_per_page + index});
  }
  if (changed.counts != Tallies{}) {
    if (write) write(page, encode_tallies(changed.counts));
    return;
  }
  if (write) write(page, std::nullopt);
  tallies_.erase(page);
}

void Views::write_variants(const Write& write, std::vector<CellKey>* cells) {
  const auto visit = [&](const HashedCells::Member& member) {
    const CellKey key{Table::variants, member.a, member.b};
    look_for_exhausted(key, member.cell);
    if (cells != nullptr) cells->push_back(key);
  };
  for (const auto& [number, bucket] : variants_.take_changed(visit)) {
    if (!write) continue;
    const bool empty = bucket->members.empty();
    write(page_of_bucket(number), empty ? std::nullopt : std::optional{encode_bucket(bucket->members)});
  }
}

void Views::write_changed(const Write& write, std::vector<CellKey>* cells) {
  WEIR_CHECK(notes_changes_, "views that do not note what changes cannot tell it");
  for (const CellKey& page : std::exchange(changed_, {})) {
    if (paging_of(page.table) == Paging::tallies) {
      write_tallies(page, write, cells);
      continue;
    }
    if (cells != nullptr) cells->push_back(page);
    write_single(page, write);
  }
  write_variants(write, cells);
}

std::size_t Views::bytes() const {
  std::size_t singles = 0;
  for (std::size_t i = 0; i < table_end; ++i) {
    const bool small = paging_of(static_cast<Table>(i)) == Paging::hashed;
    singles += singles_[i].size() * (small ? hashed_bytes : single_bytes);
  }
  return singles + tallies_.size() * tally_page_bytes + variants_.held() * hashed_bytes;
}

void Views::drop_unchanged() {
  erase_if(tallies_, [](const auto& page) { return page.second->changed == 0; });
  variants_.drop_unchanged();
}

void Views::drop_all_unchanged() {
  drop_unchanged();
  for (auto& pages : singles_) {
    erase_if(pages, [](const auto& page) { return !page.second->changed; });
  }
}

// ---- reading --------------------------------------------------------------------------------------------------------

void Views::each(Table table, const VisitCell& visit) const {
  if (lies_in_bucket(table)) {
    variants_.each([&](const HashedCells::Member& member) { visit({table, member.a, member.b}, member.cell); });
    return;
  }
  constexpr std::ptrdiff_t ahead = 8;  // cells lie anywhere in memory
  const auto& held = singles(table);
  auto coming = held.begin();
  for (std::ptrdiff_t i = 0; i < ahead && coming != held.end(); ++i) ++coming;
  for (const auto& [key, single] : held) {
    if (coming != held.end()) __builtin_prefetch(&(coming++)->second->cell);
    visit(key, single->cell);
  }
}

void Views::each(const VisitCell& visit) const {
  for (std::size_t table = 0; table < table_end; ++table) each(static_cast<Table>(table), visit);
}

void Views::each_tally(Table table, const VisitTally& visit) const {
  each_tally([&](const CellKey& key, std::int64_t count) {
    if (key.table == table) visit(key, count);
  });
}

void Views::each_tally(const VisitTally& visit) const {
  for (const auto& [page, held] : tallies_) {
    for (std::size_t i = 0; i < tallies_per_page; ++i) {
      if (held->counts[i] != 0) visit({page.table, page.a, page.b * tallies_per_page + i}, held->counts[i]);
    }
  }
}

}  // namespace weir::dataflow
