// The class of every file of a public XES test set: the folder's name is what it should be.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/stream/ingest/reading.hpp"

namespace weir::ingest {
namespace {

/// Files that are refused although their folder says readable, or the reverse, and why.
const std::map<std::string, std::string> deviations = {
    {"date_no_t_z_d.xes", "a date without offset is read in the declared zone: whole public logs are written so"},
};

/// What an event must have to be an event here; the set's own events mostly have no time, some no trace.
bool is_about_an_event(const RowError& error) { return error.code == Code::missing_value; }

TEST(XesPromi, EveryFileIsOfTheClassOfItsFolder) {
  const auto files = read_tar_gz(data_folder() + "conformance/xes_promi.tar.gz");
  if (files.empty()) GTEST_SKIP() << "no public data here";
  std::map<std::string, int> seen;
  for (const auto& [name, text] : files) {
    if (name.size() < 4 || name.substr(name.size() - 4) != ".xes") continue;
    const auto slash = name.rfind('/');
    const auto folder = name.substr(name.rfind('/', slash - 1) + 1, slash - name.rfind('/', slash - 1) - 1);
    const bool readable = (folder != "non_parsing") != (deviations.count(name.substr(slash + 1)) != 0);
    const auto read = read_bytes(text);
    EXPECT_EQ(!read.failure, readable) << name << (read.errors.empty() ? "" : ": " + read.errors.back().detail);
    if (read.failure) {
      EXPECT_TRUE(read.failure == Code::bad_xes || read.failure == Code::bad_xml) << name;
    }
    if (folder == "correct") {
      EXPECT_TRUE(std::all_of(read.errors.begin(), read.errors.end(), is_about_an_event)) << name;
    }
    if (folder == "book") {
      EXPECT_FALSE(read.events.empty()) << name;
      EXPECT_TRUE(read.errors.empty()) << name;
    }
    ++seen[folder];
  }
  const std::map<std::string, int> expected = {{"book", 12},           {"correct", 18},     {"non_parsing", 22},
                                               {"non_validating", 16}, {"recoverable", 15}, {"test", 1}};
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace weir::ingest
