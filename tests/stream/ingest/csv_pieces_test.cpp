// A CSV read in pieces by several threads: the same events, errors, facts and failure as read in one go by one,
// wherever the pieces are cut and however the text misleads about where rows begin.
#include "stream/ingest/csv_pieces.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tests/stream/ingest/reading.hpp"

namespace weir::ingest {
namespace {

struct Told {
  std::vector<Event> events;
  std::vector<std::uint64_t> lines;  // of the events
  std::vector<RowError> errors;
  std::uint64_t error_count = 0;
  std::uint64_t rows = 0;
  std::uint64_t events_told = 0;
  bool zoneless = false;
  std::optional<Code> failure;
  std::uint64_t failure_line = 0;
  std::uint32_t failure_column = 0;
  friend bool operator==(const Told&, const Told&) = default;
};

class KeptPiece final : public PieceSink {
 public:
  void event(const EventView& view) override {
    events.push_back(view.to_event());
    lines.push_back(view.line);
  }
  void end() override { ended = events.size(); }
  std::vector<Event> events;
  std::vector<std::uint64_t> lines;
  std::size_t ended = 0;
};

class KeptPieces final : public PiecewiseSink {
 public:
  void event(const EventView& view) override {
    told.events.push_back(view.to_event());
    told.lines.push_back(view.line);
  }
  std::unique_ptr<PieceSink> piece() override { return std::make_unique<KeptPiece>(); }
  void take(std::unique_ptr<PieceSink> taken, std::uint64_t rows, std::uint64_t lines) override {
    auto& piece = static_cast<KeptPiece&>(*taken);
    EXPECT_EQ(piece.ended, piece.events.size()) << "end() comes last";
    for (std::size_t i = 0; i < piece.events.size(); ++i) {
      piece.events[i].sequence += rows;
      told.events.push_back(std::move(piece.events[i]));
      told.lines.push_back(piece.lines[i] + lines);
    }
  }
  Told told;
};

Told outcome(CsvPass& pass, FileContext& context, Told& told, std::string_view text,
             const std::vector<std::size_t>& cuts) {
  Result<void> done;
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    if (done.ok()) done = pass.push(text.substr(from, cut - from));
    from = cut;
  }
  if (done.ok()) done = pass.push(text.substr(from));
  if (done.ok()) done = pass.finish();
  if (!done) {
    told.failure = done.error().code;
    told.failure_line = pass.place().line;
    told.failure_column = pass.place().column;
  }
  told.errors = context.errors.kept();
  told.error_count = context.errors.total();
  told.rows = context.facts.rows;
  told.events_told = context.facts.events;
  told.zoneless = context.facts.zoneless;
  return std::move(told);
}

Told in_one_go(const CsvPlan& plan, std::string_view text) {
  KeptPieces kept;
  FileContext context{in_utc(), kept, {}, {}};
  CsvReading reading(plan, {}, plan.table.skipped_rows, context);
  return outcome(reading, context, kept.told, text, {});
}

Told in_pieces(const CsvPlan& plan, std::string_view text, const std::vector<std::size_t>& cuts, unsigned threads) {
  KeptPieces kept;
  FileContext context{in_utc(), kept, {}, {}};
  CsvPieces pieces(plan, {}, context, kept, threads);
  return outcome(pieces, context, kept.told, text, cuts);
}

/// Nothing where the text is so spoilt that there is nothing to read.
std::optional<CsvPlan> plan_if_any(std::string_view text) {
  auto plan = plan_csv(text, true, ',', {});
  return plan.ok() && !(*plan)->table.unmapped ? std::move(*plan) : std::nullopt;
}

CsvPlan plan_of(std::string_view text) {
  auto plan = plan_if_any(text);
  EXPECT_TRUE(plan);
  return std::move(*plan);
}

constexpr std::string_view header = "case_id,activity,timestamp,note";

/// Rows as files have them, and all that can go wrong with them.
std::string some_csv(std::mt19937& random, std::size_t rows) {
  const auto one_of = [&random](std::initializer_list<std::string_view> texts) {
    return std::string{*(texts.begin() + random() % texts.size())};
  };
  std::string text{header};
  const std::string end = one_of({"\n", "\n", "\r\n", "\r"});
  text += end;
  // Dates that can be misread are read by the first that cannot; before it, or against it, the file ends.
  const bool numbered = random() % 3 == 0;
  for (std::size_t i = 0; i < rows; ++i) {
    std::string time = one_of({"2020-01-05T10:11:12Z", "2020-01-05 10:11:12.5", "2020-01-05T10:00:00Z"});
    if (numbered && i == random() % 4) time = "13/04/2020 10:00";
    if (numbered && i > 3) time = one_of({"03/04/2020 10:00", "04/04/2020 10:00", "14/04/2020 11:00", time});
    if (numbered && random() % 100 == 0) time = "04/15/2020 10:00";
    text +=
        "c" + std::to_string(random() % 5) + "," + one_of({"a", "b", "\"a,b\"", "\"x\"\"y\"", "'"}) + "," + time + ",";
    text += one_of({"", "plain", "37'8\"", "\"quoted\"", "\"two\nlines\"", "\"a\"\"\n\"\"b\"", "\"\r\n\n\"", "caf\xE9",
                    "\"\n,,\n\"", "x"});
    if (random() % 40 == 0) text += one_of({",more", "\"", "\"x\"y", "\n", "\nalone", std::string_view{"\0", 1}});
    text += random() % 30 == 0 ? one_of({"\n", "\r\n", "\r", "\n\n"}) : end;
  }
  if (random() % 3 == 0)
    text.resize(text.size() - random() % std::min<std::size_t>(text.size() - header.size() - 8, 9));
  if (random() % 50 == 0) text += "c,\"never closed\n";
  return text;
}

TEST(CsvPieces, TellWhatOneReaderTellsCutAnywhere) {
  std::mt19937 random{1};
  for (int round = 0; round < 40; ++round) {
    const std::string text = some_csv(random, 1 + random() % 8);
    const auto plan = plan_if_any(text);
    if (!plan) continue;
    const Told expected = in_one_go(*plan, text);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      ASSERT_EQ(in_pieces(*plan, text, {cut}, 1), expected) << cut << " of " << text;
    }
  }
}

