#include "api/app/temporary_folder.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

std::size_t entries(const std::filesystem::path& folder) {
  const std::filesystem::directory_iterator found(folder);
  return static_cast<std::size_t>(std::distance(begin(found), end(found)));
}

void fill(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "file") << "content";
}

TEST(TemporaryFolder, GoesWithAllThatIsInIt) {
  const tests::TempFolder parent;
  {
    const auto folder = TemporaryFolder::make(parent.path(), "demo");
    ASSERT_TRUE(folder);
    fill(folder->inside());
    EXPECT_EQ(entries(parent.path()), 1u);
  }
  EXPECT_EQ(entries(parent.path()), 0u);
}

TEST(TemporaryFolder, RemovesWhatAKilledProcessLeft) {
  const tests::TempFolder parent;
  fill(parent.path() / "demo-killed" / "data");
  std::ofstream(parent.path() / "demo-killed" / "in-use");
  ASSERT_TRUE(TemporaryFolder::make(parent.path(), "demo"));
  EXPECT_EQ(entries(parent.path()), 0u);
}

TEST(TemporaryFolder, LeavesWhatIsInUseAndWhatIsNotItsOwn) {
  const tests::TempFolder parent;
  const auto used = TemporaryFolder::make(parent.path(), "demo");
  ASSERT_TRUE(used);
  fill(used->inside());
  fill(parent.path() / "demo-without-lock");
  fill(parent.path() / "other-1");
  std::ofstream(parent.path() / "other-1" / "in-use");
  std::filesystem::create_directory_symlink(parent.path() / "other-1", parent.path() / "demo-link");
  ASSERT_TRUE(TemporaryFolder::make(parent.path(), "demo"));
  EXPECT_TRUE(std::filesystem::exists(used->inside() / "file"));
  EXPECT_TRUE(std::filesystem::exists(parent.path() / "demo-without-lock" / "file"));
  EXPECT_TRUE(std::filesystem::exists(parent.path() / "other-1" / "file"));
}

TEST(TemporaryFolder, NeedsAParent) {
  const auto folder = TemporaryFolder::make("/nothing/there", "demo");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, Code::storage_failed);
}

}  // namespace
}  // namespace weir::app
