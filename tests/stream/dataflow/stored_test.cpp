// The bytes of what a shard stores of its views and traces: fixed for good, read as written, refused when damaged.
#include "stream/dataflow/stored.hpp"

#include <random>

#include <gtest/gtest.h>

namespace weir::dataflow {
namespace {

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char c : bytes) text.append({digits[c >> 4], digits[c & 15]});
  return text;
}

Cell cell_of_few() {
  Cell cell;
  cell.counts = {3, 1, 0, 0, 0, 0};
  cell.duration(0).add(5, 2);
  cell.duration(0).add(9, 1);
  cell.range(0).add(7, 1);
  cell.note = "note";
  return cell;
}

TEST(StoredCell, OfFewDurationsHasTheseBytesForGood) {
  EXPECT_EQ(to_hex(encode_cell(cell_of_few())), "010602000000000100020a04120201010e0200010d0200046e6f7465");
}

TEST(StoredCell, OfManyDurationsHasTheseBytesForGood) {
  Cell cell;
  cell.counts = {1, 0, 0, 0, 0, 0};
  for (std::int64_t value = 0; value < 9; ++value) cell.duration(0).add(value, 1);
  EXPECT_EQ(
      to_hex(encode_cell(cell)),
      "0102000000000001011224000000000000000000000000000000cc000000000000000000000000000000000900020102010201020102"
      "010201020102010209000202020402060208020a020c020e02100200090f020d020b02090207020502030201020002000000");
}

Cell random_cell(std::mt19937_64& random) {
  Cell cell;
  cell.counts[0] = 1 + static_cast<std::int64_t>(random() % 1'000);
  const auto durations = random() % 4, ranges = random() % 3;
  for (std::size_t i = 0; i < durations; ++i) {
    for (std::uint64_t n = random() % 60; n > 0; --n) {
      cell.duration(i).add(static_cast<std::int64_t>(random() >> (8 + random() % 50)), 1 + static_cast<int>(n % 3));
    }
  }
  for (std::size_t i = 0; i < ranges; ++i) {
    for (std::uint64_t n = random() % 60; n > 0; --n) {
      cell.range(i).add(static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000, 1);
    }
  }
  cell.note = std::string(random() % 20, static_cast<char>(random()));
  return cell;
}

TEST(StoredCell, ReadsAsItWasWritten) {
  std::mt19937_64 random{5};
  for (int round = 0; round < 500; ++round) {
    const Cell cell = random_cell(random);
    const std::string bytes = encode_cell(cell);
    const auto read = decode_cell(bytes);
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(encode_cell(*read), bytes);
    ASSERT_EQ(read->counts, cell.counts);
    ASSERT_EQ(read->note, cell.note);
    for (std::size_t i = 0; i < cell.durations.size(); ++i) {
      ASSERT_EQ(read->durations[i].squares(), cell.durations[i].squares());
      ASSERT_EQ(read->durations[i].quantile(900), cell.durations[i].quantile(900));
    }
    for (std::size_t i = 0; i < cell.ranges.size(); ++i) ASSERT_EQ(read->ranges[i], cell.ranges[i]);
  }
}

TEST(StoredCell, RefusesEveryCutAndWhatFollowsIt) {
  const std::string bytes = encode_cell(cell_of_few());
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_cell(bytes.substr(0, size)).ok()) << size;
  EXPECT_FALSE(decode_cell(bytes + '\0').ok());
}

TEST(StoredCell, RefusesAnotherVersion) {
  std::string bytes = encode_cell(cell_of_few());
  bytes[0] = 2;
  EXPECT_EQ(decode_cell(bytes).error().code, Code::state_format);
}

/// A cell whose one set of durations is what `write` writes.
template <class Write>
std::string cell_with(Write write) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(1);
  for (std::size_t i = 0; i < Cell::counts_max; ++i) out.signed_number(1);
  out.number(1);
  write(out);
  out.number(0);
  out.text("");
  return bytes;
}

std::string cell_with_few(std::int64_t value, std::int64_t count) {
  return cell_with([&](format::Encoder& out) {
    out.byte(0);
    out.number(1);
    out.signed_number(value);
    out.signed_number(count);
  });
}

TEST(StoredCell, RefusesDurationsThatCannotBe) {
  EXPECT_TRUE(decode_cell(cell_with_few(5, 1)).ok());
  EXPECT_FALSE(decode_cell(cell_with_few(-5, 1)).ok());
  EXPECT_FALSE(decode_cell(cell_with_few(5, 0)).ok());
  EXPECT_FALSE(decode_cell(cell_with_few(5, std::int64_t{1} << 62)).ok());
}

