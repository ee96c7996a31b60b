#include "stream/replica/rows.hpp"

#include <array>

#include "state/format/keys.hpp"
#include "stream/runtime/task_records.hpp"

namespace weir::replica {
namespace {

struct KindOfKey {
  char in_key;  // behind the workspace's NUL
  RowKind kind;
};

/// As Scope writes them, in the order of their keys.
const std::array<KindOfKey, 6>& kinds() {
  static const std::array<KindOfKey, 6> all = [] {
    const format::Scope scope{"w"};
    const auto written = [](const std::string& key) { return key[2]; };
    std::array<KindOfKey, 6> made{{{written(scope.names("p")), RowKind::name},
                                   {written(scope.progress()), RowKind::progress},
                                   {written(scope.process("p")), RowKind::process},
                                   {written(scope.sweep("p", 0)), RowKind::sweep},
                                   {written(scope.cells("p")), RowKind::cell},
                                   {written(scope.documents()), RowKind::document}}};
    std::sort(made.begin(), made.end(), [](const auto& a, const auto& b) { return a.in_key < b.in_key; });
    return made;
  }();
  return all;
}

/// Up to and with the byte that tells the kind; empty: not a key of a workspace.
std::string_view beginning_of(std::string_view key) {
  const auto end = key.find('\0');
  if (end == 0 || end == std::string_view::npos || end + 1 >= key.size()) return {};
  return key.substr(0, end + 2);
}

/// The next range of rows that ends behind `from`, if there is one in the workspace that `from` lies in.
struct Range {
  std::string from;
  std::string to;
};
std::optional<Range> range_at(const std::string& workspace, const std::string& from) {
  for (const KindOfKey& kind : kinds()) {
    const std::string prefix = workspace + '\0' + kind.in_key;
    std::string to = store::end_of_prefix(prefix);
    if (to > from) return Range{std::max(prefix, from), std::move(to)};
  }
  return std::nullopt;
}

/// The workspace of the first key not before `from`.
Result<std::optional<std::string>> workspace_at(const store::Reader& state, const std::string& from) {
  std::optional<std::string> found;
  const auto scanned = state.scan(from, {}, [&](std::string_view key, std::string_view) {
    const std::string_view beginning = beginning_of(key);
    if (beginning.empty()) return true;  // of the shard itself
    found = beginning.substr(0, beginning.size() - 2);
    return false;
  });
  if (!scanned) return scanned.error();
  return found;
}

/// Behind every key of the workspace.
std::string behind_workspace(const std::string& workspace) { return workspace + '\x01'; }

}  // namespace

std::optional<Row> row_of(std::string_view key) {
  const std::string_view beginning = beginning_of(key);
  if (beginning.empty()) return std::nullopt;
  const auto kind =
      std::find_if(kinds().begin(), kinds().end(), [&](const auto& one) { return one.in_key == beginning.back(); });
  if (kind == kinds().end()) return std::nullopt;
  const std::string_view workspace = beginning.substr(0, beginning.size() - 2);
  if (kind->kind == RowKind::document) return Row{kind->kind, workspace, {}};
  const std::string_view rest = key.substr(beginning.size());
  return Row{kind->kind, workspace, rest.substr(0, rest.find('\0'))};
}

bool are_rows(std::string_view from, std::string_view to) {
  if (!row_of(from)) return false;
  return !to.empty() && to <= store::end_of_prefix(beginning_of(from));
}

Result<void> each_row(const store::Reader& state, std::string_view from, const store::Visit& visit) {
  std::string at{from};
  for (bool goes_on = true; goes_on;) {
    const auto workspace = workspace_at(state, at);
    if (!workspace) return workspace.error();
    if (!*workspace) return {};
    for (auto range = range_at(**workspace, at); range && goes_on; range = range_at(**workspace, at)) {
      const auto scanned = state.scan(range->from, range->to, [&](std::string_view key, std::string_view value) {
        return goes_on = visit(key, value);
      });
      if (!scanned) return scanned;
      at = range->to;
    }
    at = behind_workspace(**workspace);
  }
  return {};
}

Result<std::vector<std::string>> workspaces_of(const store::Reader& state) {
  std::vector<std::string> names;
  for (std::string from;;) {
    auto workspace = workspace_at(state, from);
    if (!workspace) return workspace.error();
    if (!*workspace) return names;
    from = behind_workspace(**workspace);
    names.push_back(*std::move(*workspace));
  }
}

Result<std::vector<std::string>> processes_of(const store::Reader& state, const std::string& workspace) {
  const std::string prefix = format::Scope{workspace}.processes();
  std::vector<std::string> names;
  const auto scanned = state.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    names.emplace_back(format::behind(key, prefix));
    return true;
  });
  if (!scanned) return scanned.error();
  return names;
}

Result<std::uint64_t> settled_offset(const store::Reader& state, const std::string& workspace) {
  const auto progress = runtime::read_progress(state, workspace);
  if (!progress) return progress.error();
  std::uint64_t settled = progress->next_offset;
  std::optional<Error> failed;
  const std::string prefix = format::Scope{workspace}.sweeps();
  const auto scanned = state.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view value) {
    const auto sweep = runtime::decode_sweep(value);
    if (sweep) {
      settled = std::min(settled, sweep->offset);
    } else {
      failed = sweep.error();
    }
    return sweep.ok();
  });
  if (!scanned) return scanned.error();
  if (failed) return *failed;
  return settled;
}

}  // namespace weir::replica
