#include "stream/feed/process_view.hpp"

#include <algorithm>
#include <set>

#include "stream/asking/elsewhere.hpp"
#include "stream/dataflow/stored.hpp"
#include "stream/feed/case_scan.hpp"
#include "stream/feed/merging.hpp"

namespace weir::feed {

using namespace dataflow;

namespace {

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
         !complete_only && archived;
}

Result<std::unique_ptr<ProcessView>> read_view(const Snapshots& snapshots, const std::string& workspace,
                                               const std::string& process, const Operators& operators,
                                               const std::vector<Table>& tables) {
  auto view = std::make_unique<ProcessView>();
  bool exhausted = false;
  for (const auto& snapshot : snapshots) {
    ShardScan shard{*snapshot, workspace, process};
    if (const auto opened = shard.open(); !opened) return opened.error();
    add_record(shard.record, view->record);
    Translation translation{shard.names, view->names};
    const Relabel relabel = std::ref(translation);
    for (const Table table : tables) {
      const auto some = add_table(shard, table, operators, relabel, view->views);
      if (!some) return some.error();
      exhausted = exhausted || *some;
    }
    if (const auto translated = translation.outcome(); !translated) return translated.error();
  }
  if (!exhausted) return view;
  const bool with_clocks = std::find(tables.begin(), tables.end(), Table::clocks) != tables.end();
  auto scanned = scan_view(snapshots, workspace, process, operators, {}, with_clocks);
  if (scanned || !asking::may_be_asked_again(scanned.error().code)) return scanned;
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
