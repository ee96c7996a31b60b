#include "api/app/settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Arguments = std::vector<std::string>;

class SettingsOf : public testing::Test {
 protected:
  ~SettingsOf() override { std::filesystem::remove(path_); }

  static Settings accepted(const Arguments& arguments, const Environment& environment = {}) {
    auto parsed = parse_settings(arguments, environment);
    EXPECT_TRUE(parsed.settings.has_value()) << parsed.text;
    return parsed.settings.value_or(Settings{});
  }
  // The text on stderr of what is refused with exit code 2.
  static std::string refused(const Arguments& arguments, const Environment& environment = {}) {
    const auto parsed = parse_settings(arguments, environment);
    EXPECT_FALSE(parsed.settings.has_value()) << testing::PrintToString(arguments);
    EXPECT_EQ(parsed.exit_code, 2);
    return parsed.text;
  }
  std::string file(std::string_view yaml) const {
    std::ofstream(path_) << yaml;
    return path_;
  }

  const std::string path_ = testing::TempDir() + "weir-settings-" + std::to_string(::getpid()) + ".yaml";
};

TEST_F(SettingsOf, ServeHaveDefaults) {
  const auto settings = accepted({"serve"});
  EXPECT_EQ(settings.command, Command::serve);
  EXPECT_EQ(settings.listen_address, "127.0.0.1");
  EXPECT_EQ(settings.listen_port, 8080);
  EXPECT_EQ(settings.shards, 16u);
  EXPECT_EQ(settings.log, "embedded");
  EXPECT_EQ(settings.quota_events_per_second, 0u);
  EXPECT_EQ(settings.body_bytes_max, 16u << 20);
  EXPECT_EQ(settings.log_level, "info");
  EXPECT_FALSE(settings.insecure);
}

TEST_F(SettingsOf, PrivateNetworksAreAList) {
  EXPECT_TRUE(accepted({"serve"}).private_networks.empty());
  EXPECT_EQ(accepted({"serve", "--private-networks", "10.0.0.0/8,fd00::/8"}).private_networks.size(), 2u);
  for (const char* wrong : {"10.0.0.1/8", "10.0.0.0/8,", ",10.0.0.0/8", "intranet", "10.0.0.0/33"}) {
    EXPECT_THAT(refused({"serve", "--private-networks", wrong}), HasSubstr("NETWORK")) << wrong;
  }
}

TEST_F(SettingsOf, KafkaIsNamedByItsBrokers) {
  const auto settings = accepted({"serve", "--log", "kafka://a:9092,[::1]:9093"},
                                 {{"WEIR_KAFKA", "security.protocol=ssl;ssl.ca.location=/a=b"}});
  EXPECT_TRUE(is_on_kafka(settings));
  EXPECT_THAT(settings.kafka, ElementsAre("security.protocol=ssl", "ssl.ca.location=/a=b"));
  for (const char* wrong :
       {"kafka", "kafka://", "kafka://a", "kafka://a:0", "kafka://a:1,", "kafka://a:1/x", "other"}) {
    EXPECT_THAT(refused({"serve", "--log", wrong}), HasSubstr("kafka://HOST:PORT[,HOST:PORT]")) << wrong;
  }
  EXPECT_THAT(refused({"serve", "--kafka-prefix", "a_b"}), HasSubstr("a-z, 0-9 and -"));
}

TEST_F(SettingsOf, AFlagGoesBeforeAVariableBeforeTheFileBeforeTheDefault) {
  const auto config = file("shards: 2\nthreads: 2\ndata: from-file\n");
  const auto settings =
      accepted({"serve", "--config", config, "--shards", "4"}, {{"WEIR_SHARDS", "3"}, {"WEIR_THREADS", "3"}});
  EXPECT_EQ(settings.shards, 4u);
  EXPECT_EQ(settings.threads, 3u);
  EXPECT_EQ(settings.data, "from-file");
  EXPECT_EQ(settings.drain_seconds, 20u);
}

