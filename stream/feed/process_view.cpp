#include "stream/feed/process_view.hpp"

#include <set>

#include "stream/dataflow/stored.hpp"
#include "stream/feed/case_scan.hpp"

namespace weir::feed {

using namespace dataflow;

namespace {

void add_record(const runtime::ProcessRecord& from, runtime::ProcessRecord& to) {
  if (to.settings == runtime::ProcessSettings{}) to.settings = from.settings;
  to.counters.accepted += from.counters.accepted;
  to.counters.duplicates += from.counters.duplicates;
  to.counters.refused += from.counters.refused;
  to.counters.erasures += from.counters.erasures;
  to.counters.withdrawn += from.counters.withdrawn;
}

/// Numbers of one shard's names as numbers of the answer's, made when first asked for.
class Translation {
 public:
  Translation(const Names& from, Names& to) : from_(from), to_(to), known_(from.end(), no_name) {}
  NameId operator()(NameId id) {
    if (id == no_name) return no_name;
    const bool named = id < known_.size() && !from_.text(id).empty();
    damaged_ = damaged_ || !named;
    if (!named) return no_name;
    if (known_[id] == no_name) known_[id] = to_.intern(from_.text(id));
    return known_[id];
  }
  /// Error state_format: a number was asked for that no name has.
  Result<void> outcome() const {
    if (damaged_) return Error{Code::state_format, "a view has names that its process has not"};
    return {};
  }

 private:
  const Names& from_;
  Names& to_;
  std::vector<NameId> known_;
  bool damaged_ = false;
};

void add_cell(const Operators& operators, const Relabel& relabel, CellKey key, Cell cell, Views& views) {
  for (const auto& one : operators) {
    if (one->relabel(relabel, key, cell)) break;
  }
  if (paging_of(key.table) == Paging::tallies) {
    views.tally(key, cell.counts[0]);
  } else {
    views.change(key).merge(cell);
  }
}

Result<bool> add_table(ShardScan& shard, Table table, const Operators& operators, const Relabel& relabel,
                       Views& views) {
  const std::string prefix = shard.scope.cells(shard.process, static_cast<std::uint8_t>(table));
  Result<void> outcome;
  bool exhausted = false;
  const auto scanned =
      shard.store.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view value) {
        const std::string_view rest = format::behind(key, prefix);
        const CellKey page{table, format::read_big_endian(rest.substr(0, 8)), format::read_big_endian(rest.substr(8))};
        const auto read = read_page(page, value, [&](const CellKey& cell_key, Cell cell) {
          exhausted = exhausted || cell.exhausted();
          add_cell(operators, relabel, cell_key, std::move(cell), views);
        });
        if (!read) outcome = read.error();
        return read.ok();
      });
  if (!scanned) return scanned.error();
  if (!outcome) return outcome.error();
  return exhausted;
}

}  // namespace

bool Filter::empty() const {
  return !from && !to && activities.empty() && resources.empty() && variants.empty() && attributes.empty() &&
         !complete_only;
}

Result<std::unique_ptr<ProcessView>> read_view(const Snapshots& snapshots, const std::string& workspace,
                                               const std::string& process, const Operators& operators,
                                               const std::vector<Table>& tables) {
  auto view = std::make_unique<ProcessView>();
  for (const auto& snapshot : snapshots) {
    ShardScan shard{*snapshot, workspace, process};
    if (const auto opened = shard.open(); !opened) return opened.error();
    add_record(shard.record, view->record);
    Translation translation{shard.names, view->names};
    const Relabel relabel = std::ref(translation);
    for (const Table table : tables) {
      const auto exhausted = add_table(shard, table, operators, relabel, view->views);
      if (!exhausted) return exhausted.error();
      if (*exhausted) return scan_view(snapshots, workspace, process, operators, {});
    }
    if (const auto translated = translation.outcome(); !translated) return translated.error();
  }
  return view;
}

Result<std::unique_ptr<ProcessView>> scan_view(const Snapshots& snapshots, const std::string& workspace,
                                               const std::string& process, const Operators& operators,
                                               const Filter& filter) {
  auto view = std::make_unique<ProcessView>();
  for (const auto& snapshot : snapshots) {
    ShardScan shard{*snapshot, workspace, process};
    if (const auto opened = shard.open(); !opened) return opened.error();
    add_record(shard.record, view->record);
    Views local;
    const auto scanned = shard.each(filter, {}, [&](const ScannedCase& one) {
      one.whole.apply(one.case_id, one.facts, operators, local);
      return true;
    });
    if (!scanned) return scanned.error();
    Translation translation{shard.names, view->names};
    const Relabel relabel = std::ref(translation);
    local.each([&](const CellKey& key, const Cell& cell) { add_cell(operators, relabel, key, cell, view->views); });
    local.each_tally([&](const CellKey& key, std::int64_t count) {
      Cell cell;
      cell.counts[0] = count;
      add_cell(operators, relabel, key, std::move(cell), view->views);
    });
  }
  return view;
}

Result<std::vector<std::string>> list_processes(const Snapshots& snapshots, const std::string& workspace) {
  const std::string prefix = format::Scope{workspace}.processes();
  std::set<std::string, std::less<>> names;
  for (const auto& snapshot : snapshots) {
    const auto scanned = snapshot->scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, auto) {
      names.emplace(format::behind(key, prefix));
      return true;
    });
    if (!scanned) return scanned.error();
  }
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace weir::feed
