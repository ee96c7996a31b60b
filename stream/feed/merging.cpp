#include "stream/feed/merging.hpp"

namespace weir::feed {

using namespace dataflow;

void add_record(const runtime::ProcessRecord& from, runtime::ProcessRecord& to) {
  if (to.settings == runtime::ProcessSettings{}) to.settings = from.settings;
  to.counters.accepted += from.counters.accepted;
  to.counters.duplicates += from.counters.duplicates;
  to.counters.refused += from.counters.refused;
  to.counters.erasures += from.counters.erasures;
  to.counters.withdrawn += from.counters.withdrawn;
  to.archived += from.archived;
}

Result<runtime::ProcessRecord> read_record(const store::Reader& shard, const format::Scope& scope,
                                           const std::string& process) {
  auto stored = shard.get(scope.process(process));
  if (!stored) return stored.error();
  if (!*stored) return runtime::ProcessRecord{};
  return runtime::decode_process_record(**stored);
}

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

}  // namespace weir::feed
