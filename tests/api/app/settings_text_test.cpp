#include "api/app/settings_text.hpp"

#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string content_of(const std::string& path) {
  std::ifstream file(std::string(WEIR_SOURCE_DIR) + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(SettingsText, TheCommittedEnvExampleIsWhatTheTableSays) { EXPECT_EQ(content_of(".env.example"), env_example()); }

TEST(SettingsText, TheCommittedReferenceIsWhatTheTableSays) {
  EXPECT_EQ(content_of("api/app/settings.md"), settings_reference());
}

TEST(SettingsText, HelpOfACommandShowsEverySettingOfItWithItsDefaultAndNoOther) {
  const auto text = help(Command::serve);
  for (const auto& setting : settings_table()) {
    if (setting.commands.contains(Command::serve)) {
      EXPECT_THAT(text, HasSubstr("  " + setting.flag()));
      EXPECT_THAT(text, HasSubstr(std::string(setting.help)));
    }
  }
  EXPECT_THAT(text, HasSubstr("[127.0.0.1:8080]"));
  EXPECT_THAT(text, Not(HasSubstr("--workspace")));
  EXPECT_THAT(help(Command::discover), HasSubstr("usage: weir discover FILE [SETTINGS]"));
  EXPECT_THAT(help(Command::user), HasSubstr("usage: weir user add|password|link|remove|list [NAME] [SETTINGS]"));
  EXPECT_THAT(help(Command::token), HasSubstr("--role admin|analyst|viewer|producer"));
}

TEST(SettingsText, HelpListsOnlyCommandsThatExist) {
  const auto text = help();
  for (const auto* command : {"serve", "demo", "discover", "ingest", "token", "export", "user", "backup", "restore",
                              "checkpoint", "doctor"}) {
    EXPECT_THAT(text, HasSubstr(command));
  }
  EXPECT_THAT(text, Not(HasSubstr("repartition")));
}

TEST(SettingsText, NearestForgivesSlipsAndNothingMore) {
  const std::vector<std::string> known{"listen", "shards", "threads", "log"};
  EXPECT_EQ(nearest("lisetn", known), "listen");
  EXPECT_EQ(nearest("thread", known), "threads");
  EXPECT_EQ(nearest("shrads", known), "shards");
  EXPECT_EQ(nearest("shards", known), "shards");
  EXPECT_FALSE(nearest("certificate", known));
  EXPECT_FALSE(nearest(std::string(1'000'000, 'x'), known));
}

TEST(SettingsTable, HasOneRowPerCommandAndName) {
  std::set<std::pair<Command, std::string_view>> seen;
  for (const auto& setting : settings_table()) {
    for (const auto command : all_commands()) {
      if (setting.commands.contains(command)) {
        EXPECT_TRUE(seen.emplace(command, setting.name).second) << setting.name;
      }
    }
  }
}

TEST(SettingsTable, HasDefaultsThatAreValid) {
  for (const auto& setting : settings_table()) {
    Settings settings;
    if (setting.fallback.empty()) continue;
    EXPECT_FALSE(store_value(setting, setting.fallback, settings)) << setting.name;
  }
}

}  // namespace
}  // namespace weir::app