TEST_F(SettingsOf, TheFileMayBeNamedByAVariable) {
  EXPECT_EQ(accepted({"serve"}, {{"WEIR_CONFIG", file("shards: 5\n")}}).shards, 5u);
}

TEST_F(SettingsOf, AnEmptyVariableIsNotSet) {
  EXPECT_EQ(accepted({"serve"}, {{"WEIR_SHARDS", ""}, {"WEIR_TLS_CERT", ""}}).shards, 16u);
}

TEST_F(SettingsOf, AnUnknownNameIsRefusedWithTheNearestOne) {
  EXPECT_THAT(refused({"serve", "--shard", "4"}), HasSubstr("--shard is unknown; did you mean --shards?"));
  EXPECT_THAT(refused({"serve", "--lisetn=:1"}), HasSubstr("--lisetn is unknown; did you mean --listen?"));
  EXPECT_THAT(refused({"serve", "--qqqqqqqqqq"}), Not(HasSubstr("did you mean")));
  EXPECT_THAT(refused({"serve"}, {{"WEIR_SHARD", "4"}}), HasSubstr("WEIR_SHARD is unknown; did you mean WEIR_SHARDS?"));
  EXPECT_THAT(refused({"serve", "--config", file("# x\nthread: 4\n")}),
              HasSubstr(path_ + ":2: thread is unknown; did you mean threads?"));
  EXPECT_THAT(refused({"sreve"}), HasSubstr("\"sreve\" is no command; did you mean serve?"));
}

TEST_F(SettingsOf, AFlagOfAnotherCommandIsUnknownButItsVariableAndKeyAreShared) {
  EXPECT_THAT(refused({"discover", "log.csv", "--shards", "4"}), HasSubstr("--shards is unknown"));
  const auto settings = accepted({"discover", "log.csv", "--config", file("shards: 4\n")}, {{"WEIR_TOKEN", "x"}});
  EXPECT_EQ(settings.file, "log.csv");
}

TEST_F(SettingsOf, EveryFaultIsNamedAtOnce) {
  const auto text =
      refused({"serve", "--shards", "0", "--nonsense", "--log-level", "loud"}, {{"WEIR_THREADS", "many"}});
  EXPECT_THAT(text, HasSubstr("--shards: \"0\" is not a whole number from 1 to 1024"));
  EXPECT_THAT(text, HasSubstr("--nonsense is unknown"));
  EXPECT_THAT(text, HasSubstr("--log-level: \"loud\" is not one of debug|info|warning|error"));
  EXPECT_THAT(text, HasSubstr("WEIR_THREADS: \"many\" is not a whole number"));
  EXPECT_THAT(text, HasSubstr("See weir serve --help."));
}

TEST_F(SettingsOf, NumbersOutOfFormAreRefused) {
  for (const auto* value : {"-1", "1.5", "0x10", "1e3", " 4", "4 ", "99999999999999999999", "4k"}) {
    EXPECT_THAT(refused({"serve", std::string("--shards=") + value}), HasSubstr("--shards")) << value;
  }
  for (const auto* value : {"", "MiB", "1.5MiB", "1mib", "18446744073709551615GiB"}) {
    EXPECT_THAT(refused({"serve", std::string("--body-bytes-max=") + value}), HasSubstr("--body-bytes-max")) << value;
  }
  EXPECT_EQ(accepted({"serve", "--body-bytes-max=2MiB"}).body_bytes_max, 2u << 20);
  EXPECT_EQ(accepted({"serve", "--body-bytes-max=4096"}).body_bytes_max, 4096u);
}

