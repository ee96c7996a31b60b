#include "state/checkpoint/directory_store.hpp"

#include "tests/state/checkpoint/memory_objects.hpp"
#include "tests/state/checkpoint/object_store_contract.hpp"

namespace weir::checkpoint {
namespace {

TEST(DirectoryStore, HoldsTheContract) {
  const tests::TempFolder temp;
  DirectoryStore store(temp.at("made/by/the/first/put"));
  holds_the_contract(store);
}

TEST(MemoryObjects, HoldTheContract) {
  MemoryObjects store;
  holds_the_contract(store);
}

TEST(DirectoryStore, AnUnfinishedPutIsNoObjectAndGoes) {
  const tests::TempFolder temp;
  DirectoryStore store(temp.path());
  ASSERT_TRUE(store.put_once("a/one", "1").value());
  put_text(temp.at("a/two.unfinished-00ff"), "hal");
  EXPECT_EQ(store.list("").value(), (std::vector<std::string>{"a/one"}));
  ASSERT_TRUE(store.drop_leftovers("a/"));
  EXPECT_FALSE(std::filesystem::exists(temp.at("a/two.unfinished-00ff")));
  EXPECT_EQ(get_whole(store, "a/one", 10).value(), "1");
}

}  // namespace
}  // namespace weir::checkpoint
