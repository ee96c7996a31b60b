#include "state/store/durable_file.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_folder.hpp"

namespace weir::store {
namespace {

TEST(DurableFile, HoldsWhatWasPutThereLast) {
  const tests::TempFolder temp;
  EXPECT_FALSE(read_file(temp.at("f")).value());
  for (const std::string& bytes : {std::string("one"), std::string(100'000, '\0'), std::string()}) {
    ASSERT_TRUE(replace_file(temp.at("f"), bytes));
    EXPECT_EQ(read_file(temp.at("f")).value(), bytes);
  }
}

TEST(DurableFile, IsItsOwnersAlone) {
  const tests::TempFolder temp;
  ASSERT_TRUE(replace_file(temp.at("f"), "secret"));
  struct stat status{};
  ASSERT_EQ(::stat(temp.at("f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(DurableFile, AHalfWrittenDraftIsNotTheFile) {
  const tests::TempFolder temp;
  ASSERT_TRUE(replace_file(temp.at("f"), "whole"));
  std::ofstream(temp.at("f.next")) << "ha";
  EXPECT_EQ(read_file(temp.at("f")).value(), "whole");
  ASSERT_TRUE(replace_file(temp.at("f"), "new"));
  EXPECT_EQ(read_file(temp.at("f")).value(), "new");
}

TEST(DurableFile, AFolderThatIsNotThereIsAnError) {
  const tests::TempFolder temp;
  const auto replaced = replace_file(temp.at("none/f"), "x");
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().code, Code::storage_failed);
}

TEST(DurableFile, IsPlacedOnce) {
  const tests::TempFolder temp;
  for (const std::string bytes : {"first", "second"}) {
    auto file = NewFile::begin(temp.at("f"), temp.at("f.draft")).value();
    ASSERT_TRUE(file.write(bytes));
    EXPECT_EQ(file.place_once().value(), bytes == "first");
  }
  EXPECT_EQ(read_file(temp.at("f")).value(), "first");
  EXPECT_FALSE(std::filesystem::exists(temp.at("f.draft")));
}

TEST(DurableFile, ThatIsGivenUpLeavesNothing) {
  const tests::TempFolder temp;
  ASSERT_TRUE(NewFile::begin(temp.at("f"), temp.at("f.draft")).value().write("x"));
  EXPECT_TRUE(std::filesystem::is_empty(temp.path()));
}

TEST(DurableFile, FoldersAreMadeWithThoseAbove) {
  const tests::TempFolder temp;
  ASSERT_TRUE(make_folders(temp.at("a/b/c")));
  ASSERT_TRUE(make_folders(temp.at("a/b/c")));
  EXPECT_TRUE(std::filesystem::is_directory(temp.at("a/b/c")));
  ASSERT_TRUE(replace_file(temp.at("f"), "x"));
  EXPECT_FALSE(make_folders(temp.at("f/c")));
}

}  // namespace
}  // namespace weir::store
