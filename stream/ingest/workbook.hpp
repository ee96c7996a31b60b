// The parts of a workbook (ECMA-376, transitional and strict) but its rows: which sheets there are, where their parts
// are, how cells are formatted.
#pragma once

#include <string>
#include <vector>

#include "stream/ingest/cell_format.hpp"
#include "stream/ingest/xml_reader.hpp"
#include "stream/ingest/zip_archive.hpp"

namespace weir::ingest {

struct Sheet {
  std::string name;
  std::string part;  // the entry of the archive
  bool is_visible = true;
};

struct Workbook {
  std::vector<Sheet> sheets;  // of cells; of charts and the like there are none
  std::vector<CellFormat> formats;
  DayZero day_zero = DayZero::year_1900;
  std::string strings_part;  // empty: it has none
};

/// Errors: unsupported_format (no workbook, or one that is not XML); bad_xlsx; those of XmlReader and ZipEntryReader.
Result<Workbook> open_workbook(FileBytes& file, const ZipArchive& archive);

/// All of a part, which is there, through `handler`.
Result<void> read_part(FileBytes& file, const ZipEntry& entry, XmlHandler& handler);

}  // namespace weir::ingest
