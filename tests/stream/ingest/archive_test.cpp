// Bad inputs 79 and 86 (reliability.md, "uploads").
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/stream/ingest/reading.hpp"
#include "tests/support/making_xlsx.hpp"

namespace weir::ingest {
namespace {

const std::string small = "case,activity,timestamp\n1,a,2020-01-01\n2,b,2020-01-02\n";

std::string gzip(std::string_view text) {
  z_stream zlib{};
  EXPECT_EQ(deflateInit2(&zlib, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&zlib, text.size()) + 64, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&zlib, Z_FINISH), Z_STREAM_END);
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  return out;
}

TEST(ArchiveInput, ReadsGzipInPiecesOfAnySize) {
  const auto packed = gzip(small);
  for (const std::size_t piece : {1UL, 2UL, 1000UL}) {
    const auto read = read_bytes(packed, in_utc(), piece);
    EXPECT_EQ(read.events.size(), 2U);
    EXPECT_TRUE(read.facts.gzip);
    EXPECT_EQ(read.facts.bytes, packed.size());
  }
}

TEST(ArchiveInput, JoinsConcatenatedMembers) {
  const auto read =
      read_bytes(gzip(small.substr(0, 1)) + gzip(small.substr(1, 30)) + gzip("") + gzip(small.substr(31)));
  EXPECT_EQ(read.failure, std::nullopt);
  EXPECT_EQ(read.events.size(), 2U);
}

TEST(ArchiveInput, RefusesACutWhereverItIs) {
  const auto packed = gzip(small);
  for (std::size_t size = 3; size < packed.size(); ++size) {
    EXPECT_EQ(read_bytes(packed.substr(0, size)).failure, Code::bad_archive) << size;
  }
}

TEST(ArchiveInput, RefusesJunkBehindTheData) {
  EXPECT_EQ(read_bytes(gzip(small) + "junk").failure, Code::bad_archive);
  EXPECT_EQ(read_bytes(gzip(small) + "\x1F"
                                     "junk")
                .failure,
            Code::bad_archive);
}

TEST(ArchiveInput, RefusesDamagedData) {
  auto packed = gzip(small);
  packed[packed.size() - 6] ^= 1;  // the checksum
  EXPECT_EQ(read_bytes(packed).failure, Code::bad_archive);
  packed = gzip(small);
  packed[12] ^= 0x55;
  EXPECT_EQ(read_bytes(packed).failure, Code::bad_archive);
}

TEST(ArchiveInput, StopsABombByItsRatio) {
  // 64 MiB of one row: 1,000:1.
  std::string text = small;
  const std::string row = "1,a,2020-01-01\n";
  for (int i = 0; i < 1000; ++i) text += row;
  std::string bomb = gzip(text);
  text.clear();
  for (int i = 0; i < 200'000; ++i) text += row;
  const auto member = gzip(text);
  ASSERT_GT(text.size() / member.size(), inflation_ratio_max);
  for (int i = 0; i < 20; ++i) bomb += member;
  const auto read = read_bytes(bomb);
  EXPECT_EQ(read.failure, Code::decompression_limit);
  EXPECT_LT(read.events.size(), 20U * 200'000U);
}

TEST(ArchiveInput, AllowsASmallFileThatCompressesWell) {
  std::string text = "case,activity,timestamp\n";
  for (int i = 0; i < 100'000; ++i) text += "1,a,2020-01-01\n";
  const auto packed = gzip(text);
  ASSERT_GT(text.size() / packed.size(), inflation_ratio_max);
  EXPECT_EQ(read_bytes(packed).events.size(), 100'000U);
}

TEST(ArchiveInput, RefusesAnArchiveWithinAGzip) {
  EXPECT_EQ(read_bytes(gzip(gzip(small))).failure, Code::unsupported_format);
  EXPECT_EQ(read_bytes(gzip(xlsx_of({.rows = inline_rows({{"case"}})}))).failure, Code::unsupported_format);
}

TEST(FormatInput, RefusesOtherFormatsByTheirFirstBytes) {
  const std::string formats[] = {"PK\x05\x06 an archive of nothing",
                                 "%PDF-1.7",
                                 "\x89PNG\r\n\x1A\n",
                                 "\xFF\xD8\xFF\xE0 JFIF",
                                 "GIF89a",
                                 "7z\xBC\xAF\x27\x1C",
                                 "Rar!\x1A",
                                 "BZh91AY",
                                 "\x28\xB5\x2F\xFD",
                                 "\x7F"
                                 "ELF",
                                 "PAR1",
                                 "SQLite format 3",
                                 "\xD0\xCF\x11\xE0\xA1",
                                 "{\"case_id\":1}",
                                 "[{\"case_id\":1}]",
                                 "{\n}",
                                 std::string("\0\0\0\1binary", 10)};
  for (const auto& bytes : formats) {
    EXPECT_EQ(read_bytes(bytes).failure, Code::unsupported_format) << bytes;
    EXPECT_EQ(read_bytes(gzip(bytes)).failure, Code::unsupported_format) << bytes;
  }
}

TEST(FormatInput, RefusesAnEmptyFile) {
  for (const std::string bytes : {"", " \r\n\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
    EXPECT_EQ(read_bytes(bytes).failure, Code::empty_file);
    EXPECT_EQ(read_bytes(gzip(bytes)).failure, Code::empty_file);
  }
  EXPECT_EQ(read_bytes("case,activity,timestamp\n").failure, Code::empty_file);
  EXPECT_EQ(read_bytes(std::string(3 << 20, '\n')).failure, Code::empty_file);
}

TEST(FormatInput, ReadsTheSameFileToTheSameEvents) {
  EXPECT_EQ(read_bytes(small).events, read_bytes(small).events);
  EXPECT_EQ(read_bytes(small).events, read_bytes(gzip(small)).events);
}

TEST(FormatInput, ToldByAPathReadsFromDisk) {
  KeptEvents kept;
  FileReader reader(in_utc(), kept);
  EXPECT_EQ(read_file("/nowhere/at/all.csv", reader).error().code, Code::not_found);
}

}  // namespace
}  // namespace weir::ingest
