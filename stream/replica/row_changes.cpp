#include "stream/replica/row_changes.hpp"

#include <map>
#include <vector>

#include "state/format/keys.hpp"
#include "stream/dataflow/stored.hpp"
#include "stream/replica/rows.hpp"
#include "stream/runtime/process_state.hpp"

namespace weir::replica {
namespace {

using dataflow::CellKey;
using dataflow::Paging;
using Bytes = std::optional<std::string_view>;
using Cells = std::map<CellKey, std::string>;  // each in the form that it would have alone

/// Where a process's cells, names and record lie.
using Place = std::pair<std::string_view, std::string_view>;  // workspace, process

/// What the rows of one process change.
class Difference {
 public:
  Result<void> add(const Row& row, std::string_view key, Bytes before, Bytes after) {
    if (before == after) return {};
    switch (row.kind) {
      case RowKind::name:
        return add_name(before, after);
      case RowKind::process:
        return add_record(before, after);
      case RowKind::cell:
        return add_page(row, key, before, after);
      case RowKind::progress:
      case RowKind::sweep:
      case RowKind::document:
        break;
    }
    return {};
  }

  /// After the last row. Which cases made the difference the rows do not tell.
  runtime::ProcessChanges finish() {
    changes_.all_cases = true;
    for (const auto& [key, cell] : before_) {
      const auto now = after_.find(key);
      if (now == after_.end() || now->second != cell) changes_.cells.push_back(key);
    }
    for (const auto& [key, cell] : after_) {
      if (!before_.contains(key)) changes_.cells.push_back(key);
    }
    return std::move(changes_);
  }

 private:
  /// A name is counted more often than it changes.
  Result<void> add_name(Bytes before, Bytes after) {
    if (!before) return {};
    const auto old = runtime::decode_name(*before);
    if (!old) return old.error();
    if (after) {
      const auto now = runtime::decode_name(*after);
      if (!now) return now.error();
      if (now->text == old->text) return {};
    }
    changes_.names_forgotten = true;
    return {};
  }

  Result<void> add_record(Bytes before, Bytes after) {
    runtime::ProcessSettings was, is;
    for (const auto& [bytes, settings] : {std::pair{before, &was}, std::pair{after, &is}}) {
      if (!bytes) continue;
      auto record = runtime::decode_process_record(*bytes);
      if (!record) return record.error();
      *settings = std::move(record->settings);
    }
    changes_.everything = changes_.everything || was != is;
    return {};
  }

  /// Hashed cells move from page to page, so what pages held before and hold now is compared when all are known.
  Result<void> add_page(const Row& row, std::string_view key, Bytes before, Bytes after) {
    const std::string prefix = format::Scope{row.workspace}.cells(row.process);
    const std::string_view rest = format::behind(key, prefix);
    constexpr std::size_t rest_bytes = 1 + 2 * sizeof(std::uint64_t);
    if (rest.size() != rest_bytes) return Error{Code::state_format, "a page of a view lies under a wrong key"};
    const CellKey page{static_cast<dataflow::Table>(rest[0]), format::read_big_endian(rest.substr(1, 8)),
                       format::read_big_endian(rest.substr(9))};
    if (dataflow::paging_of(page.table) == Paging::single) {
      changes_.cells.push_back(page);
      return {};
    }
    if (const auto read = take_cells(page, before, before_); !read) return read;
    return take_cells(page, after, after_);
  }

  static Result<void> take_cells(const CellKey& page, Bytes bytes, Cells& cells) {
    if (!bytes) return {};
    return dataflow::read_page(page, *bytes, [&](const CellKey& key, const dataflow::Cell& cell) {
      cells.insert_or_assign(key, dataflow::encode_cell(cell));
    });
  }

  runtime::ProcessChanges changes_;
  Cells before_, after_;
};

}  // namespace

Result<void> gather_changes(runtime::ChangeSink& sink, const store::Reader& before, std::string_view prefix,
                            const store::Batch& rows) {
  std::map<Place, std::vector<const store::Batch::Entry*>> by_place;
  for (const auto& entry : rows.entries()) {
    const auto row = row_of(format::behind(entry.key, prefix));
    if (!row || row->process.empty()) continue;
    if (sink.follows(row->workspace, row->process)) by_place[{row->workspace, row->process}].push_back(&entry);
  }
  for (const auto& [place, entries] : by_place) {
    std::vector<std::string> keys;
    keys.reserve(entries.size());
    for (const auto* entry : entries) keys.emplace_back(entry->key);
    const auto values = before.multi_get(keys);
    if (!values) return values.error();
    Difference difference;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string_view key = format::behind(entries[i]->key, prefix);
      const auto& value = (*values)[i];
      const auto added = difference.add(*row_of(key), key, value ? Bytes{*value} : Bytes{}, entries[i]->value);
      if (!added) return added;
    }
    sink.gather(place.first, place.second, difference.finish());
  }
  return {};
}

Result<void> gather_everything(runtime::ChangeSink& sink, const store::Reader& state) {
  const auto workspaces = workspaces_of(state);
  if (!workspaces) return workspaces.error();
  runtime::ProcessChanges all;
  all.everything = all.names_forgotten = true;
  for (const std::string& workspace : *workspaces) {
    const auto processes = processes_of(state, workspace);
    if (!processes) return processes.error();
    for (const std::string& process : *processes) {
      if (sink.follows(workspace, process)) sink.gather(workspace, process, all);
    }
  }
  return {};
}

}  // namespace weir::replica
