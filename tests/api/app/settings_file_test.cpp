#include "api/app/settings_file.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace weir::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SettingsFile : public testing::Test {
 protected:
  ~SettingsFile() override { std::filesystem::remove(path_); }
  Result<std::vector<FileSetting>> read(std::string_view yaml) const {
    std::ofstream(path_, std::ios::binary) << yaml;
    return read_settings_file(path_);
  }
  void expect_refused(std::string_view yaml, const std::string& why) const {
    const auto settings = read(yaml);
    ASSERT_FALSE(settings.ok()) << yaml.substr(0, 100);
    EXPECT_EQ(settings.error().code, Code::invalid_document);
    EXPECT_THAT(settings.error().detail, HasSubstr(path_));
    EXPECT_THAT(settings.error().detail, HasSubstr(why));
  }

  const std::string path_ = testing::TempDir() + "weir-file-" + std::to_string(::getpid()) + ".yaml";
};

TEST_F(SettingsFile, ReadsScalarsAndLists) {
  const auto settings = read("# comment\nlisten: 127.0.0.1:80\nmap:\n  - a=b\n  - \"c=d e\"\nshards: 4\n").value();
  ASSERT_EQ(settings.size(), 3u);
  EXPECT_EQ(settings[0].name, "listen");
  EXPECT_THAT(settings[0].values, ElementsAre("127.0.0.1:80"));
  EXPECT_EQ(settings[0].line, 2);
  EXPECT_THAT(settings[1].values, ElementsAre("a=b", "c=d e"));
  EXPECT_THAT(settings[2].values, ElementsAre("4"));
}

TEST_F(SettingsFile, MayBeEmpty) {
  EXPECT_TRUE(read("").value().empty());
  EXPECT_TRUE(read("# nothing yet\n").value().empty());
}

TEST_F(SettingsFile, RefusesANameThatStandsTwice) { expect_refused("a: 1\nb: 2\na: 3\n", ":3: a stands twice"); }

TEST_F(SettingsFile, RefusesAnchorsAliasesAndTags) {
  expect_refused("a: &x 1\nb: *x\n", "anchors");
  expect_refused("a: &x [1]\n", "anchors");
  expect_refused("a: !!binary aGk=\n", "tags");
  expect_refused("a: !own 1\n", "tags");
}

TEST_F(SettingsFile, RefusesABombOfAliasesAtItsFirstLine) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'z'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [*" + before + ",*" + before + ",*" + before + "]\n";
  }
  expect_refused(bomb, ":1: anchors");
}

TEST_F(SettingsFile, RefusesWhatIsNoFlatMap) {
  expect_refused("a:\n  b: 1\n", "not nested");
  expect_refused("a: [[1]]\n", "list");
  expect_refused("a: [{b: 1}]\n", "not nested");
  expect_refused("- a\n", "not a map");
  expect_refused("just text\n", "not a map");
  expect_refused("? [a]\n: 1\n", "list");
  expect_refused("a: 1\n---\nb: 2\n", "more than one document");
}

TEST_F(SettingsFile, RefusesAMissingValue) {
  expect_refused("a:\nb: 1\n", "a has no value");
  expect_refused("a: ~\n", "a has no value");
}

TEST_F(SettingsFile, RefusesBrokenYamlByItsLine) {
  expect_refused("a: 1\nb: [1, 2\n", path_ + ":");
  expect_refused("a: \"x\" y\n", path_ + ":");
  expect_refused(std::string(100'000, '['), path_);
  expect_refused("a: " + std::string(100'000, '{'), path_);
}

TEST_F(SettingsFile, RefusesTooMuch) {
  expect_refused(std::string((1 << 20) + 1, '#'), "larger than 1 MiB");
  std::string many;
  for (int i = 0; i < 1'001; ++i) many += "k" + std::to_string(i) + ": 1\n";
  expect_refused(many, "1,000");
}

TEST_F(SettingsFile, RefusesAFileThatIsNotThereOrIsAFolder) {
  EXPECT_THAT(read_settings_file("/absent.yaml").error().detail, HasSubstr("/absent.yaml: cannot be read"));
  EXPECT_THAT(read_settings_file(testing::TempDir()).error().detail, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace weir::app
