// The command line, the environment and the configuration file as one typed value. Every setting is declared once, in
// the table of settings_table.cpp; flags, WEIR_* variables, YAML keys, --help, .env.example and the reference come from
// it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/http/address.hpp"

namespace weir::app {

enum class Command : std::uint8_t {
  serve,
  demo,
  discover,
  ingest,
  token,
  export_,
  user,
  backup,
  restore,
  checkpoint,
  doctor,
};

/// Of the program: "0.1.0".
std::string_view version();

std::string_view name_of(Command command);

/// The defaults are those of the table. A setting that a command does not have keeps its zero value.
struct Settings {
  Command command = Command::serve;

  // serve, demo
  std::string data;            // folder
  std::string listen_address;  // of `listen`
  std::uint16_t listen_port = 0;
  std::string log;                  // "embedded", or kafka_scheme and brokers
  std::string group;                // of nodes that share the shards, on Kafka; empty: none
  std::uint64_t group_seconds = 0;  // of `group-timeout`
  std::string node_id;              // in the group; empty: the data folder's
  std::string node_role;            // of `role` of serve: all, api, worker
  std::string cluster_key;          // file; empty: the node has keys of its own
  std::string advertise;            // HOST:PORT; empty: as it listens
  std::string kafka_prefix;         // of topics
  std::vector<std::string> kafka;   // "name=value", librdkafka's
  std::uint64_t kafka_retention_days = 0;
  std::uint64_t shards = 0;
  std::uint64_t threads = 0;  // 0: as many as cores
  std::string tls_cert;
  std::string tls_key;
  bool insecure = false;
  std::uint64_t quota_events_per_second = 0;  // 0: off
  std::uint64_t body_bytes_max = 0;
  std::uint64_t upload_bytes_max = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t connections_max = 0;
  std::uint64_t websockets_max = 0;
  std::uint64_t quota_websockets = 0;  // of each workspace; 0: off
  std::uint64_t drain_seconds = 0;
  std::uint64_t erasure_seconds = 0;           // of `erasure-interval`
  std::uint64_t self_check_seconds = 0;        // of `self-check-interval`; 0: never
  std::uint64_t session_idle_seconds = 0;      // of `session-idle`
  std::uint64_t session_lifetime_seconds = 0;  // of `session-lifetime`
  std::vector<http::Network> private_networks;
  std::string log_level;

  // checkpoints: serve, demo, backup, restore, checkpoint
  std::string checkpoints;               // a folder or s3://BUCKET/PREFIX; empty: none
  std::uint64_t checkpoint_seconds = 0;  // of `checkpoint-interval`
  std::uint64_t checkpoints_kept = 0;
  std::string checkpoint;  // SERIES/NUMBER; empty: the newest
  std::string s3_endpoint;
  std::string s3_region;
  std::string s3_access_key;
  std::string s3_secret_key;

  // doctor
  bool thorough = false;

  // demo
  bool is_temporary = false;        // of `data`: made for this process; set by demo(), by no flag
  std::uint64_t speed_percent = 0;  // of `speed`
  std::uint64_t seed = 0;

  // discover, ingest, export, demo
  std::string file;              // FILE of discover and ingest; `log` of demo
  std::string format;            // discover: json, dot, text; export: csv, xes, ndjson
  std::string sla;               // discover: the file of SLA policies
  std::string zone;              // empty: none declared
  std::vector<std::string> map;  // "field=column"
  std::string classifier;
  std::string sheet;
  std::string delimiter;  // one character; empty: detected
  std::string process;
  std::string server;  // URL
  std::string token;
  std::string output;  // empty: stdout

  // user, checkpoint
  std::string action;     // add, password, link, remove, list; list, verify, restore
  std::string user_name;  // of `name`
  std::string password;   // empty: made

  // token, user
  std::string workspace;
  std::string role;
  std::uint64_t expires_seconds = 0;  // of `expires`; 0: never
};

/// What `log` begins with on Kafka; HOST:PORT[,HOST:PORT…] follows.
inline constexpr std::string_view kafka_scheme = "kafka://";
inline bool is_on_kafka(const Settings& settings) { return settings.log.starts_with(kafka_scheme); }

/// The node shares the log's shards with others.
inline bool is_in_group(const Settings& settings) { return is_on_kafka(settings) && !settings.group.empty(); }

using Environment = std::map<std::string, std::string>;  // the WEIR_* variables

/// The WEIR_* variables of this process.
Environment weir_environment();

/// What the program has to do: run with the settings, or print a text and exit with the code (0 for --help and
/// --version, to stdout; 2 for wrong usage, to stderr).
struct Parsed {
  std::optional<Settings> settings;
  std::string text;
  int exit_code = 0;
};

/// `arguments` without the program's name. Flag before variable before file (`--config`) before default; whatever is
/// unknown or wrong in any of them is refused by its name, all faults at once.
Parsed parse_settings(const std::vector<std::string>& arguments, const Environment& environment);

/// The text of `.env.example`.
std::string env_example();
/// The reference of all settings as Markdown.
std::string settings_reference();

}  // namespace weir::app
