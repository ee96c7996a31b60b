#include "state/store/marker_file.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace weir::store {
namespace {

TEST(MarkerFile, HoldsWhatWasWrittenLastForWhoOpensItNext) {
  const tests::TempFolder folder;
  {
    const auto marker = *MarkerFile::open(folder.at("mark"));
    EXPECT_EQ(marker->read(), "");
    marker->write(std::string(MarkerFile::bytes_max, 'x'));
    marker->write(std::string("short\0", 6));
  }
  const auto again = *MarkerFile::open(folder.at("mark"));
  EXPECT_EQ(again->read(), std::string("short\0", 6));
  again->write("");
  EXPECT_EQ(again->read(), "");
}

TEST(MarkerFile, TakesACutFileForEmpty) {
  const tests::TempFolder folder;
  {
    const auto marker = *MarkerFile::open(folder.at("mark"));
    marker->write("whole");
  }
  std::filesystem::resize_file(folder.at("mark"), 3);
  EXPECT_EQ((*MarkerFile::open(folder.at("mark")))->read(), "");
  EXPECT_FALSE(MarkerFile::open(folder.at("nowhere/mark")));
}

}  // namespace
}  // namespace weir::store
