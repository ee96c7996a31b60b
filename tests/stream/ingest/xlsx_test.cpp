// Workbooks: what cells mean, how sheets are chosen, and bad inputs 82 to 84 (reliability.md, "uploads").
#include <random>

#include <gmock/gmock.h>

#include "tests/stream/ingest/reading.hpp"
#include "tests/support/making_xlsx.hpp"

namespace weir::ingest {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::string header = inline_rows({{"case", "activity", "time", "x"}});

/// Rows of one sheet, whose columns are case, activity, time and x.
Reading read_rows(const std::string& rows, MadeWorkbook made = {.rows = ""}) {
  made.rows = header + rows;
  return read_bytes(xlsx_of(made));
}

/// A row with this cell as its attribute x.
std::string row_with(const std::string& cell) {
  return R"(<row><c t="str"><v>1</v></c><c t="str"><v>a</v></c><c t="d"><v>2020-01-05T10:00:00</v></c>)" + cell +
         "</row>";
}

/// What x became; empty: the row is refused.
std::string x_of(const std::string& cell, MadeWorkbook made = {.rows = ""}) {
  const auto read = read_rows(row_with(cell), std::move(made));
  EXPECT_EQ(read.failure, std::nullopt) << cell;
  if (read.events.empty()) return {};
  const auto* x = attribute_of(read.events[0], "x");
  return x == nullptr ? "none" : *x;
}

TEST(Xlsx, ReadsATable) {
  const auto read = read_bytes(xlsx_of({.rows = inline_rows({{"case", "activity", "time", "who"},
                                                             {"1", "a", "2020-01-05 10:00:00", "ann"},
                                                             {"1", "b", "2020-01-05 11:00:00"}})}));
  EXPECT_EQ(read.failure, std::nullopt);
  EXPECT_EQ(read.facts.format, FileFormat::xlsx);
  EXPECT_EQ(read.facts.sheet, "Log");
  EXPECT_THAT(read.facts.columns, ElementsAre("case", "activity", "time", "who"));
  ASSERT_THAT(read.events, SizeIs(2));
  EXPECT_EQ(read.events[0].case_id, "1");
  EXPECT_EQ(read.events[1].activity, "b");
  EXPECT_EQ(read.events[0].timestamp, at(1578218400));
  EXPECT_EQ(read.facts.rows, 2U);
}

TEST(Xlsx, ReadsEveryKindOfCell) {
  const MadeWorkbook strings{.rows = "", .strings = "<si><t>first</t></si><si><t>second</t></si>"};
  EXPECT_EQ(x_of(R"(<c t="s"><v>1</v></c>)", strings), "\"second\"");
  EXPECT_EQ(x_of(R"(<c t="inlineStr"><is><t>in line</t></is></c>)"), "\"in line\"");
  EXPECT_EQ(x_of(R"(<c t="str"><f>A1&amp;"x"</f><v>cached</v></c>)"), "\"cached\"") << "a formula";
  EXPECT_EQ(x_of("<c><f>1+1</f><v>2</v></c>"), "2");
  EXPECT_EQ(x_of("<c><f>1+1</f></c>"), "none") << "a formula without a cached value";
  EXPECT_EQ(x_of("<c><v>0.5</v></c>"), "0.5");
  EXPECT_EQ(x_of(R"(<c t="n"><v> 7 </v></c>)"), "7");
  EXPECT_EQ(x_of(R"(<c t="b"><v>1</v></c>)"), "true");
  EXPECT_EQ(x_of(R"(<c t="b"><v>0</v></c>)"), "false");
  EXPECT_EQ(x_of(R"(<c t="d"><v>2020-02-03T04:05:06</v></c>)"), "\"2020-02-03T04:05:06\"");
  EXPECT_EQ(x_of(R"(<c t="s"/>)"), "none");
  EXPECT_EQ(x_of(R"(<c t="n"><v>5</v><extLst><ext><v>9</v></ext></extLst></c>)"), "5");
}

TEST(Xlsx, JoinsTheRunsOfAStringAndLeavesOutHowItIsPronounced) {
  const auto text = [](const std::string& content) { return x_of("<c t=\"inlineStr\"><is>" + content + "</is></c>"); };
  EXPECT_EQ(text("<r><rPr><b/></rPr><t>bold</t></r><r><t xml:space=\"preserve\"> and not</t></r>"), "\"bold and not\"");
  EXPECT_EQ(text("<t>課きく</t><rPh sb=\"0\" eb=\"1\"><t>カ</t></rPh><phoneticPr fontId=\"1\"/>"), "\"課きく\"");
  EXPECT_EQ(text("<t> trimmed\n</t>"), "\"trimmed\"");
  EXPECT_EQ(text("<t xml:space=\"preserve\"> kept </t>"), "\" kept \"");
  EXPECT_EQ(text("<t>a_x0041_b_x005F_x0041__x_xD83D__xDE00_</t>"), "\"aAb_x0041__x\xF0\x9F\x98\x80\"");
  EXPECT_EQ(text("<t>_xD83D_ _x12_ _xZZZZ_</t>"), "\"_xD83D_ _x12_ _xZZZZ_\"");
  EXPECT_EQ(text("<t>two\nlines</t>"), "\"two\\nlines\"");
}

TEST(Xlsx, ReadsTimesByTheFormatOfTheirCellsInBothEpochs) {
  const std::string formats =
      R"(<numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm"/><numFmt numFmtId="14" formatCode="0"/></numFmts>)"
      R"(<cellStyleXfs><xf numFmtId="22"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="14"/></cellXfs>)";
  const auto time = [&](std::string_view serial, int style, const std::string& properties) {
    const auto read = read_rows("<row><c><v>1</v></c><c><v>2</v></c><c s=\"" + std::to_string(style) + "\"><v>" +
                                    std::string(serial) + "</v></c></row>",
                                {.rows = "", .formats = formats, .properties = properties});
    return read.events.empty() ? Time{} : read.events[0].timestamp;
  };
  const std::string of_1904 = R"(<workbookPr date1904="1"/>)";
  EXPECT_EQ(time("43835.416666666664", 1, ""), at(1578218400));
  EXPECT_EQ(time("43835.416666666664", 2, R"(<workbookPr date1904="0"/>)"), at(1578218400));
  EXPECT_EQ(time("42373.416666666664", 1, of_1904), at(1578218400));
  EXPECT_EQ(time("42373.416666666664", 2, R"(<workbookPr date1904="true"/>)"), at(1578218400));
  EXPECT_EQ(time("1578218400", 3, ""), at(1578218400)) << "a number that is shown as one is an epoch, as in a CSV";
}

