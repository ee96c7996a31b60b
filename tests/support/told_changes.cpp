#include "tests/support/told_changes.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "state/format/keys.hpp"
#include "stream/dataflow/stored.hpp"

namespace weir::support {

std::map<std::string, std::string> content_of(const store::Reader& reader, const std::string& prefix) {
  std::map<std::string, std::string> content;
  const auto scanned =
      reader.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view at) {
        content.emplace(format::behind(key, prefix), at);
        return true;
      });
  EXPECT_TRUE(scanned.ok());
  return content;
}

namespace {

/// The cells of all pages, each in the form that it would have alone.
std::map<dataflow::CellKey, std::string> cells_of(const store::Reader& reader, const std::string& prefix) {
  std::map<dataflow::CellKey, std::string> cells;
  for (const auto& [key, value] : content_of(reader, prefix)) {
    const dataflow::CellKey page{static_cast<dataflow::Table>(key[0]), format::read_big_endian(key.substr(1, 8)),
                                 format::read_big_endian(key.substr(9))};
    const auto read = dataflow::read_page(page, value, [&](const dataflow::CellKey& at, const dataflow::Cell& cell) {
      cells.emplace(at, dataflow::encode_cell(cell));
    });
    EXPECT_TRUE(read.ok());
  }
  return cells;
}

/// Keys whose value is another in `after`, or that are in one of the two alone.
template <class Key>
std::vector<Key> differences(const std::map<Key, std::string>& before, const std::map<Key, std::string>& after) {
  std::vector<Key> keys;
  for (const auto& [key, value] : before) {
    const auto now = after.find(key);
    if (now == after.end() || now->second != value) keys.push_back(key);
  }
  for (const auto& [key, value] : after) {
    if (!before.contains(key)) keys.push_back(key);
  }
  return keys;
}

}  // namespace

void expect_cells_told(const feed::Changes& changes, const store::Reader& before, const store::Reader& after) {
  const format::Scope scope{"w"};
  const std::string cells = scope.cells("p0");
  for (const dataflow::CellKey& cell : differences(cells_of(before, cells), cells_of(after, cells))) {
    EXPECT_TRUE(changes.all_cells || changes.cells.contains(cell)) << "table " << static_cast<int>(cell.table);
  }
  const auto names = content_of(after, scope.names("p0"));
  for (const auto& [number, name] : content_of(before, scope.names("p0"))) {
    EXPECT_TRUE(changes.names_forgotten || names.contains(number)) << name;
  }
}

void expect_told(const feed::Changes& changes, const store::Reader& before, const store::Reader& after) {
  expect_cells_told(changes, before, after);
  const std::string cases = format::Scope{"w"}.records("p0");
  for (const std::string& id : differences(content_of(before, cases), content_of(after, cases))) {
    EXPECT_TRUE(changes.all_cases || changes.cases.contains(id)) << id;
  }
}

}  // namespace weir::support
