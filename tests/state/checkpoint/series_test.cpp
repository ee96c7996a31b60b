#include "state/checkpoint/publisher.hpp"
#include "state/store/durable_file.hpp"
#include "tests/state/checkpoint/hooked_objects.hpp"
#include "tests/state/checkpoint/memory_objects.hpp"
#include "tests/state/checkpoint/object_store_contract.hpp"

namespace weir::checkpoint {
namespace {

const std::string series = "node";

using Content = std::map<std::string, std::string>;

/// A folder that is checkpointed, as a store's is: files that stay, that go, that are new, and that change.
Content content_at(int step) {
  Content content{{"shards/0/CURRENT", "manifest " + std::to_string(step)}, {"format", "weir"}};
  for (int i = step; i < step + 3; ++i) {
    content["shards/0/" + std::to_string(i) + ".sst"] = std::string(1000, static_cast<char>('a' + i));
  }
  content["shards/1/9.sst"] = "the same in all";
  return content;
}

void write_content(const std::filesystem::path& folder, const Content& content) {
  std::filesystem::remove_all(folder);
  for (const auto& [path, bytes] : content) {
    std::filesystem::create_directories((folder / path).parent_path());
    put_text(folder / path, bytes);
  }
}

Content read_content(const std::filesystem::path& folder) {
  Content content;
  for (const auto& one : std::filesystem::recursive_directory_iterator(folder)) {
    if (!one.is_regular_file()) continue;
    content[one.path().lexically_relative(folder).string()] = store::read_file(one.path()).value().value();
  }
  return content;
}

Description described(int step) {
  return {from_micros(step * 1'000'000), "0.1", {{"state", 1}}, {{"w", 0, static_cast<std::uint64_t>(step), "f"}}};
}

class Series : public testing::Test {
 protected:
  Result<Publisher::Published> publish(Publisher& publisher, int step) {
    write_content(folder_, content_at(step));
    return publisher.publish(folder_, described(step));
  }
  std::size_t files() { return objects_.list(series + "/files/").value().size(); }

  /// Every checkpoint that counts is whole and holds what its position says; returns their positions.
  std::vector<std::uint64_t> read_all() {
    std::vector<std::uint64_t> positions;
    const Catalogue catalogue = read_catalogue(objects_, series).value();
    for (const Number& number : catalogue.numbers) {
      const auto manifest = read_manifest(objects_, series, number);
      EXPECT_TRUE(manifest) << manifest.error().detail;
      if (!manifest) continue;
      const auto verified = verify(objects_, series, *manifest);
      EXPECT_TRUE(verified) << verified.error().detail;
      if (!verified) continue;
      positions.push_back(manifest->standings.at(0).next_offset);
      Content content;
      for (const StoredFile& file : manifest->files) content[file.path] = objects_.content[file_name(series, file)];
      EXPECT_EQ(content, content_at(static_cast<int>(positions.back())));
    }
    return positions;
  }