TEST(StoredCell, RefusesABucketBeyondTheLast) {
  const auto with_bucket = [](std::uint64_t index, std::uint64_t ahead = 0) {
    return cell_with([&](format::Encoder& out) {
      out.byte(1);
      out.signed_number(1);
      out.wide(0);
      out.wide(0);
      out.signed_number(0);
      out.number(ahead + 1);
      for (std::uint64_t i = 0; i <= ahead; ++i) {  // by how much each lies behind the one before
        out.number(i < ahead ? std::min<std::uint64_t>(i, 1) : index - (ahead > 0 ? ahead - 1 : 0));
        out.signed_number(1);
      }
      for (int end = 0; end < 2; ++end) {
        out.number(0);
        out.signed_number(0);
      }
    });
  };
  EXPECT_TRUE(decode_cell(with_bucket(Sketch::indexes - 1)).ok());
  EXPECT_FALSE(decode_cell(with_bucket(Sketch::indexes)).ok());
  EXPECT_TRUE(decode_cell(with_bucket(Sketch::indexes - 1, 100)).ok());
  EXPECT_FALSE(decode_cell(with_bucket(Sketch::indexes, 100)).ok());
}

TEST(StoredCell, HasABucketForEveryDuration) {
  EXPECT_EQ(Sketch::index_of(std::numeric_limits<std::int64_t>::max()), Sketch::indexes - 1);
}

std::vector<Entry> random_entries(std::mt19937_64& random) {
  std::vector<Entry> entries(random() % 20);
  for (Entry& entry : entries) {
    entry.began = static_cast<std::int64_t>(random() % 4'000'000'000'000'000) - 2'000'000'000'000'000;
    entry.ended = entry.began + static_cast<std::int64_t>(random() % 1'000'000'000'000);
    entry.sequence = random();
    entry.activity = static_cast<NameId>(random());
    entry.resource = static_cast<NameId>(random() % 3);
    entry.source = static_cast<NameId>(random() % 300);
    entry.lifecycle = static_cast<Lifecycle>(random() % 3);
    entry.has_start = random() % 2 == 0;
    entry.identity = {random(), random()};
    entry.content = random();
    entry.bringers = {{no_name, entry.sequence}, {7, ~std::uint64_t{0}}};
    entry.detail = pack({"id", "", "", {{"name", "\"value\""}}});
  }
  return entries;
}

TEST(StoredEntries, ReadAsTheyWereWritten) {
  std::mt19937_64 random{6};
  for (int round = 0; round < 300; ++round) {
    const auto entries = random_entries(random);
    std::string bytes;
    format::Encoder out{bytes};
    encode(out, entries);
    format::Decoder in{bytes};
    const auto read = decode_entries(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    ASSERT_EQ(read.size(), entries.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      ASSERT_EQ(std::tie(read[i].began, read[i].ended, read[i].sequence, read[i].activity, read[i].resource,
                         read[i].source, read[i].lifecycle, read[i].has_start, read[i].identity, read[i].content,
                         read[i].bringers, read[i].detail),
                std::tie(entries[i].began, entries[i].ended, entries[i].sequence, entries[i].activity,
                         entries[i].resource, entries[i].source, entries[i].lifecycle, entries[i].has_start,
                         entries[i].identity, entries[i].content, entries[i].bringers, entries[i].detail));
    }
  }
}

TEST(StoredEntries, RefuseATimeBeyondTheYears) {
  std::string bytes;
  format::Encoder out{bytes};
  Entry entry;
  entry.began = entry.ended = std::int64_t{1} << 60;
  encode(out, {entry});
  format::Decoder in{bytes};
  decode_entries(in);
  EXPECT_FALSE(in.ok());
}

TEST(WideSum, TakesBackWhatItAdded) {
  std::mt19937_64 random{8};
  for (int round = 0; round < 1'000; ++round) {
    const auto value = static_cast<unsigned __int128>(random() >> 1) * (random() >> 1);
    const auto times = 1 + static_cast<std::int64_t>(random() % 50);
    WideSum at_once, one_by_one;
    at_once.add(value, times);
    for (std::int64_t i = 0; i < times; ++i) one_by_one.add(value, 1);
    ASSERT_EQ(at_once, one_by_one);
    at_once.add(value, -times);
    ASSERT_EQ(at_once, WideSum{});
  }
}

}  // namespace
}  // namespace weir::dataflow
