// What the format of a cell makes of its number (ECMA-376-1, 18.8.30 and 18.8.31): a date is a number like any other,
// told by its format alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::ingest {

enum class NumberKind : std::uint8_t {
  number,
  date,         // days only
  date_time,    // days and a time of day
  time_of_day,  // no days: a number below 1 is a time, from 1 on it has a day all the same
  elapsed,      // [h]:mm: a duration
};

struct CellFormat {
  NumberKind kind = NumberKind::number;
  std::uint8_t digits_min = 0;  // of whole numbers: `00000` shows 42 as 00042

  friend bool operator==(const CellFormat&, const CellFormat&) = default;
};

/// Of the formats that a workbook need not declare.
CellFormat builtin_format(unsigned id);
/// Of a declared one. Its first section counts, which is that of positive numbers.
CellFormat format_of(std::string_view code);

/// Which day is number 0. From 1900 on, 60 is the 29th of February 1900, which never was.
enum class DayZero : std::uint8_t { year_1900, year_1904 };

enum class NumberFault : std::uint8_t { none, no_number, no_date };

/// Appends `value` as its format means it. Numbers: whole ones as they stand, others as the shortest decimal that is
/// the same 64-bit number. Dates and times: `2020-01-05`, `2020-01-05T10:30:00`, `10:30:00` or, as a duration,
/// `130:05:07`, rounded to milliseconds, half up, which are shown where they are not 0. After a fault nothing is
/// appended.
NumberFault append_number(std::string_view value, CellFormat format, DayZero zero, std::string& out);

}  // namespace weir::ingest
