#include "tests/support/making_xlsx.hpp"

#include <zlib.h>

#include "schemas/base/check.hpp"

namespace weir::ingest {
namespace {

void put(std::string& out, std::uint64_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8) out.push_back(static_cast<char>(value & 0xFF));
}

std::string deflated(std::string_view text) {
  z_stream zlib{};
  WEIR_CHECK(deflateInit2(&zlib, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK, "zlib cannot start");
  std::string out(deflateBound(&zlib, text.size()) + 64, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  WEIR_CHECK(deflate(&zlib, Z_FINISH) == Z_STREAM_END, "zlib has room for all");
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  return out;
}

constexpr std::uint32_t in_wide_field = 0xFFFFFFFF;
constexpr std::uint16_t sizes_follow_flag = 1 << 3;

/// One entry's header and data, then its record of the directory.
void add(const MadeEntry& entry, const ArchiveForm& form, std::string& out, std::string& directory) {
  const bool is_packed = entry.deflate && !form.is_stored;
  const auto packed = is_packed ? deflated(entry.content) : entry.content;
  const auto checksum = entry.told_checksum.value_or(static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(entry.content.data()), entry.content.size())));
  const std::uint64_t bytes = entry.told_bytes.value_or(static_cast<std::uint32_t>(entry.content.size()));
  const std::uint64_t at = entry.told_at.value_or(static_cast<std::uint32_t>(out.size()));
  const auto flags = static_cast<std::uint16_t>(entry.flags | (form.sizes_follow ? sizes_follow_flag : 0));
  const std::string& local_name = entry.name_in_header ? *entry.name_in_header : entry.name;
  put(out, 0x04034B50, 4);
  put(out, 20, 2);
  put(out, flags, 2);
  put(out, is_packed ? 8 : 0, 2);
  put(out, 0, 4);
  const bool told_later = form.sizes_follow;
  put(out, told_later ? 0 : checksum, 4);
  put(out, told_later ? 0 : packed.size(), 4);
  put(out, told_later ? 0 : bytes, 4);
  put(out, local_name.size(), 2);
  put(out, 0, 2);
  out += local_name + packed;
  if (told_later) {
    put(out, 0x08074B50, 4);
    put(out, checksum, 4);
    put(out, packed.size(), 4);
    put(out, bytes, 4);
  }
  put(directory, 0x02014B50, 4);
  put(directory, entry.made_by, 2);
  put(directory, 20, 2);
  put(directory, flags, 2);
  put(directory, is_packed ? 8 : 0, 2);
  put(directory, 0, 4);
  put(directory, checksum, 4);
  put(directory, form.wide ? in_wide_field : packed.size(), 4);
  put(directory, form.wide ? in_wide_field : bytes, 4);
  put(directory, entry.name.size(), 2);
  put(directory, form.wide ? 28 : 0, 2);
  put(directory, 0, 2 + 2 + 2);
  put(directory, entry.attributes, 4);
  put(directory, form.wide ? in_wide_field : at, 4);
  directory += entry.name;
  if (!form.wide) return;
  put(directory, 1, 2);
  put(directory, 24, 2);
  put(directory, bytes, 8);
  put(directory, packed.size(), 8);
  put(directory, at, 8);
}

std::string relation(std::string_view id, std::string_view type, std::string_view target) {
  return "<Relationship Id=\"" + std::string(id) +
         "\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" + std::string(type) +
         "\" Target=\"" + std::string(target) + "\"/>";
}

std::string relations(const std::string& all) {
  return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" + all +
         "</Relationships>";
}

constexpr std::string_view main_space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";

std::string element(std::string_view name, const std::string& content) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<";
  out.append(name).append(" ").append(main_space);
  out += " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">" + content + "</";
  return out.append(name).append(">");
}

}  // namespace

std::string zip_of(const std::vector<MadeEntry>& entries, const ArchiveForm& form) {
  std::string out;
  std::string directory;
  for (const auto& entry : entries) add(entry, form, out, directory);
  const std::uint64_t at = out.size();
  out += directory;
  if (form.wide) {
    const std::uint64_t end_at = out.size();
    put(out, 0x06064B50, 4);
    put(out, 44, 8);
    put(out, 45, 2);
    put(out, 45, 2);
    put(out, 0, 8);
    put(out, entries.size(), 8);
    put(out, entries.size(), 8);
    put(out, directory.size(), 8);
    put(out, at, 8);
    put(out, 0x07064B50, 4);
    put(out, 0, 4);
    put(out, end_at, 8);
    put(out, 1, 4);
  }
  put(out, 0x06054B50, 4);
  put(out, 0, 4);
  put(out, form.wide ? 0xFFFF : entries.size(), 2);
  put(out, form.wide ? 0xFFFF : entries.size(), 2);
  put(out, form.wide ? in_wide_field : directory.size(), 4);
  put(out, form.wide ? in_wide_field : at, 4);
  put(out, form.comment.size(), 2);
  return out + form.comment;
}

std::vector<MadeEntry> parts_of(const MadeWorkbook& made) {
  std::vector<MadeEntry> parts;
  parts.push_back({"_rels/.rels", relations(relation("rId1", "officeDocument", "xl/workbook.xml"))});
  parts.push_back({"xl/workbook.xml", element("workbook", made.properties + "<sheets>" + made.sheets + "</sheets>")});
  std::string used = relation("rId1", "worksheet", "worksheets/sheet1.xml") +
                     relation("rId2", "worksheet", "/xl/worksheets/sheet2.xml") +
                     relation("rId3", "chartsheet", "chartsheets/sheet1.xml");
  parts.push_back({"xl/worksheets/sheet1.xml",
                   element("worksheet", "<sheetData>" + made.rows + "</sheetData>" + made.behind_rows)});
  if (!made.strings.empty()) {
    used += relation("rId4", "sharedStrings", "sharedStrings.xml");
    parts.push_back({"xl/sharedStrings.xml", element("sst", made.strings)});
  }
  if (!made.formats.empty()) {
    used += relation("rId5", "styles", "./styles.xml");
    parts.push_back({"xl/styles.xml", element("styleSheet", made.formats)});
  }
  parts.push_back({"xl/_rels/workbook.xml.rels", relations(used)});
  parts.insert(parts.end(), made.others.begin(), made.others.end());
  return parts;
}

std::string xlsx_of(const MadeWorkbook& workbook, const ArchiveForm& form) { return zip_of(parts_of(workbook), form); }

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::string inline_rows(const std::vector<std::vector<std::string>>& table) {
  std::string rows;
  for (const auto& row : table) {
    rows += "<row>";
    for (const auto& cell : row) {
      rows += R"(<c t="inlineStr"><is><t xml:space="preserve">)" + escaped(cell) + "</t></is></c>";
    }
    rows += "</row>";
  }
  return rows;
}

}  // namespace weir::ingest
