#include "stream/ingest/identity.hpp"

#include <functional>
#include <random>
#include <set>
#include <unordered_map>

#include <gtest/gtest.h>

namespace weir::ingest {
namespace {

Event full_event() {
  Event event;
  event.process = "orders";
  event.case_id = "c";
  event.activity = "a";
  event.timestamp = from_micros(1000);
  event.start = from_micros(500);
  event.instance = "i";
  event.resource = "r";
  event.attributes = {{"k", "1"}, {"l", "\"2\""}};
  return event;
}

TEST(ContentHash, DependsOnEveryFieldOfTheContent) {
  const std::vector<std::function<void(Event&)>> changes = {
      [](Event& e) { e.process = "x"; },
      [](Event& e) { e.case_id = "x"; },
      [](Event& e) { e.activity = "x"; },
      [](Event& e) { e.timestamp += Duration{1}; },
      [](Event& e) { e.start = from_micros(501); },
      [](Event& e) { e.start.reset(); },
      [](Event& e) { e.lifecycle = "start"; },
      [](Event& e) { e.instance = "x"; },
      [](Event& e) { e.resource = "x"; },
      [](Event& e) { e.attributes[0].json = "2"; },
      [](Event& e) { e.attributes[1].name = "m"; },
      [](Event& e) { e.attributes.pop_back(); },
      [](Event& e) { std::swap(e.instance, e.resource); },
      [](Event& e) { e.case_id = "ca", e.activity = ""; },  // the same bytes in a row
      [](Event& e) { e.case_id = "", e.activity = "ca"; },
  };
  std::set<Hash128> hashes = {content_hash(full_event())};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Event event = full_event();
    changes[i](event);
    EXPECT_TRUE(hashes.insert(content_hash(event)).second) << i;
  }
}

TEST(ContentHash, IgnoresIdentityAndBringer) {
  Event event = full_event();
  const Hash128 before = content_hash(event);
  event.id = "id";
  event.source = "/s";
  event.sequence = 9;
  event.upload = "u";
  EXPECT_EQ(content_hash(event), before);
}

TEST(ContentHash, IsTheSameForEver) {
  EXPECT_EQ(to_hex(content_hash(full_event())), "25fc7cb78eac50311e197c307d952247");
  EXPECT_EQ(to_hex(identity_hash("weir:default", "e1")), "7fe0591f3253164719a6da03d62910cf");
}

TEST(IdentityHash, TellsSourceFromId) {
  EXPECT_NE(identity_hash("ab", "c"), identity_hash("a", "bc"));
  EXPECT_NE(identity_hash("", "a"), identity_hash("a", ""));
}

TEST(Identify, FillsOnlyWhatIsMissing) {
  Event event = full_event();
  identify(event);
  EXPECT_EQ(event.source, default_source);
  EXPECT_EQ(event.id, to_hex(content_hash(event)));
  Event named = full_event();
  named.id = "mine";
  named.source = "/me";
  const Event before = named;
  identify(named);
  EXPECT_EQ(named, before);
  Occurrences seen;
  identify_row(named, seen);
  EXPECT_EQ(named, before);
}

/// The ids of a file whose rows are these activities.
std::vector<std::string> ids_of(std::string_view activities, std::string_view attribute) {
  Occurrences seen;
  std::vector<std::string> ids;
  for (const char activity : activities) {
    Event event = full_event();
    event.activity = activity;
    event.attributes = {{"column", std::string(attribute)}};
    identify_row(event, seen);
    ids.push_back(event.id);
  }
  return ids;
}

TEST(IdentifyRow, CountsOverlappingExportsOnce) {
  const std::vector<std::string> earlier = ids_of("abacb", "1");
  const std::vector<std::string> later = ids_of("abacbabd", "2");
  EXPECT_TRUE(std::equal(earlier.begin(), earlier.end(), later.begin()));
  EXPECT_EQ(std::set<std::string>(later.begin(), later.end()).size(), 8U) << "each identical row is one more";
}

TEST(Occurrences, CountsAsAMapDoes) {
  std::mt19937_64 random(7);
  Occurrences seen;
  std::unordered_map<Hash128, std::uint64_t> expected;
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t row = i % 3 == 0 ? random() % 20 : random() % 200'000;
    const Hash128 hash = hash128(std::to_string(row));
    ASSERT_EQ(seen.add(hash), ++expected[hash]) << row;
  }
}

TEST(Occurrences, TakesAtMost16BytesForADistinctRow) {
  Occurrences seen;
  for (std::uint64_t row = 1; row <= 1'000'000; ++row) {
    ASSERT_EQ(seen.add(hash128(std::to_string(row))), 1U);
    if (row % 50'000 == 0) {
      ASSERT_LE(seen.bytes(), row * 16 + 64 * 1024) << row;
    }
  }
}

}  // namespace
}  // namespace weir::ingest
