// Archives and workbooks made by tests: right ones, and ones that lie.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::ingest {

struct MadeEntry {
  std::string name;
  std::string content;
  bool deflate = true;
  // What the directory tells otherwise than is true.
  std::optional<std::string> name_in_header = {};
  std::optional<std::uint32_t> told_bytes = {};
  std::optional<std::uint32_t> told_at = {};
  std::optional<std::uint32_t> told_checksum = {};
  std::uint16_t flags = 0;
  std::uint16_t made_by = 0;
  std::uint32_t attributes = 0;
};

struct ArchiveForm {
  bool sizes_follow = false;  // streamed: the sizes stand behind the data
  bool wide = false;          // zip64 everywhere
  bool is_stored = false;     // nothing is deflated
  std::string comment = {};
};

std::string zip_of(const std::vector<MadeEntry>& entries, const ArchiveForm& form = {});

/// The parts of a workbook; what is empty is left out.
struct MadeWorkbook {
  std::string rows;          // within <sheetData>
  std::string strings = {};  // within <sst>
  std::string formats = {};  // within <styleSheet>
  std::string properties = {};
  std::string sheets = R"(<sheet name="Log" sheetId="1" r:id="rId1"/>)";
  std::string behind_rows = {};
  std::vector<MadeEntry> others = {};
};
std::vector<MadeEntry> parts_of(const MadeWorkbook& workbook);
std::string xlsx_of(const MadeWorkbook& workbook, const ArchiveForm& form = {});

/// A table of text as rows of inline strings.
std::string inline_rows(const std::vector<std::vector<std::string>>& table);
std::string escaped(std::string_view text);

}  // namespace weir::ingest