TEST(Xlsx, ATimeOfASheetHasNoZone) {
  const auto bytes = xlsx_of({.rows = header + row_with("")});
  const auto told = read_bytes(bytes, FileOptions{});
  ASSERT_THAT(told.errors, SizeIs(1));
  EXPECT_EQ(told.errors[0].code, Code::missing_zone);
  EXPECT_TRUE(told.facts.zoneless);
  FileOptions berlin;
  berlin.zone = Zone::find("Europe/Berlin").value();
  EXPECT_EQ(read_bytes(bytes, berlin).events.at(0).timestamp, at(1578218400 - 3600));
}

TEST(Xlsx, ReadsTwiceWhereOnlyTheWholeSheetTellsTheOrderOfDates) {
  std::vector<std::vector<std::string>> table{{"case", "activity", "time"}};
  for (int i = 0; i < 5'000; ++i) table.push_back({std::to_string(i), "a", "03/04/2020"});
  table.push_back({"last", "a", "25/04/2020"});
  const auto read = read_bytes(xlsx_of({.rows = inline_rows(table)}));
  EXPECT_EQ(read.failure, std::nullopt);
  ASSERT_THAT(read.events, SizeIs(5'001));
  EXPECT_EQ(read.events[0].timestamp, at(1585872000)) << "the 3rd of April";
  EXPECT_EQ(read.facts.rows, 5'001U);
  table.pop_back();
  EXPECT_EQ(read_bytes(xlsx_of({.rows = inline_rows(table)})).failure, Code::ambiguous_date_order);
}

TEST(Xlsx, FindsItsCellsByTheirPlacesOrTheirOrder) {
  const auto read = read_rows(
      R"(<row r="7"><c r="A7"><v>1</v></c><c r="C7" t="str"><v>2020-01-01</v></c></row>)"
      R"(<row><c><v>2</v></c><c r="B8" t="str"><v>b</v></c><c t="str"><v>2020-01-01</v></c><c r="F8" s="3"/></row>)"
      R"(<row r="20"><c r="B20"/></row>)"
      R"(<row r="30"><c r="A30"><v>3</v></c><c r="B30" t="str"><v>c</v></c><c r="C30" t="str"><v>2020-01-01</v></c><c r="E30"><v>5</v></c></row>)");
  EXPECT_EQ(read.failure, std::nullopt);
  ASSERT_THAT(read.events, SizeIs(1));
  EXPECT_EQ(read.events[0].activity, "b");
  ASSERT_THAT(read.errors, SizeIs(2)) << "the row of nothing is none";
  EXPECT_EQ(read.errors[0], (RowError{7, 2, Code::missing_value, read.errors[0].detail}));
  EXPECT_EQ(read.errors[1], (RowError{30, 5, Code::ragged_row, read.errors[1].detail}));
}

TEST(Xlsx, AMergedValueStandsInItsFirstCell) {
  const auto read =
      read_rows(R"(<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c><c r="C2" t="d"><v>2020-01-01</v></c></row>)"
                R"(<row r="3"><c r="A3"/><c r="B3"><v>2</v></c><c r="C3" t="d"><v>2020-01-01</v></c></row>)",
                {.rows = "", .behind_rows = R"(<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>)"});
  EXPECT_THAT(read.events, SizeIs(1));
  ASSERT_THAT(read.errors, SizeIs(1));
  EXPECT_EQ(read.errors[0], (RowError{3, 1, Code::missing_value, read.errors[0].detail}));
}

TEST(Xlsx, ARowIsRefusedForACellThatShowsAnErrorOrHasNoValue) {
  const MadeWorkbook dates{.rows = "", .formats = R"(<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>)"};
  const std::pair<std::string, Code> cells[] = {{R"(<c t="e"><f>1/0</f><v>#DIV/0!</v></c>)", Code::cell_error},
                                                {R"(<c t="e"><v>#N/A</v></c>)", Code::cell_error},
                                                {R"(<c t="s"><v>0</v></c>)", Code::bad_xlsx},
                                                {R"(<c t="z"><v>0</v></c>)", Code::bad_xlsx},
                                                {"<c><v>twelve</v></c>", Code::bad_xlsx},
                                                {R"(<c r="A2"><v>1</v></c>)", Code::bad_xlsx},
                                                {R"(<c r="??"><v>1</v></c>)", Code::bad_xlsx},
                                                {R"(<c s="1"><v>60</v></c>)", Code::bad_timestamp},
                                                {R"(<c s="1"><v>-1</v></c>)", Code::bad_timestamp}};
  for (const auto& [cell, code] : cells) {
    const auto read = read_rows(row_with(cell) + row_with(""), dates);
    EXPECT_EQ(read.failure, std::nullopt);
    EXPECT_THAT(read.events, SizeIs(1)) << cell;
    ASSERT_THAT(read.errors, SizeIs(1)) << cell;
    EXPECT_EQ(read.errors[0], (RowError{2, 4, code, read.errors[0].detail})) << cell;
  }
}

TEST(Xlsx, RefusesASharedStringThatIsNotThere) {
  const MadeWorkbook strings{.rows = "", .strings = "<si><t>only</t></si>"};
  for (const std::string index : {"1", "-1", "18446744073709551616", "x", "0.5"}) {
    const auto read = read_rows(row_with("<c t=\"s\"><v>" + index + "</v></c>"), strings);
    ASSERT_THAT(read.errors, SizeIs(1)) << index;
    EXPECT_EQ(read.errors[0].code, Code::bad_xlsx);
  }
}

TEST(Xlsx, ReadsTheFirstVisibleSheetOrTheOneThatIsNamed) {
  const auto second = "<worksheet><sheetData>" + inline_rows({{"case", "activity", "time"}, {"2", "b", "2020-01-05"}}) +
                      "</sheetData></worksheet>";
  MadeWorkbook made{.rows = inline_rows({{"case", "activity", "time"}, {"1", "a", "2020-01-05"}}),
                    .sheets = R"(<sheet name="Chart" r:id="rId3"/><sheet name="Old" state="hidden" r:id="rId1"/>)"
                              R"(<sheet name="New" state="visible" r:id="rId2"/><sheet name="Gone" r:id="rId9"/>)",
                    .others = {{"xl/worksheets/sheet2.xml", second}}};
  const auto bytes = xlsx_of(made);
  const auto read = read_bytes(bytes);
  EXPECT_EQ(read.facts.sheet, "New");
  EXPECT_THAT(read.facts.sheets, ElementsAre("New"));
  EXPECT_EQ(read.events.at(0).case_id, "2");
  auto options = in_utc();
  options.sheet = "Old";
  EXPECT_EQ(read_bytes(bytes, options).events.at(0).case_id, "1");
  options.sheet = "Nowhere";
  EXPECT_EQ(read_bytes(bytes, options).failure, Code::missing_sheet);
  made.sheets = R"(<sheet name="Old" state="veryHidden" r:id="rId1"/>)";
  EXPECT_EQ(read_bytes(xlsx_of(made)).failure, Code::missing_sheet);
}

/// A prefix of every element, and the namespaces of ISO 29500 strict, as Excel writes them on request.
TEST(Xlsx, ReadsTheStrictFormAndAnyPrefix) {
  const std::string space = "http://purl.oclc.org/ooxml/";
  const auto relation = [&](std::string_view id, std::string_view type, std::string_view target) {
    return "<Relationship Id=\"" + std::string(id) + "\" Type=\"" + space + "officeDocument/relationships/" +
           std::string(type) + "\" Target=\"" + std::string(target) + "\"/>";
  };
  const auto bytes =
      zip_of({{"_rels/.rels", "<Relationships>" + relation("a", "officeDocument", "book.xml") + "</Relationships>"},
              {"book.xml",
               "<x:workbook xmlns:x=\"" + space + "spreadsheetml/main\" xmlns:q=\"" + space +
                   "officeDocument/relationships\" conformance=\"strict\"><x:sheets><x:sheet name=\"S\" q:id=\"b\"/>"
                   "</x:sheets></x:workbook>"},
              {"_rels/book.xml.rels", "<Relationships>" + relation("b", "worksheet", "one.xml") + "</Relationships>"},
              {"one.xml",
               "<x:worksheet xmlns:x=\"" + space +
                   "spreadsheetml/main\"><x:sheetData><x:row><x:c t=\"str\"><x:v>case</x:v></x:c><x:c t=\"str\"><x:v>"
                   "activity</x:v></x:c><x:c t=\"str\"><x:v>time</x:v></x:c></x:row><x:row><x:c><x:v>1</x:v></x:c><x:c>"
                   "<x:v>2</x:v></x:c><x:c t=\"d\"><x:v>2020-01-05</x:v></x:c></x:row></x:sheetData></x:worksheet>"}});
  const auto read = read_bytes(bytes);
  EXPECT_EQ(read.failure, std::nullopt);
  EXPECT_THAT(read.events, SizeIs(1));
}

TEST(Xlsx, IgnoresMacrosAndLinksToElsewhere) {
  MadeWorkbook made{.rows = header + row_with(""),
                    .others = {{"xl/vbaProject.bin", "\xD0\xCF\x11\xE0"},
                               {"xl/externalLinks/externalLink1.xml", "<!DOCTYPE x><x/>"},
                               {"xl/embeddings/nested.zip", zip_of({{"a", "x"}}), false}}};
  auto parts = parts_of(made);
  for (auto& part : parts) {
    if (part.name != "xl/_rels/workbook.xml.rels") continue;
    part.content.insert(
        part.content.rfind("</"),
        R"(<Relationship Id="e" Type="x/worksheet" TargetMode="External" Target="file:///etc/passwd"/>)");
  }
  const auto read = read_bytes(zip_of(parts));
  EXPECT_EQ(read.failure, std::nullopt);
  EXPECT_THAT(read.events, SizeIs(1));
}

TEST(Xlsx, RefusesWhatIsNoWorkbook) {
  const auto package = [](std::string_view target) {
    return "<Relationships><Relationship Type=\"x/officeDocument\" Target=\"" + std::string(target) +
           "\"/></Relationships>";
  };
  EXPECT_EQ(read_bytes(zip_of({{"a.csv", "case,activity,time\n1,a,2020-01-01\n"}})).failure, Code::unsupported_format);
  EXPECT_EQ(read_bytes(zip_of({{"nested.zip", zip_of({{"a", "x"}}), false}})).failure, Code::unsupported_format);
  EXPECT_EQ(read_bytes(zip_of({{"_rels/.rels", package("word/document.xml")},
                               {"word/document.xml", "<w:document xmlns:w=\"w\"/>"}}))
                .failure,
            Code::unsupported_format);
  EXPECT_EQ(read_bytes(zip_of({{"_rels/.rels", package("xl/workbook.bin")}, {"xl/workbook.bin", "\x83\x01"}})).failure,
            Code::unsupported_format);
  EXPECT_EQ(read_bytes("PK\x03\x04 and nothing").failure, Code::bad_archive);
  EXPECT_EQ(read_bytes("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 an .xls, or a workbook with a password").failure,
            Code::unsupported_format);
}

TEST(Xlsx, RefusesXmlThatDeclaresADocumentTypeOrIsNestedTooDeeply) {
  const std::string laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>";
  const std::string foreign = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>";
  for (const std::string name : {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml",
                                 "_rels/.rels", "xl/_rels/workbook.xml.rels"}) {
    for (const auto& [content, code] :
         {std::pair(laughs, Code::doctype_refused), std::pair(foreign, Code::doctype_refused)}) {
      auto parts = parts_of({.rows = header, .strings = "<si/>", .formats = "<cellXfs/>"});
      for (auto& part : parts) {
        if (part.name == name) part.content = content;
      }
      EXPECT_EQ(read_bytes(zip_of(parts)).failure, code) << name;
    }
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<d>";
  EXPECT_EQ(read_rows(deep).failure, Code::too_deep);
  EXPECT_EQ(read_rows("<row>").failure, Code::bad_xml);
}

TEST(Xlsx, RefusesARowBeyondTheLastOfASheet) {
  EXPECT_EQ(read_rows(R"(<row r="1048576"/>)" + row_with("")).failure, Code::row_limit);
  EXPECT_EQ(read_rows(R"(<row r="1048577"/>)").failure, Code::row_limit);
  EXPECT_EQ(read_rows(R"(<row r="5"/><row r="5"/>)").failure, Code::bad_xlsx);
  EXPECT_EQ(read_rows(R"(<row r="0"/>)").failure, Code::bad_xlsx);
  EXPECT_EQ(read_rows(R"(<row r="-1"/>)").failure, Code::bad_xlsx);
}

TEST(Xlsx, RefusesCellsAndRowsThatAreTooLong) {
  const std::string half(600'000, 'x');
  EXPECT_EQ(read_rows(row_with("<c t=\"str\"><v>" + half + half + "</v></c>")).failure, Code::line_too_long);
  EXPECT_EQ(read_rows(row_with("<c t=\"inlineStr\"><is><t>" + half + half + "</t></is></c>")).failure,
            Code::line_too_long);
  const std::string cell = "<c t=\"str\"><v>" + half + "</v></c>";
  EXPECT_EQ(read_rows(row_with(cell + cell)).failure, Code::line_too_long);
  EXPECT_EQ(read_rows(row_with("<c r=\"XFE2\"><v>1</v></c>")).errors.at(0).code, Code::bad_xlsx);
}

TEST(Xlsx, RefusesTooManyColumnsByItsHeader) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 1025; ++i) names.push_back("c" + std::to_string(i));
  EXPECT_EQ(read_bytes(xlsx_of({.rows = inline_rows({names, names})})).failure, Code::too_many_columns);
  EXPECT_EQ(read_bytes(xlsx_of({.rows = ""})).failure, Code::empty_file);
  EXPECT_EQ(read_bytes(xlsx_of({.rows = header})).failure, Code::empty_file);
}

TEST(Xlsx, FindsStringsThatDoNotFitIntoMemory) {
  // 40 MB of text, named out of order.
  constexpr int count = 8'000;
  const auto string_of = [](int which) {
    return std::to_string(which) + ":" + std::string(5'000, static_cast<char>('a' + which % 26));
  };
  MadeWorkbook made{.rows = header};
  for (int i = 0; i < count; ++i) {
    made.strings += "<si><t>" + string_of(i) + "</t></si>";
    made.rows += row_with("<c t=\"s\"><v>" + std::to_string(i * 7919 % count) + "</v></c>");
  }
  std::mt19937 random(1);
  made.others.push_back({"xl/media/picture", "", false});  // so that it is no bomb
  for (int i = 0; i < 600'000; ++i) made.others.back().content.push_back(static_cast<char>(random()));
  const auto bytes = xlsx_of(made);
  const auto read = read_bytes(bytes);
  EXPECT_EQ(read.failure, std::nullopt);
  ASSERT_THAT(read.events, SizeIs(count));
  for (int i = 0; i < count; ++i) {
    const auto* x = attribute_of(read.events[static_cast<std::size_t>(i)], "x");
    ASSERT_TRUE(x != nullptr && *x == '"' + string_of(i * 7919 % count) + '"') << i;
  }
  auto options = in_utc();
  options.scratch = "/nowhere/at/all";
  EXPECT_EQ(read_bytes(bytes, options).failure, Code::storage_failed);
}

/// Cells that both formats can hold, and that neither takes for something else.
std::string any_cell(std::mt19937& random) {
  static const std::vector<std::string> cells = {
      "",        "a",    "ä",    "🙂", "a,b",  "say \"no\"", "two\nlines", " spaces ",
      "1",       "1.5",  "007",  "-3", "12E4", "true",       "<tag/>",     "a&b",
      "_x0041_", "=1+1", "#N/A", "'",  "\t",   "é\xC2\xA0",  ";",          "2020-01-05"};
  return cells[random() % cells.size()];
}

std::string csv_of(const std::vector<std::vector<std::string>>& table) {
  std::string text;
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : row[i]) text += c == '"' ? "\"\"" : std::string(1, c);
      text += '"';
    }
    text += '\n';
  }
  return text;
}

/// `_x0041_` is an escape in a workbook.
std::string as_sheet_text(std::string text) {
  for (auto at = text.find("_x"); at != std::string::npos; at = text.find("_x", at + 7)) text.insert(at, "_x005F");
  return text;
}

TEST(Xlsx, TheSameTableAsACsvGivesTheSameEvents) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::vector<std::string>> table{{"case", "activity", "time", "resource", "x", "y z"}};
    for (auto i = random() % 60; i > 0; --i) {
      const auto time =
          random() % 10 == 0 ? any_cell(random) : "2020-01-0" + std::to_string(1 + random() % 9) + " 10:00";
      table.push_back({any_cell(random), any_cell(random), time, any_cell(random), any_cell(random), any_cell(random)});
    }
    table.push_back({"1", "a", "2020-01-05", "", "", ""});
    auto sheet = table;
    for (auto& row : sheet) {
      for (auto& cell : row) cell = as_sheet_text(cell);
    }
    auto commas = in_utc();
    commas.delimiter = ',';
    const auto expected = read_bytes(csv_of(table), commas);
    const auto read = read_bytes(xlsx_of({.rows = inline_rows(sheet)}));
    ASSERT_EQ(read.failure, expected.failure);
    ASSERT_EQ(read.events, expected.events) << seed;
    ASSERT_EQ(read.error_count, expected.error_count);
    ASSERT_EQ(read.facts.columns, expected.facts.columns);
    ASSERT_EQ(read.facts.rows, expected.facts.rows);
  }
}

}  // namespace
}  // namespace weir::ingest
