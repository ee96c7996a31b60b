#include "stream/ingest/csv_rows.hpp"

#include <random>

#include <gtest/gtest.h>

#include "schemas/codec/json_reader.hpp"
#include "tests/stream/ingest/reading.hpp"

namespace weir::ingest {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class KeptRows : public TableRowSink {
 public:
  bool row(const TableRow& row) override {
    rows.emplace_back(row.cells.begin(), row.cells.end());
    places.push_back({row.line, row.fault.cell});
    return true;
  }
  Rows rows;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> places;
};

struct Outcome {
  KeptRows kept;
  std::optional<Code> failure;
  std::uint64_t line = 0;
};

Outcome rows_of(std::string_view text, std::size_t piece) {
  Outcome outcome;
  CsvRows rows({}, outcome.kept);
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const auto part = text.substr(at, piece);
    const auto pushed = rows.push(part);
    if (!pushed.ok()) outcome.failure = pushed.error().code;
  }
  const auto ended = rows.finish();
  if (!ended.ok()) outcome.failure = ended.error().code;
  outcome.line = rows.line();
  return outcome;
}

/// RFC 4180 a character at a time: what the fast reader must agree with.
Rows plain_rows(const std::string& text) {
  Rows rows;
  std::vector<std::string> row;
  std::string cell;
  bool any = false;
  const auto end_row = [&] {
    if (any) {
      row.push_back(cell);
      rows.push_back(row);
    }
    row.clear();
    cell.clear();
    any = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || text[i] == '\r') {
      end_row();
    } else if (text[i] == ',') {
      any = true;
      row.push_back(cell);
      cell.clear();
    } else if (text[i] == '"' && cell.empty()) {
      any = true;
      for (++i; text[i] != '"' || text[i + 1] == '"'; ++i) {
        if (text[i] == '"') ++i;
        cell.push_back(text[i]);
      }
    } else {
      any = true;
      cell.push_back(text[i]);
    }
  }
  end_row();
  return rows;
}

std::string random_csv(std::mt19937& random) {
  const auto below = [&random](std::size_t n) { return random() % n; };
  const char* plain[] = {"", "a", "b\"c",
                         "some longer text that crosses a block of sixty-four bytes in one cell, nearly"};
  const char* quoted[] = {"\"\"", "\"a,b\"", "\"x\"\"y\"", "\"\"\"\"", "\"line\nend\r\nin it\"", "\"\r\""};
  std::string text;
  for (auto rows = below(8) + 1; rows > 0; --rows) {
    for (auto cells = below(6) + 1; cells > 0; --cells) {
      text += below(2) == 0 ? quoted[below(6)] : std::string(plain[below(3)]);
      if (cells > 1) text += ",";
    }
    const char* ends[] = {"\n", "\r\n", "\r"};
    text += ends[below(3)];
  }
  return text;
}

TEST(CsvRows, AgreesWithAPlainReaderOnRandomFilesInPiecesOfAnySize) {
  std::mt19937 random(20260101);
  for (int round = 0; round < 2000; ++round) {
    const auto text = random_csv(random);
    const auto expected = plain_rows(text);
    const auto whole = rows_of(text, text.size());
    ASSERT_EQ(whole.kept.rows, expected) << text;
    for (const std::size_t piece : {1UL, 2UL, 5UL, 64UL}) {
      const auto read = rows_of(text, piece);
      ASSERT_EQ(read.kept.rows, expected) << text;
      ASSERT_EQ(read.kept.places, whole.kept.places) << text;
    }
  }
}

TEST(CsvRows, EndsTheLastRowWithoutALineEnd) {
  EXPECT_EQ(rows_of("a,b\n1,\"2\"", 1).kept.rows, (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("a,", 1).kept.rows, (Rows{{"a", ""}}));
  EXPECT_EQ(rows_of("", 1).kept.rows, Rows{});
  EXPECT_EQ(rows_of("\n\n\r\n\r", 1).kept.rows, Rows{});
  EXPECT_EQ(rows_of("\"\"\n", 1).kept.rows, (Rows{{""}})) << "an empty cell in quotes is a row";
}

TEST(CsvRows, TellsALoneCarriageReturnFromHalfALineEnd) {
  const auto read = rows_of("a\r\nb\r\r\nc\n\rd", 1);
  EXPECT_EQ(read.kept.rows, (Rows{{"a"}, {"b"}, {"c"}, {"d"}}));
  const std::vector<std::pair<std::uint64_t, std::uint32_t>> places = {{1, 0}, {2, 0}, {4, 0}, {6, 0}};
  EXPECT_EQ(read.kept.places, places);
}

TEST(CsvRows, SaysWhereAQuoteWasLeftOpen) {
  for (const std::size_t piece : {1UL, 100UL}) {
    const auto read = rows_of("a\n\"b\nc\n", piece);
    EXPECT_EQ(read.failure, Code::bad_csv);
    EXPECT_EQ(read.line, 2U);
  }
}

/// The answer that lies beside a file of the set.
std::string answer_to(const std::string& stem, const std::map<std::string, std::string>& files) {
  for (const auto& [name, content] : files) {
    if (name.rfind("/" + stem + ".json") != std::string::npos) return content;
  }
  return "";
}

/// The set's line ends were made LF when it was archived, in some of its answers they were not.
std::string without_cr(std::string text) {
  std::erase(text, '\r');
  return text;
}

/// One answer gives its number another way than its file; the other cells of that file are compared.
bool is_known_difference(std::string_view stem, std::string_view column) {
  return stem == "location_coordinates" && column == "Contact Phone Number";
}

void expect_row(const std::string& stem, const std::vector<std::string>& header, const std::vector<std::string>& row,
                const JsonValue& object) {
  ASSERT_EQ(row.size(), header.size()) << stem;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto value = object.find(header[i]);
    ASSERT_TRUE(value.has_value()) << stem;
    std::string scratch;
    if (is_known_difference(stem, header[i])) continue;
    EXPECT_EQ(without_cr(row[i]), without_cr(std::string(value->text(scratch)))) << stem;
  }
}

TEST(CsvRows, ReadsTheCsvSpectrum) {
  const auto files = read_tar_gz(data_folder() + "conformance/csv-spectrum.tar.gz");
  if (files.empty()) GTEST_SKIP() << "no public data here";
  int compared = 0;
  for (const auto& [name, text] : files) {
    if (name.size() < 4 || name.substr(name.size() - 4) != ".csv") continue;
    const auto stem = name.substr(name.rfind('/') + 1, name.size() - name.rfind('/') - 5);
    JsonParser parser;
    const auto expected = parser.parse(answer_to(stem, files));
    ASSERT_TRUE(expected.ok()) << stem;
    const auto rows = rows_of(text, 3).kept.rows;
    std::vector<JsonValue> objects;
    if (expected->is(JsonKind::object)) objects.push_back(*expected);
    for (auto items = expected->items(); expected->is(JsonKind::array) && !items.done();)
      objects.push_back(items.take());
    ASSERT_EQ(rows.size(), objects.size() + 1) << stem;
    for (std::size_t i = 0; i < objects.size(); ++i) expect_row(stem, rows[0], rows[i + 1], objects[i]);
    ++compared;
  }
  EXPECT_EQ(compared, 12);
}

}  // namespace
}  // namespace weir::ingest
