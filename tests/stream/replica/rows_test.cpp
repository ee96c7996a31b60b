// Which rows travel, and that nothing else can be read of a shard that is elsewhere.
#include "stream/replica/rows.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/format/keys.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/replica/published_store.hpp"
#include "stream/replica/shown_snapshot.hpp"
#include "stream/runtime/state_stamp.hpp"
#include "stream/runtime/task_records.hpp"

namespace weir::replica {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Keys of all kinds, of two workspaces of which one's name begins with the other's.
std::vector<std::string> all_keys() {
  std::vector<std::string> keys{runtime::state_stamp_key()};
  for (const char* workspace : {"w", "w-2"}) {
    const format::Scope scope{workspace};
    keys.insert(keys.end(),
                {scope.progress(), scope.timer(5, "p", "c"), scope.dead_letter(3), scope.sweep("p", 3),
                 scope.upload("u"), scope.process("p"), scope.process("pp"), scope.record("p", "c"),
                 scope.piece("p", "c", 1), scope.identities("p", "c", 1), scope.name("p", 1), scope.name("p", 2),
                 scope.cell("p", 1, 2, 3), scope.cell("pp", 9, 2, 3), scope.erasure("p", {1, 2})});
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::unique_ptr<memory::MemoryStore> full_store() {
  auto store = std::make_unique<memory::MemoryStore>();
  store::Batch batch;
  for (const std::string& key : all_keys()) batch.put(key, "of " + key);
  EXPECT_TRUE(store->write(batch, store::Durability::buffered));
  return store;
}

TEST(ViewRows, AreNamesCellsRecordsAndHowFarTheShardIs) {
  const format::Scope scope{"w"};
  EXPECT_EQ(row_of(scope.name("p", 1))->kind, RowKind::name);
  EXPECT_EQ(row_of(scope.cell("p", 1, 2, 3))->kind, RowKind::cell);
  EXPECT_EQ(row_of(scope.process("p"))->kind, RowKind::process);
  EXPECT_EQ(row_of(scope.sweep("p", 1))->kind, RowKind::sweep);
  EXPECT_EQ(row_of(scope.progress())->kind, RowKind::progress);
  const std::string cell = scope.cell("p", 1, 2, 3);
  EXPECT_EQ(row_of(cell)->workspace, "w");
  EXPECT_EQ(row_of(cell)->process, "p");
  const std::string process = scope.process("p");
  EXPECT_EQ(row_of(process)->process, "p");
  for (const auto& key : {scope.record("p", "c"), scope.piece("p", "c", 1), scope.identities("p", "c", 1),
                          scope.timer(1, "p", "c"), scope.dead_letter(1), scope.upload("u"), scope.erasure("p", {1, 2}),
                          runtime::state_stamp_key(), std::string{"w"}, std::string{}}) {
    EXPECT_FALSE(row_of(key)) << key;
  }
}

TEST(ViewRows, AreFoundFromAnywhereOn) {
  const auto store = full_store();
  std::vector<std::string> starts = all_keys();
  starts.insert(starts.end(), {"", "w", "w-1", "x", std::string{"w\0z", 3}});
  for (const std::string& from : starts) {
    std::vector<std::string> expected;
    for (const std::string& key : all_keys()) {
      if (key >= from && row_of(key)) expected.push_back(key);
    }
    std::vector<std::string> found;
    ASSERT_TRUE(each_row(*store, from, [&](std::string_view key, std::string_view value) {
      EXPECT_EQ(value, "of " + std::string{key});
      found.emplace_back(key);
      return true;
    }));
    EXPECT_EQ(found, expected) << from;
    std::size_t seen = 0;
    ASSERT_TRUE(each_row(*store, from, [&](auto, auto) { return ++seen < 2; }));
    EXPECT_EQ(seen, std::min<std::size_t>(expected.size(), 2));
  }
  EXPECT_THAT(workspaces_of(*store).value(), ElementsAre("w", "w-2"));
  EXPECT_THAT(processes_of(*store, "w").value(), ElementsAre("p", "pp"));
}

TEST(ViewRows, TellHowFarTheViewsAreWhileASweepIsUnderWay) {
  memory::MemoryStore store;
  const format::Scope scope{"w"};
  runtime::Progress progress;
  progress.next_offset = 9;
  store::Batch batch;
  batch.put(scope.progress(), encode(progress));
  ASSERT_TRUE(store.write(batch, store::Durability::buffered));
  EXPECT_EQ(settled_offset(store, "w").value(), 9u);
  batch.put(scope.sweep("p", 6), encode(runtime::Sweep{"p", 6, "", "", false}));
  batch.put(scope.sweep("p", 4), encode(runtime::Sweep{"p", 4, "", "", false}));
  ASSERT_TRUE(store.write(batch, store::Durability::buffered));
  EXPECT_EQ(settled_offset(store, "w").value(), 4u);
  EXPECT_EQ(settled_offset(store, "another").value(), 0u);
}

TEST(ShownSnapshot, IsTheShardsOwnButForWhatStaysWithItsOwner) {
  const auto own = full_store();
  memory::MemoryStore mirror;
  store::Batch batch;
  batch.put("prefiw\xff", "a neighbour");
  batch.put("prefiy", "a neighbour");
  for (const std::string& key : all_keys()) {
    if (row_of(key)) batch.put("prefix" + key, "of " + key);
  }
  ASSERT_TRUE(mirror.write(batch, store::Durability::buffered));
  const ShownSnapshot shown{mirror.snapshot(), "prefix"};
  for (const std::string& key : all_keys()) {
    const auto value = shown.get(key);
    const auto values = shown.multi_get({key});
    if (row_of(key)) {
      EXPECT_EQ(value.value(), own->get(key).value());
      EXPECT_EQ(values.value().front(), *value);
    } else {
      EXPECT_EQ(value.error().code, Code::shard_elsewhere);
      EXPECT_EQ(values.error().code, Code::shard_elsewhere);
    }
  }
  const auto keys_of = [](const store::Reader& reader, const std::string& from, const std::string& to, bool back) {
    std::vector<std::string> keys;
    const auto visit = [&](std::string_view key, std::string_view) {
      keys.emplace_back(key);
      return true;
    };
    const auto scanned = back ? reader.scan_backwards(from, to, visit) : reader.scan(from, to, visit);
    if (!scanned) keys = {std::string{name_of(scanned.error().code)}};
    return keys;
  };
  const format::Scope scope{"w"};
  for (const std::string& prefix :
       {scope.cells("p"), scope.names("p"), scope.processes(), scope.sweeps(), scope.cells("none")}) {
    for (const bool back : {false, true}) {
      const std::string to = store::end_of_prefix(prefix);
      EXPECT_EQ(keys_of(shown, prefix, to, back), keys_of(*own, prefix, to, back));
    }
  }
  for (const std::string& prefix : {scope.records("p"), scope.dead_letters(), scope.timers(), scope.erasures(),
                                    scope.everything(), std::string{}}) {
    for (const bool back : {false, true}) {
      EXPECT_THAT(keys_of(shown, prefix, store::end_of_prefix(prefix), back), ElementsAre("shard_elsewhere"));
    }
  }
  EXPECT_THAT(keys_of(shown, scope.names("p"), scope.timers(), false), ElementsAre("shard_elsewhere"));
  EXPECT_THAT(keys_of(shown, scope.names("p"), "", false), ElementsAre("shard_elsewhere"));
}

TEST(PublishedStore, RemembersTheRowsThatChanged) {
  int told = 0;
  PublishedStore published{std::make_shared<memory::MemoryStore>(), [&] { ++told; }, 1'000};
  const format::Scope scope{"w"};
  const auto write = [&](const std::string& key, std::optional<std::string> value) {
    store::Batch batch;
    value ? batch.put(key, *value) : batch.erase(key);
    ASSERT_TRUE(published.write(batch, store::Durability::buffered));
  };
  EXPECT_TRUE(published.take().first.all);
  EXPECT_FALSE(published.take().first.all);
  write(scope.name("p", 2), "b");
  write(scope.name("p", 1), "a");
  write(scope.name("p", 1), std::nullopt);
  write(scope.record("p", "c"), "a case");
  EXPECT_EQ(told, 1);  // and not again before it is taken
  const auto [changed, snapshot] = published.take();
  EXPECT_THAT(changed.keys, ElementsAre(scope.name("p", 1), scope.name("p", 2)));
  EXPECT_FALSE(changed.all);
  write(scope.name("p", 2), "later");
  EXPECT_EQ(told, 2);
  EXPECT_EQ(**snapshot->get(scope.name("p", 2)), "b");
  for (std::uint32_t i = 0; i < 100; ++i) write(scope.name("p", i), "many");
  const auto many = published.take().first;
  EXPECT_TRUE(many.all);
  EXPECT_THAT(many.keys, IsEmpty());
  EXPECT_THAT(published.take().first.keys, IsEmpty());
}

}  // namespace
}  // namespace weir::replica
