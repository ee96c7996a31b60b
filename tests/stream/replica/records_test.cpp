// The bytes of what travels: other versions read them.
#include "stream/replica/records.hpp"

#include <gtest/gtest.h>

namespace weir::replica {
namespace {

using namespace std::string_literals;

TEST(ViewRecords, KeepTheirBytes) {
  EXPECT_EQ(claim_key("node-1:7000"), "cnode-1:7000");
  EXPECT_EQ(row_key(258, "w\0p"s), "r\0\0\0\0\0\0\1\2w\0p"s);
  EXPECT_EQ(mark_key(258), "e\0\0\0\0\0\0\1\2"s);
  EXPECT_EQ(head_key(258), "h\0\0\0\0\0\0\1\2"s);
  EXPECT_EQ(encode_claim(), "\1");
  EXPECT_EQ(encode(Mark{300, 2, 7}), "\1\xac\2\2\7"s);
  EXPECT_EQ(encode(Head{300, 7, "n:1"}), "\1\xac\2\7\3n:1"s);
}

TEST(ViewRecords, AreReadAsTheyWereWritten) {
  const Mark mark{1, 200, 3};
  const Head head{~std::uint64_t{0}, 3, "10.0.0.1:8080"};
  EXPECT_EQ(decode_mark(encode(mark)).value(), mark);
  EXPECT_EQ(decode_head(encode(head)).value(), head);
  const auto key = row_key(9, "acme\0nx"s);
  EXPECT_EQ(parse_key(key)->kind, RecordKind::row);
  EXPECT_EQ(parse_key(key)->generation, 9u);
  EXPECT_EQ(parse_key(key)->rest, "acme\0nx"s);
  EXPECT_EQ(parse_key(claim_key("a"))->rest, "a");
  EXPECT_EQ(parse_key(head_key(9))->kind, RecordKind::head);
  EXPECT_EQ(parse_key(mark_key(9))->kind, RecordKind::mark);
}

TEST(ViewRecords, RefuseWhatIsNotOfThem) {
  for (const auto& key : {""s, "x"s, "r"s, "r1234567"s, row_key(1, ""), mark_key(1) + "x", head_key(0)}) {
    EXPECT_FALSE(parse_key(key)) << key;
  }
  const std::string mark = encode(Mark{1, 2, 3}), head = encode(Head{1, 2, "n:1"});
  for (std::size_t size = 0; size < mark.size(); ++size) EXPECT_FALSE(decode_mark(mark.substr(0, size)));
  for (std::size_t size = 0; size < head.size(); ++size) EXPECT_FALSE(decode_head(head.substr(0, size)));
  EXPECT_FALSE(decode_mark(mark + "x"));
  EXPECT_EQ(decode_head("\2" + head.substr(1)).error().detail, "views of format 2");
}

}  // namespace
}  // namespace weir::replica
