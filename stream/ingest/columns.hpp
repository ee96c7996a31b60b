// Which column of a CSV holds which field of an event: as declared, else by the names that miners' exports use.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "stream/ingest/file_reader.hpp"

namespace weir::ingest {

enum class Field : std::uint8_t { case_id, activity, timestamp, start, id, lifecycle, instance, resource, source };
inline constexpr std::size_t field_count = 9;
std::string_view name_of(Field field);

/// The last column of our own exports: a JSON object of the attributes that have no column.
inline constexpr std::string_view rest_column = "weir:attributes";

/// The first columns of our own exports, in their order.
struct OwnColumn {
  Field field;
  std::string_view column;
};
inline constexpr std::array<OwnColumn, field_count> own_columns = {{
    {Field::case_id, "case_id"},
    {Field::activity, "activity"},
    {Field::timestamp, "timestamp"},
    {Field::start, "start"},
    {Field::lifecycle, "lifecycle"},
    {Field::resource, "resource"},
    {Field::instance, "instance"},
    {Field::id, "event_id"},
    {Field::source, "weir:source"},
}};

class ColumnMapping {
 public:
  /// 0-based.
  std::optional<std::size_t> column(Field field) const { return columns_[static_cast<std::size_t>(field)]; }
  void set(Field field, std::size_t column) { columns_[static_cast<std::size_t>(field)] = column; }
  bool uses(std::size_t column) const;

 private:
  std::array<std::optional<std::size_t>, field_count> columns_;
};

/// Declared columns first, then inferred ones, no column twice; a field declared to have none ("") gets none. Without a
/// completion time the start is the time. Error: missing_column (a declared one that is not there, a field that does
/// not exist).
Result<ColumnMapping> map_columns(const std::vector<std::string>& columns, const std::vector<ColumnChoice>& choices);
/// Error: missing_column, for a field that every event needs.
Result<void> check_required(const ColumnMapping& mapping, const std::vector<std::string>& columns);

}  // namespace weir::ingest
