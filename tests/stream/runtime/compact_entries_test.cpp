// Events in their compact form are what they were, whoever brought them and whatever their ids are.
#include "stream/runtime/compact_entries.hpp"

#include <random>

#include <gtest/gtest.h>

#include "stream/ingest/identity.hpp"

namespace weir::runtime {
namespace {

using namespace dataflow;

constexpr CaseName of{"p", "c"};

class CompactEntries : public testing::Test {
 protected:
  /// As the engine makes it of the event; its hashes may be those of another version.
  Entry entry(Event event, bool own_hashes = false) {
    event.process = of.process;
    event.case_id = of.case_id;
    if (event.id == "of its content") event.id = ingest::content_id(event);
    if (event.id == "of its row") event.id = ingest::row_id(event, 1);
    if (event.id == "of another row") event.id = ingest::row_id(event, 2);
    Entry entry;
    entry.identity = own_hashes ? Hash128{1, 2} : ingest::identity_hash(event.source, event.id);
    entry.content = own_hashes ? 3 : ingest::content_hash(event).low;
    entry.began = to_micros(event.began());
    entry.ended = to_micros(event.timestamp);
    entry.has_start = event.start.has_value();
    entry.lifecycle = lifecycle_of(event.lifecycle);
    entry.activity = names_.intern(event.activity);
    entry.resource = names_.intern(event.resource);
    entry.source = names_.intern(event.source);
    entry.bringers = {{names_.intern(event.upload), event.sequence}};
    entry.sequence = event.sequence;
    const bool other = entry.lifecycle == Lifecycle::other;
    entry.detail = pack({event.id, event.instance, other ? event.lifecycle : "", event.attributes});
    return entry;
  }
  std::string ordinary(const std::vector<Entry>& entries) {
    std::string bytes;
    format::Encoder out{bytes};
    encode(out, entries);
    return bytes;
  }
  std::string compact(const std::vector<Entry>& entries) {
    std::string bytes;
    format::Encoder out{bytes};
    encode_compact(out, entries, of, names_);
    return bytes;
  }
  static Event random_event(std::mt19937_64& random) {
    static const std::vector<std::string> ids{"",
                                              "e1",
                                              "of its content",
                                              "of its row",
                                              "of another row",
                                              std::string(32, 'f'),
                                              std::string(32, 'F'),
                                              std::string(31, '0')};
    Event event;
    event.activity = std::string(1, static_cast<char>('a' + random() % 3));
    event.timestamp = from_micros(static_cast<std::int64_t>(random() % 1'000'000) - 500'000);
    if (random() % 3 == 0) event.start = event.timestamp - Duration{static_cast<std::int64_t>(random() % 1'000)};
    if (random() % 3 == 0) event.lifecycle = random() % 2 == 0 ? "start" : "suspend";
    if (random() % 2 == 0) event.resource = "r";
    if (random() % 2 == 0) event.instance = "i";
    if (random() % 2 == 0) event.attributes = {{"k", "1"}, {"l", "\"x\""}};
    if (random() % 3 == 0) event.upload = "u";
    event.sequence = random() % 3;
    event.source = random() % 2 == 0 ? "weir:default" : "other";
    event.id = ids[random() % ids.size()];
    return event;
  }

  Names names_;
};

TEST_F(CompactEntries, ReadAsTheyWereWritten) {
  std::mt19937_64 random{1};
  for (int round = 0; round < 500; ++round) {
    std::vector<Entry> entries;
    for (std::uint64_t i = 0; i <= random() % 6; ++i) {
      entries.push_back(entry(random_event(random), random() % 8 == 0));
      if (random() % 4 == 0) entries.back().bringers.push_back({names_.intern("v"), 9});
    }
    const std::string bytes = compact(entries);
    format::Decoder in{bytes};
    const auto read = decode_compact(in, of, names_);
    ASSERT_TRUE(in.ok() && in.at_end());
    ASSERT_EQ(ordinary(read), ordinary(entries)) << "round " << round;
  }
}

TEST_F(CompactEntries, RefuseEveryCutAndNamesThatThereAreNot) {
  Event event;
  event.activity = "a";
  event.id = "e";
  event.source = "s";
  const std::string bytes = compact({entry(event)});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    format::Decoder in{std::string_view{bytes}.substr(0, size)};
    decode_compact(in, of, names_);
    EXPECT_FALSE(in.ok()) << size;
  }
  const Names none;
  format::Decoder in{bytes};
  decode_compact(in, of, none);
  EXPECT_FALSE(in.ok());
}

/// What an event without an id of its own takes: times, names, where its id comes from, its attributes.
TEST_F(CompactEntries, HaveTheseBytesForGood) {
  Event event;
  event.activity = "a";
  event.timestamp = from_micros(1'000);
  event.id = "of its content";
  event.source = "s";
  event.attributes = {{"k", "1"}};
  const std::string bytes = compact({entry(event)});
  const std::string expected{
      "\x01\xd0\x0f\x00\xa1\x01\x00\x02\x07\x00\x00\x01\x01k\x01"
      "1",
      16};
  EXPECT_EQ(testing::PrintToString(bytes), testing::PrintToString(expected));
}

}  // namespace
}  // namespace weir::runtime