TEST_F(SettingsOf, ASwitchIsAFlagAloneAndTrueOrFalseElsewhere) {
  EXPECT_TRUE(accepted({"serve", "--insecure"}).insecure);
  EXPECT_TRUE(accepted({"serve"}, {{"WEIR_INSECURE", "true"}}).insecure);
  EXPECT_FALSE(accepted({"serve", "--config", file("insecure: false\n")}).insecure);
  EXPECT_THAT(refused({"serve"}, {{"WEIR_INSECURE", "yes"}}), HasSubstr("is not true or false"));
}

TEST_F(SettingsOf, AFlagGivenTwiceIsRefusedUnlessItIsAList) {
  EXPECT_THAT(refused({"serve", "--shards", "2", "--shards", "3"}), HasSubstr("--shards is given twice"));
  const Arguments twice{"discover", "log.csv", "--map", "case_id=Case ID", "--map", "activity=Act=1"};
  EXPECT_THAT(accepted(twice).map, ElementsAre("case_id=Case ID", "activity=Act=1"));
  EXPECT_THAT(accepted({"discover", "log.csv"}, {{"WEIR_MAP", "case_id=a;activity=b"}}).map,
              ElementsAre("case_id=a", "activity=b"));
  EXPECT_THAT(accepted({"discover", "log.csv", "--config", file("map: [case_id=a, 'activity=b c']\n")}).map,
              ElementsAre("case_id=a", "activity=b c"));
  EXPECT_THAT(refused({"discover", "log.csv", "--map", "case_id"}),
              HasSubstr("--map: \"case_id\" is not FIELD=COLUMN"));
}

TEST_F(SettingsOf, AFlagWithoutItsValueIsRefused) {
  EXPECT_THAT(refused({"serve", "--shards"}), HasSubstr("--shards has no value"));
  EXPECT_THAT(refused({"serve", "--data="}), HasSubstr("--data has no value"));
  EXPECT_THAT(refused({"serve", "--config", file("data:\n")}), HasSubstr("data has no value"));
}

TEST_F(SettingsOf, AWordTooManyIsRefused) {
  EXPECT_THAT(refused({"serve", "now"}), HasSubstr("\"now\" is one argument too many"));
  EXPECT_THAT(refused({"discover", "a.csv", "b.csv"}), HasSubstr("\"b.csv\" is one argument too many"));
}

TEST_F(SettingsOf, ListenTakesAddressesAndALocalName) {
  EXPECT_EQ(accepted({"serve", "--listen", "localhost:0"}).listen_address, "127.0.0.1");
  EXPECT_EQ(accepted({"serve", "--listen", "[::1]:9"}).listen_address, "::1");
  for (const auto* value : {"8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[127.0.0.1]:1",
                            "example.org:80", "127.0.0.1:+1", "[]:1"}) {
    EXPECT_THAT(refused({"serve", "--listen", value}), HasSubstr("is not HOST:PORT")) << value;
  }
}

TEST_F(SettingsOf, AnAddressThatOthersReachNeedsTlsOrConsent) {
  EXPECT_THAT(refused({"serve", "--listen", "0.0.0.0:80"}), HasSubstr("--insecure"));
  EXPECT_THAT(refused({"serve", "--listen", "[::]:80"}), HasSubstr("--insecure"));
  EXPECT_THAT(refused({"serve", "--listen", "[::ffff:10.0.0.1]:80"}), HasSubstr("--insecure"));
  EXPECT_EQ(accepted({"serve", "--listen", "0.0.0.0:80", "--insecure"}).listen_address, "0.0.0.0");
  EXPECT_EQ(accepted({"serve", "--listen", "0.0.0.0:80", "--tls-cert", "c", "--tls-key", "k"}).tls_key, "k");
  EXPECT_EQ(accepted({"serve", "--listen", "127.8.0.1:80"}).listen_address, "127.8.0.1");
  EXPECT_THAT(refused({"serve", "--tls-cert", "c"}), HasSubstr("--tls-cert and --tls-key"));
}