TEST(CsvPieces, TellWhatOneReaderTellsInManyPieces) {
  std::mt19937 random{2};
  std::size_t failed = 0, with_errors = 0;
  for (int round = 0; round < 600; ++round) {
    const std::string text = some_csv(random, 1 + random() % 60);
    const auto plan = plan_if_any(text);
    if (!plan) continue;
    const Told expected = in_one_go(*plan, text);
    failed += expected.failure ? 1 : 0;
    with_errors += expected.error_count > 0 ? 1 : 0;
    const std::size_t longest = 1 + random() % 200;
    std::vector<std::size_t> cuts;
    for (std::size_t at = random() % longest; at < text.size(); at += 1 + random() % longest) cuts.push_back(at);
    ASSERT_EQ(in_pieces(*plan, text, cuts, 1 + round % 3U), expected) << text;
  }
  EXPECT_GT(failed, 20U);
  EXPECT_GT(with_errors, 100U);
}

TEST(CsvPieces, CountErrorsBeyondThoseKept) {
  std::string text = std::string{header} + "\n";
  for (int i = 0; i < 3'000; ++i) text += i % 3 == 0 ? "c,a,2020-01-05T10:11:12Z,\n" : "ragged\n";
  const CsvPlan plan = plan_of(text);
  const Told expected = in_one_go(plan, text);
  EXPECT_EQ(expected.error_count, 2'000U);
  std::vector<std::size_t> cuts;
  for (std::size_t at = 700; at < text.size(); at += 700) cuts.push_back(at);
  EXPECT_EQ(in_pieces(plan, text, cuts, 3), expected);
}

TEST(CsvPieces, RefuseALongLineAlikeHoweverItComes) {
  for (const std::string_view row :
       {"c,a,2020-01-05T10:11:12Z,", "c,a,2020-01-05T10:11:12Z,\"", "c,a,2020-01-05T10:11:12Z,\"\n"}) {
    std::string text = std::string{header} + "\n" + std::string{row};
    text.append(line_bytes_max, 'x');
    text += "\"\nc,a,2020-01-05T10:11:12Z,\n";
    const CsvPlan plan = plan_of(std::string{header} + "\nc,a,2020-01-05T10:11:12Z,\n");
    const Told expected = in_one_go(plan, text);
    EXPECT_TRUE(expected.failure);
    for (const std::size_t piece : {100'000UL, 262'144UL, 1'048'570UL, 1'048'600UL}) {
      std::vector<std::size_t> cuts;
      for (std::size_t at = piece; at < text.size(); at += piece) cuts.push_back(at);
      EXPECT_EQ(in_pieces(plan, text, cuts, 2), expected) << piece;
    }
  }
}

/// Through the door that callers use: head, BOM, pieces as they come from a file.
TEST(CsvPieces, MakeAFileReaderNoDifferent) {
  std::mt19937 random{5};
  std::string text = "\xEF\xBB\xBF" + std::string{header} + "\n";
  while (text.size() < 3'000'000) {
    text += "case " + std::to_string(random() % 1000) + ",a,2020-01-05T10:11:12Z,";
    text += random() % 3 == 0 ? "\"two\nlines, \"\"each\"\"\nlike\nmany\"\n" : random() % 9 == 0 ? "x,y\n" : "x\n";
  }
  const Reading expected = read_bytes(text);
  KeptPieces kept;
  FileReader reader(in_utc(), kept, 3);
  PieceBytes file(text, 200'000);
  ASSERT_TRUE(reader.read(file).ok());
  EXPECT_EQ(kept.told.events, expected.events);
  EXPECT_EQ(reader.errors().kept(), expected.errors);
  EXPECT_EQ(reader.errors().total(), expected.error_count);
  EXPECT_EQ(reader.facts().rows, expected.facts.rows);
  EXPECT_EQ(reader.facts().events, expected.facts.events);
}

}  // namespace
}  // namespace weir::ingest