  const tests::TempFolder temp_;
  const std::filesystem::path folder_ = temp_.path() / "copy";
  MemoryObjects objects_;
};

TEST_F(Series, PutsEachContentOnce) {
  auto publisher = Publisher::claim(objects_, series).value();
  const auto first = publish(publisher, 0).value();
  EXPECT_EQ(first.files_put, 6u);
  const auto second = publish(publisher, 1).value();
  EXPECT_EQ(second.files_put, 2u);  // one new table, and CURRENT
  EXPECT_EQ(files(), 8u);
  EXPECT_EQ(read_all(), (std::vector<std::uint64_t>{0, 1}));
  auto next_owner = Publisher::claim(objects_, series).value();
  EXPECT_EQ(next_owner.epoch(), publisher.epoch() + 1);
  EXPECT_EQ(publish(next_owner, 2).value().files_put, 2u);
  EXPECT_EQ(read_all(), (std::vector<std::uint64_t>{0, 1, 2}));
}

TEST_F(Series, RestoresAPartOfIt) {
  auto publisher = Publisher::claim(objects_, series).value();
  const auto manifest = publish(publisher, 3).value().manifest;
  ASSERT_TRUE(restore(objects_, series, manifest, "shards/1/", temp_.path() / "part"));
  EXPECT_EQ(read_content(temp_.path() / "part"), (Content{{"9.sst", "the same in all"}}));
  EXPECT_EQ(restore(objects_, series, manifest, "", temp_.path() / "part").error().code, Code::name_taken);
}

TEST_F(Series, KeepsTheNewestAndNothingThatNoneNames) {
  auto publisher = Publisher::claim(objects_, series).value();
  for (int step = 0; step < 5; ++step) ASSERT_TRUE(publish(publisher, step));
  ASSERT_TRUE(publisher.prune(2, Time{}));
  EXPECT_EQ(read_all(), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(files(), 8u);
  // What was taken before an erasure goes, but never the only one.
  ASSERT_TRUE(publisher.prune(2, from_micros(100'000'000)));
  EXPECT_EQ(read_all(), (std::vector<std::uint64_t>{4}));
  EXPECT_EQ(publish(publisher, 1).value().files_put, 4u);  // its tables were removed, and CURRENT is new
  EXPECT_EQ(read_all(), (std::vector<std::uint64_t>{4, 1}));
}

TEST_F(Series, NoticesEveryFlippedByteAndEveryMissingObject) {
  auto publisher = Publisher::claim(objects_, series).value();
  const auto manifest = publish(publisher, 0).value().manifest;
  ASSERT_TRUE(verify(objects_, series, manifest));
  for (const StoredFile& file : manifest.files) {
    std::string& object = objects_.content[file_name(series, file)];
    const std::string whole = object;
    std::string flipped = whole;
    flipped[flipped.size() / 2] ^= 1;
    for (const std::string& damaged : {flipped, whole.substr(1), whole + "x"}) {
      object = damaged;
      EXPECT_EQ(verify(objects_, series, manifest).error().code, Code::checkpoint_damaged);
      const auto restored = restore(objects_, series, manifest, "", temp_.path() / "damaged");
      ASSERT_FALSE(restored);
      EXPECT_NE(restored.error().detail.find(file.path), std::string::npos);
      EXPECT_FALSE(std::filesystem::exists(temp_.path() / "damaged"));
    }
    objects_.content.erase(file_name(series, file));
    EXPECT_EQ(verify(objects_, series, manifest).error().code, Code::checkpoint_damaged);
    objects_.content[file_name(series, file)] = whole;
  }
  std::string& listed = objects_.content[manifest_name(series, manifest.number)];
  const std::string whole = listed;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    listed = whole;
    listed[i] ^= 1;
    EXPECT_FALSE(read_manifest(objects_, series, manifest.number)) << i;
  }
}

TEST_F(Series, ACrashAtEveryCallLeavesTheLastWholeCheckpoint) {
  for (const bool done_before_the_crash : {false, true}) {
    for (int crash_at = 1;; ++crash_at) {
      objects_.content.clear();
      auto former = Publisher::claim(objects_, series).value();
      ASSERT_TRUE(publish(former, 0));
      HookedObjects hooked(objects_);
      const HookedObjects::Hook dies = [&](int call) { return call < crash_at; };
      (done_before_the_crash ? hooked.after : hooked.before) = dies;
      bool finished = false;
      if (auto owner = Publisher::claim(hooked, series); owner && publish(*owner, 1)) {
        finished = owner->prune(1, Time{}).ok();
      }
      const auto positions = read_all();
      ASSERT_FALSE(positions.empty()) << "call " << crash_at;
      EXPECT_TRUE(positions.back() == 0 || positions.back() == 1);
      auto after = Publisher::claim(objects_, series).value();
      ASSERT_TRUE(publish(after, 2));
      ASSERT_TRUE(after.prune(1, Time{}));
      EXPECT_EQ(read_all(), (std::vector<std::uint64_t>{2}));
      EXPECT_EQ(files(), 6u) << "call " << crash_at;
      if (finished) break;
      ASSERT_LT(crash_at, 100);
    }
  }
}

TEST_F(Series, AFormerOwnerHarmsNothingWhereverItIsOvertaken) {
  for (int overtaken_at = 1;; ++overtaken_at) {
    objects_.content.clear();
    HookedObjects hooked(objects_);
    auto former = Publisher::claim(hooked, series).value();
    ASSERT_TRUE(publish(former, 0));
    ASSERT_TRUE(publish(former, 1));
    write_content(temp_.path() / "former", content_at(4));
    std::optional<Publisher> next;
    const int begun = hooked.calls();
    hooked.before = [&](int call) {
      if (call == begun + overtaken_at) {
        next = Publisher::claim(objects_, series).value();
        EXPECT_TRUE(publish(*next, 5));
        EXPECT_TRUE(publish(*next, 2));
        EXPECT_TRUE(next->prune(2, Time{}));
      }
      return true;
    };
    const auto published = former.publish(temp_.path() / "former", described(4));
    if (begun + overtaken_at < hooked.calls()) {  // its last call reads the claim that it has seen
      EXPECT_FALSE(published) << "call " << overtaken_at;
    }
    const auto pruned = former.prune(1, Time{});
    if (!next) {
      EXPECT_TRUE(published && pruned);
      break;
    }
    if (!published) {
      EXPECT_EQ(published.error().code, Code::stale_owner);
    }
    EXPECT_EQ(read_all(), (std::vector<std::uint64_t>{5, 2})) << "call " << overtaken_at;
    ASSERT_TRUE(publish(*next, 3));
    ASSERT_TRUE(next->prune(2, Time{}));
    EXPECT_EQ(read_all(), (std::vector<std::uint64_t>{2, 3})) << "call " << overtaken_at;
  }
}

TEST_F(Series, WhoTakesOverMissesNothingWhereverTheOtherPublishes) {
  for (int publishes_at = 1; publishes_at < 6; ++publishes_at) {
    objects_.content.clear();
    auto former = Publisher::claim(objects_, series).value();
    ASSERT_TRUE(publish(former, 0));
    HookedObjects hooked(objects_);
    hooked.before = [&](int call) {
      if (call == publishes_at && publish(former, 1)) {
        EXPECT_TRUE(former.prune(1, Time{}));
      }
      return true;
    };
    auto next = Publisher::claim(hooked, series);
    ASSERT_TRUE(next);
    const auto positions = read_all();
    ASSERT_EQ(positions.size(), 1u) << "call " << publishes_at;
    ASSERT_TRUE(publish(*next, 2));
    EXPECT_EQ(read_all().back(), 2u);
    EXPECT_FALSE(publish(former, 3));
    EXPECT_EQ(read_all().back(), 2u);
  }
}

TEST_F(Series, WhatCouldNotBePutIsPutByTheNext) {
  for (int fails_at = 1;; ++fails_at) {
    objects_.content.clear();
    HookedObjects hooked(objects_);
    auto owner = Publisher::claim(hooked, series).value();
    const int begun = hooked.calls();
    hooked.before = [&](int call) { return call != begun + fails_at; };
    const bool whole = publish(owner, 0).ok();
    hooked.before = [](int) { return true; };
    ASSERT_TRUE(publish(owner, 0)) << "call " << fails_at;
    EXPECT_EQ(read_all().back(), 0u) << "call " << fails_at;
    if (whole) break;
    ASSERT_LT(fails_at, 100);
  }
}

TEST_F(Series, ARestoreThatIsCutOffBeginsAgain) {
  auto publisher = Publisher::claim(objects_, series).value();
  const auto manifest = publish(publisher, 0).value().manifest;
  const std::filesystem::path into = temp_.path() / "into";
  for (int cut_at = 1;; ++cut_at) {
    HookedObjects hooked(objects_);
    hooked.before = [&](int call) { return call != cut_at; };
    if (restore(hooked, series, manifest, "", into)) break;
    EXPECT_FALSE(std::filesystem::exists(into));
    ASSERT_LT(cut_at, 100);
  }
  EXPECT_EQ(read_content(into), content_at(0));
}

TEST_F(Series, IsGivenUpWhenAsked) {
  int asked = 0;
  auto publisher = Publisher::claim(objects_, series, [&] { return ++asked < 4; }).value();
  EXPECT_EQ(publish(publisher, 0).error().code, Code::overloaded);
  EXPECT_TRUE(read_all().empty());
}

TEST(Manifest, IsReadAsItWasWritten) {
  Manifest manifest;
  static_cast<Description&>(manifest) = described(7);
  manifest.number = {3, 17};
  manifest.files.push_back({"shards/0/1.sst", 2, 1000, crypto::sha256("x")});
  EXPECT_EQ(decode_manifest(encode(manifest)).value(), manifest);
  EXPECT_EQ(parse_number(to_text(manifest.number)).value(), manifest.number);
  for (const char* wrong : {"", "3", "3-", "-1", "3-1x", "a-b"}) EXPECT_FALSE(parse_number(wrong));
  for (const char* path : {"", "/etc/passwd", "a//b", "../x", "a/..", "."}) {
    manifest.files[0].path = path;
    EXPECT_EQ(decode_manifest(encode(manifest)).error().code, Code::checkpoint_damaged) << path;
  }
}

TEST(Manifest, OfALaterVersionIsRefusedByName) {
  Manifest manifest;
  static_cast<Description&>(manifest) = described(7);
  EXPECT_TRUE(check_formats(manifest, {{"state", 1}, {"log", 1}}));
  EXPECT_TRUE(check_formats(manifest, {{"state", 2}}));
  manifest.formats["state"] = 2;
  manifest.release = "9.9";
  const auto refused = check_formats(manifest, {{"state", 1}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::state_format);
  EXPECT_NE(refused.error().detail.find("Weir 9.9"), std::string::npos);
  std::string later = encode(manifest);
  later[0] = 2;
  EXPECT_EQ(decode_manifest(later).error().code, Code::state_format);
}

}  // namespace
}  // namespace weir::checkpoint
