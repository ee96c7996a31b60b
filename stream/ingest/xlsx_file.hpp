// A workbook as a file of events: the rows of one of its sheets, read as those of a CSV are.
#pragma once

#include <memory>

#include "stream/ingest/file_stage.hpp"
#include "stream/ingest/shared_strings.hpp"
#include "stream/ingest/workbook.hpp"

namespace weir::ingest {

/// Not thread-safe.
class XlsxFile {
 public:
  /// Reads all parts but the rows. Both must outlive it. Errors: bad_archive, decompression_limit, unsupported_format,
  /// bad_xlsx, missing_sheet, bad_xml, doctype_refused, too_deep, line_too_long, storage_failed, storage_full; those of
  /// FileBytes.
  static Result<std::unique_ptr<XlsxFile>> open(FileContext& context, FileBytes& file);
  XlsxFile(const XlsxFile&) = delete;
  XlsxFile& operator=(const XlsxFile&) = delete;

  /// All rows. Errors: as above, row_limit, and those of a table (plan_table, table_reading).
  Result<Pass> read(const FileReader::GoesOn& goes_on);
  /// Of the error that read() has returned.
  FilePlace place() const { return place_; }

 private:
  XlsxFile(FileContext& context, FileBytes& file) : context_(context), file_(file) {}
  void tell_sheets();
  Result<void> choose_sheet();
  Result<void> read_strings();

  FileContext& context_;
  FileBytes& file_;
  std::uint64_t bytes_ = 0;
  ZipArchive archive_;
  Workbook workbook_;
  std::optional<SharedStrings> strings_;
  const Sheet* sheet_ = nullptr;
  const ZipEntry* rows_ = nullptr;
  FilePlace place_;
};

}  // namespace weir::ingest