TEST_F(SettingsOf, TokenNeedsWorkspaceAndRole) {
  const auto text = refused({"token"});
  EXPECT_THAT(text, HasSubstr("--workspace is required"));
  EXPECT_THAT(text, HasSubstr("--role is required"));
  const auto settings = accepted({"token", "--workspace", "acme", "--role", "viewer", "--expires", "90d"});
  EXPECT_EQ(settings.expires_seconds, 90u * 86'400);
  EXPECT_EQ(accepted({"token", "--workspace", "acme", "--role", "viewer"}).expires_seconds, 0u);
  EXPECT_THAT(refused({"token", "--workspace", "Acme", "--role", "viewer"}), HasSubstr("--workspace: \"Acme\""));
  EXPECT_THAT(refused({"token", "--workspace", "acme", "--role", "root"}), HasSubstr("--role: \"root\""));
  for (const auto* expires : {"0d", "90", "d", "-1d", "90w", "36501d"}) {
    EXPECT_THAT(refused({"token", "--workspace", "a", "--role", "viewer", "--expires", expires}),
                HasSubstr("--expires"));
  }
}

TEST_F(SettingsOf, UserNeedsAnActionAndMostlyAName) {
  EXPECT_THAT(refused({"user"}), HasSubstr("add|password|link|remove|list is required"));
  EXPECT_THAT(refused({"user", "dance", "ann"}), HasSubstr("\"dance\""));
  for (const auto* action : {"password", "link", "remove"}) {
    EXPECT_THAT(refused({"user", action}), HasSubstr("NAME is required"));
    EXPECT_EQ(accepted({"user", action, "ann"}).user_name, "ann");
  }
  EXPECT_THAT(refused({"user", "list", "ann"}), HasSubstr("list takes no NAME"));
  EXPECT_EQ(accepted({"user", "list"}).action, "list");
  EXPECT_THAT(refused({"user", "add", "ann", "--role", "viewer"}), HasSubstr("add needs --workspace and --role"));
  const std::vector<std::string> add{"user", "add", "ann", "--workspace", "acme", "--role", "admin"};
  EXPECT_EQ(accepted(add, {{"WEIR_PASSWORD", "correct horse"}}).password, "correct horse");
}

TEST_F(SettingsOf, CheckpointsOnKafkaAreOfAClusterWithAKey) {
  const std::string kafka = "kafka://b:9092";
  EXPECT_THAT(refused({"serve", "--log", kafka, "--checkpoints", "c"}), HasSubstr("needs --cluster-key"));
  accepted({"serve", "--log", kafka, "--checkpoints", "c", "--cluster-key", "k"});
  accepted({"serve", "--checkpoints", "c"});
}

TEST_F(SettingsOf, AGroupIsOnKafkaAndHasAKey) {
  const std::string kafka = "kafka://b:9092";
  EXPECT_THAT(refused({"serve", "--group", "g", "--cluster-key", "k"}), HasSubstr("--group needs --log"));
  EXPECT_THAT(refused({"serve", "--log", kafka, "--group", "g"}), HasSubstr("--group needs --cluster-key"));
  EXPECT_THAT(refused({"serve", "--log", kafka, "--role", "worker"}), HasSubstr("--role worker needs --group"));
  EXPECT_THAT(refused({"serve", "--node-id", "a b"}), HasSubstr("--node-id"));
  EXPECT_THAT(refused({"serve", "--advertise", "host"}), HasSubstr("--advertise"));
  const auto settings = accepted({"serve", "--log", kafka, "--group", "g", "--cluster-key", "k", "--role", "api",
                                  "--node-id", "pod-1.west", "--advertise", "pod-1.west:80", "--group-timeout", "6"});
  EXPECT_EQ(settings.node_role, "api");
  EXPECT_EQ(settings.advertise, "pod-1.west:80");
  EXPECT_EQ(settings.group_seconds, 6u);
  EXPECT_TRUE(is_in_group(settings));
  EXPECT_FALSE(is_in_group(accepted({"serve", "--log", kafka})));
}

TEST_F(SettingsOf, DiscoverAndIngestNeedAFile) {
  EXPECT_THAT(refused({"discover"}), HasSubstr("FILE is required"));
  const auto settings = accepted({"ingest", "log.xes.gz", "--process", "orders"}, {{"WEIR_TOKEN", "t"}});
  EXPECT_EQ(settings.file, "log.xes.gz");
  EXPECT_EQ(settings.token, "t");
  EXPECT_EQ(settings.server, "http://127.0.0.1:8080");
  EXPECT_THAT(refused({"discover", "log.csv", "--delimiter", ";;"}), HasSubstr("--delimiter"));
  EXPECT_EQ(accepted({"discover", "log.csv", "--delimiter", ";"}).delimiter, ";");
  EXPECT_EQ(accepted({"discover", "log.csv", "--delimiter", "tab"}).delimiter, "\t");
}

TEST_F(SettingsOf, DemoNeedsNothing) {
  const auto settings = accepted({"demo"});
  EXPECT_EQ(settings.data, "");
  EXPECT_EQ(settings.file, "");
  EXPECT_EQ(settings.speed_percent, 100u);
  EXPECT_EQ(settings.shards, 16u);
  EXPECT_EQ(accepted({"demo", "--log", "log.xes", "--speed", "0.25"}).speed_percent, 25u);
  for (const auto* speed : {"0", "0.09", "20.1", "1e1", "fast", "nan", ""}) {
    EXPECT_THAT(refused({"demo", "--speed", speed}), HasSubstr("--speed")) << speed;
  }
  EXPECT_THAT(refused({"demo", "--listen", "0.0.0.0:80"}), HasSubstr("--insecure"));
}

TEST_F(SettingsOf, ExportReadsAFolderOrAsksAServer) {
  EXPECT_EQ(accepted({"export", "--process", "orders"}).format, "csv");
  EXPECT_THAT(refused({"export", "--data", "d"}), HasSubstr("--data needs --workspace"));
  EXPECT_THAT(refused({"export", "--data", "d", "--workspace", "w", "--server", "u"}), HasSubstr("exclude each other"));
  EXPECT_THAT(refused({"export", "--format", "dot"}), HasSubstr("csv|xes|ndjson"));
  EXPECT_EQ(accepted({"export", "--data", "d", "--workspace", "w", "--format", "xes"}).format, "xes");
}

TEST_F(SettingsOf, ASecretIsNeverRepeatedInAFault) {
  const auto text =
      refused({"ingest", "log.csv", "--token", "weir_secret", "--shards", "1"}, {{"WEIR_TOKN", "weir_secret"}});
  EXPECT_THAT(text, Not(HasSubstr("weir_secret")));
}

TEST_F(SettingsOf, HelpGoesToStdoutAndNothingElseIsChecked) {
  for (const auto& arguments : {Arguments{"--help"}, Arguments{"serve", "--help"}, Arguments{"serve", "-h", "--bad"}}) {
    const auto parsed = parse_settings(arguments, {{"WEIR_BAD", "x"}});
    EXPECT_EQ(parsed.exit_code, 0);
    EXPECT_THAT(parsed.text, HasSubstr("usage: weir"));
  }
  EXPECT_EQ(parse_settings({}, {}).exit_code, 2);
  EXPECT_THAT(parse_settings({"--version"}, {}).text, HasSubstr("weir 0."));
}

TEST(WeirEnvironment, TakesItsOwnVariablesOnly) {
  ::setenv("WEIR_TEST_ONLY", "a=b", 1);
  ::setenv("OTHER_WEIR_X", "1", 1);
  const auto found = weir_environment();
  EXPECT_EQ(found.at("WEIR_TEST_ONLY"), "a=b");
  EXPECT_FALSE(found.contains("OTHER_WEIR_X"));
  ::unsetenv("WEIR_TEST_ONLY");
}

}  // namespace
}  // namespace weir::app
