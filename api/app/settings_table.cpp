#include "api/app/settings_table.hpp"

#include <array>

#include "api/app/settings_values.hpp"
#include "schemas/base/check.hpp"

namespace weir::app {
namespace {

using enum Command;
using Kind = Setting::Kind;

constexpr std::uint64_t mib = 1024 * 1024;
constexpr std::uint64_t gib = 1024 * mib;
constexpr std::uint64_t tib = 1024 * gib;

// clang-format off
const std::array table = std::to_array<Setting>({
  {"file", {discover, ingest}, "FILE", "", "The event log: CSV or XES, plain or gzip, or XLSX.", Text{&Settings::file}, Kind::positional},

  {"action", {user}, "add|password|link|remove|list", "", "What to do: add somebody or a role, set a password, print a sign-in link that is good once within an hour, take a role or somebody away, list all.", Choice{&Settings::action}, Kind::positional},
  {"action", {checkpoint}, "list|verify|restore", "", "What to do: list all checkpoints, read one and compare every digest, make a data folder of one.", Choice{&Settings::action}, Kind::positional},
  {"name", {user}, "NAME", "", "The user.", Text{&Settings::user_name}, Kind::optional_positional},

  {"data", {backup, doctor}, "DIR", "weir-data", "The data folder, also while a server holds it.", Text{&Settings::data}},
  {"data", {restore, checkpoint}, "DIR", "weir-data", "The data folder to make; it must not be there, or be empty.", Text{&Settings::data}},
  {"data", {serve, token, user}, "DIR", "weir-data", "The data folder.", Text{&Settings::data}},
  {"data", {export_}, "DIR", "", "Read this data folder, which no server may hold, instead of asking a server.", Text{&Settings::data}},
  {"data", {demo}, "DIR", "", "A data folder that stays, and that the demo goes on with; a temporary one if not given.", Text{&Settings::data}},
  {"listen", {serve, demo}, "HOST:PORT", "127.0.0.1:8080", "The IP address (or localhost) and port to listen on; port 0: any free one.", Custom{store_listen}},
  {"log", {serve}, "embedded|kafka://HOST:PORT[,HOST:PORT]", "embedded", "Where events are kept before they are processed.", Custom{store_log}},
  {"group", {serve}, "GROUP", "", "On Kafka: the consumer group of the nodes that share the shards; if not given, this node has all of them and must be the only one. Needs --cluster-key.", Text{&Settings::group}},
  {"group-timeout", {serve}, "SECONDS", "10", "A node of the group that is not heard of for so long loses its shards to the others; the brokers' group.min.session.timeout.ms must allow it.", Number{&Settings::group_seconds, 1, 1'800}},
  {"node-id", {serve}, "ID", "", "The node's name in the group, another one for each node and the same after a restart; one that is kept in the data folder if not given.", Custom{store_node_id}},
  {"cluster-key", {serve}, "FILE", "", "32 random bytes, the same on every node, from which all keys are derived: for tokens, for what nodes write to the topics, for erased cases. Kept in the data folder, which must be new.", Text{&Settings::cluster_key}},
  {"advertise", {serve}, "HOST:PORT", "", "Where other nodes reach this one; as it listens if not given.", Custom{store_advertise}},
  {"role", {serve}, "all|api|worker", "all", "In a group: whether the node takes shards (worker), answers the API (api), or both. A worker answers probes, /metrics and other nodes alone.", Choice{&Settings::node_role}},
  {"kafka-prefix", {serve}, "PREFIX", "weir", "On Kafka: what the names of topics begin with; a workspace's events are in PREFIX.WORKSPACE.events.", Custom{store_kafka_prefix}},
  {"kafka-retention-days", {serve}, "DAYS", "28", "On Kafka: how long a topic that is made here keeps events, and the bytes of erased cases.", Number{&Settings::kafka_retention_days, 1, 36'500}},
  {"kafka", {serve}, "NAME=VALUE", "", "On Kafka: a setting of librdkafka, such as security.protocol=ssl; repeatable. Secrets are better given in the file or as WEIR_KAFKA.", List{&Settings::kafka}},
  {"log", {demo}, "FILE", "", "An event log to replay as if it happened now, CSV or XES, plain or gzip, or XLSX; a simulated company if not given.", Text{&Settings::file}},
  {"speed", {demo}, "FACTOR", "1", "How fast to begin with, 0.1 to 20: of the company's customers, or of a replay of ten minutes.", Custom{store_speed}},
  {"seed", {demo}, "N", "1", "Which company is simulated.", Number{&Settings::seed, 0, 1'000'000'000}},
  {"shards", {serve, demo}, "N", "16", "How many parts the state has; fixed when the data folder is made.", Number{&Settings::shards, 1, 1024}},
  {"threads", {serve, demo}, "N", "0", "Threads that process events; 0: as many as cores.", Number{&Settings::threads, 0, 1024}},
  {"tls-cert", {serve, demo}, "FILE", "", "The certificate chain (PEM) for TLS.", Text{&Settings::tls_cert}},
  {"tls-key", {serve, demo}, "FILE", "", "The certificate's private key (PEM).", Text{&Settings::tls_key}},
  {"insecure", {serve, demo}, "", "false", "Allow an address that is not loopback without TLS.", Switch{&Settings::insecure}},
  {"quota-events-per-second", {serve, demo}, "N", "0", "Events per second that each process of each workspace may send; 0: no quota.", Number{&Settings::quota_events_per_second, 0, 1'000'000'000}},
  {"body-bytes-max", {serve, demo}, "BYTES", "16MiB", "The largest body of a request other than an upload.", Bytes{&Settings::body_bytes_max, 1024, gib}},
  {"upload-bytes-max", {serve, demo}, "BYTES", "8GiB", "The largest upload.", Bytes{&Settings::upload_bytes_max, 1024, 64 * tib}},
  {"memory-bytes", {serve, demo}, "BYTES", "1GiB", "Memory for all that grows with the load: caches, write buffers, changes, queues (DECISIONS.md says how it is split).", Bytes{&Settings::memory_bytes, 64 * mib, 64 * tib}},
  {"connections-max", {serve, demo}, "N", "10000", "Connections open at the same time.", Number{&Settings::connections_max, 1, 1'000'000}},
  {"websockets-max", {serve, demo}, "N", "8000", "WebSockets open at the same time.", Number{&Settings::websockets_max, 1, 1'000'000}},
  {"quota-websockets", {serve, demo}, "N", "0", "WebSockets that each workspace may have open at the same time; 0: no quota.", Number{&Settings::quota_websockets, 0, 1'000'000}},
  {"drain-seconds", {serve, demo}, "N", "20", "How long requests in flight may take after SIGTERM.", Number{&Settings::drain_seconds, 0, 3600}},
  {"erasure-interval", {serve, demo}, "SECONDS", "3600", "How often, at most, the bytes of erased cases are removed from the disk.", Number{&Settings::erasure_seconds, 0, 86'400}},
  {"checkpoints", {serve, demo}, "TARGET", "", "Where checkpoints go: a folder, or s3://BUCKET/PREFIX; on Kafka the same one for all nodes, and needs --cluster-key. They hold every workspace, on the embedded log the node's keys too: to be guarded as the data folder is. None are taken, and the embedded log keeps everything, if not given.", Text{&Settings::checkpoints}},
  {"checkpoints", {backup, restore, checkpoint}, "TARGET", "", "Where the checkpoints are: a folder, or s3://BUCKET/PREFIX.", Text{&Settings::checkpoints}, Kind::required},
  {"checkpoints", {doctor}, "TARGET", "", "Where the checkpoints are, to be looked at too.", Text{&Settings::checkpoints}},
  {"thorough", {doctor}, "", "false", "Read everything: each block of the log, each table of the states, the newest checkpoint.", Switch{&Settings::thorough}},
  {"checkpoint-interval", {serve, demo}, "SECONDS", "300", "How often a checkpoint is taken.", Number{&Settings::checkpoint_seconds, 1, 86'400}},
  {"checkpoints-kept", {serve, demo}, "N", "3", "How many checkpoints stay (on Kafka: of each shard), none of them a day old but the newest. What of the embedded log lies before all of them is dropped.", Number{&Settings::checkpoints_kept, 1, 1'000}},
  {"checkpoint", {restore, checkpoint}, "SERIES/NUMBER", "", "Which checkpoint, as `list` names it; if not given the newest, of `verify` the newest of each series.", Text{&Settings::checkpoint}},
  {"s3-endpoint", {serve, demo, backup, restore, checkpoint, doctor}, "URL", "", "The S3-compatible server; Amazon's of the region if not given.", Text{&Settings::s3_endpoint}},
  {"s3-region", {serve, demo, backup, restore, checkpoint, doctor}, "REGION", "us-east-1", "The region of the bucket.", Text{&Settings::s3_region}},
  {"s3-access-key", {serve, demo, backup, restore, checkpoint, doctor}, "KEY", "", "The access key's id.", Text{&Settings::s3_access_key}},
  {"s3-secret-key", {serve, demo, backup, restore, checkpoint, doctor}, "SECRET", "", "The access key's secret; better given as WEIR_S3_SECRET_KEY, which other users cannot see.", Text{&Settings::s3_secret_key}},
  {"self-check-interval", {serve, demo}, "SECONDS", "3600", "How long after one check of all views the next begins; 0: never.", Number{&Settings::self_check_seconds, 0, 31'536'000}},
  {"session-idle", {serve, demo}, "SECONDS", "86400", "A session that is not used for so long is over.", Number{&Settings::session_idle_seconds, 1, 31'536'000}},
  {"session-lifetime", {serve, demo}, "SECONDS", "2592000", "How long a session lives at most.", Number{&Settings::session_lifetime_seconds, 1, 31'536'000}},
  {"private-networks", {serve, demo}, "NETWORK[,NETWORK]", "", "Networks such as 10.0.0.0/8 or fd00::/8 that targets may lie in although they are private; none if not given.", Custom{store_private_networks}},
  {"log-level", {serve, demo}, "debug|info|warning|error", "info", "The least severity that is logged.", Choice{&Settings::log_level}},

  {"format", {discover}, "json|dot|text", "json", "The form of the answer.", Choice{&Settings::format}},
  {"format", {export_}, "csv|xes|ndjson", "csv", "The form of the file.", Choice{&Settings::format}},
  {"sla", {discover}, "FILE", "", "SLA policies and their calendars, YAML or JSON: how each case stands under them.", Text{&Settings::sla}},
  {"zone", {demo, discover, ingest}, "ZONE", "", "The IANA zone of times without an offset, such as Europe/Berlin.", Text{&Settings::zone}},
  {"map", {demo, discover, ingest}, "FIELD=COLUMN", "", "The column that holds a field of the event; repeatable.", List{&Settings::map}},
  {"classifier", {demo, discover, ingest}, "NAME", "", "The XES classifier that names the activity.", Text{&Settings::classifier}},
  {"sheet", {demo, discover, ingest}, "NAME", "", "The sheet of an XLSX; the first visible one if not given.", Text{&Settings::sheet}},
  {"delimiter", {discover}, "CHARACTER", "", "What separates the fields of a CSV file, or `tab`; detected if not given.", Custom{store_delimiter}},
  {"process", {demo, ingest, export_}, "PROCESS", "default", "The process: 1 to 64 of a-z, 0-9, _ and -.", Custom{store_process}},
  {"server", {ingest}, "URL", "http://127.0.0.1:8080", "The server.", Text{&Settings::server}},
  {"server", {export_}, "URL", "", "The server; http://127.0.0.1:8080 if neither this nor a data folder is given.", Text{&Settings::server}},
  {"token", {ingest, export_}, "TOKEN", "", "The credential; better given as WEIR_TOKEN, which other users cannot see.", Text{&Settings::token}},
  {"output", {export_}, "FILE", "", "Where to write; standard output if not given.", Text{&Settings::output}},

  {"workspace", {token}, "WORKSPACE", "", "The workspace that the token opens.", Custom{store_workspace}, Kind::required},
  {"workspace", {export_}, "WORKSPACE", "", "With a data folder: the workspace to export.", Custom{store_workspace}},
  {"workspace", {user}, "WORKSPACE", "", "Where the role is given or taken away; remove: everywhere if not given.", Custom{store_workspace}},
  {"role", {token}, "admin|analyst|viewer|producer", "", "What the bearer may do.", Choice{&Settings::role}, Kind::required},
  {"role", {user}, "admin|analyst|viewer|producer", "", "What the user may do there.", Choice{&Settings::role}},
  {"password", {user}, "PASSWORD", "", "The password; better given as WEIR_PASSWORD, which other users cannot see. Made and printed if not given.", Text{&Settings::password}},
  {"expires", {token}, "TIME", "never", "How long the token is valid: a number with s, m, h or d, or `never`.", Custom{store_expires}},
});
// clang-format on

constexpr std::array commands{serve, demo, discover, ingest, token, user, export_, backup, restore, checkpoint, doctor};

void check_conflicts_of_group(const Settings& settings, std::vector<std::string>& faults) {
  if (!settings.group.empty() && !is_on_kafka(settings)) faults.emplace_back("--group needs --log kafka://…");
  if (!settings.group.empty() && settings.cluster_key.empty()) faults.emplace_back("--group needs --cluster-key");
  if (settings.group.empty() && !settings.node_role.empty() && settings.node_role != "all") {
    faults.push_back("--role " + settings.node_role + " needs --group");
  }
}

void check_conflicts_of_serve(const Settings& settings, std::vector<std::string>& faults) {
  check_conflicts_of_group(settings, faults);
  if (is_on_kafka(settings) && !settings.checkpoints.empty() && settings.cluster_key.empty()) {
    faults.emplace_back("--checkpoints on Kafka needs --cluster-key: what they hold is of no use without it");
  }
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    faults.emplace_back("--tls-cert and --tls-key are given together or not at all");
  }
  if (!is_loopback(settings.listen_address) && settings.tls_cert.empty() && !settings.insecure) {
    faults.push_back("--listen: " + settings.listen_address +
                     " can be reached from other machines; give --tls-cert and --tls-key, or --insecure");
  }
}

void check_conflicts_of_export(const Settings& settings, std::vector<std::string>& faults) {
  if (settings.data.empty()) return;
  if (!settings.server.empty()) faults.emplace_back("--data and --server exclude each other");
  if (settings.workspace.empty()) faults.emplace_back("--data needs --workspace");
}

void check_conflicts_of_user(const Settings& settings, std::vector<std::string>& faults) {
  if (settings.user_name.empty() != (settings.action == "list")) {
    faults.emplace_back(settings.action == "list" ? "list takes no NAME" : "NAME is required");
  }
  if (settings.action == "add" && (settings.workspace.empty() || settings.role.empty())) {
    faults.emplace_back("add needs --workspace and --role");
  }
}

void check_conflicts_of_checkpoints(const Settings& settings, std::vector<std::string>& faults) {
  if (!settings.checkpoints.starts_with("s3://")) return;
  if (settings.s3_access_key.empty() || settings.s3_secret_key.empty()) {
    faults.emplace_back("--checkpoints in S3 need --s3-access-key and --s3-secret-key");
  }
}

std::string upper_with_underscores(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c == '-' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 32) : c;
  return text;
}

}  // namespace

std::string_view name_of(Command command) {
  constexpr std::array<std::string_view, 11> names{"serve", "demo",   "discover", "ingest",     "token", "export",
                                                   "user",  "backup", "restore",  "checkpoint", "doctor"};
  return names[static_cast<std::size_t>(command)];
}

std::string_view summary_of(Command command) {
  constexpr std::array<std::string_view, 11> summaries{
      "Run the server.",
      "Run a server that shows a simulated company, or a file as if live.",
      "Print map, KPIs and variants of one file; needs no server.",
      "Send a file to a running server.",
      "Print a new token; also while a server holds the data folder.",
      "Write the events of a process to a file.",
      "Add, remove and list the people who sign in; also while a server holds the data folder.",
      "Take a checkpoint of a data folder, also while a server holds it.",
      "Make a data folder of a checkpoint.",
      "List, verify or restore checkpoints.",
      "Say what is wrong with a data folder and what surrounds it; also while a server holds it."};
  return summaries[static_cast<std::size_t>(command)];
}

std::string Setting::flag() const { return is_positional() ? std::string(value) : "--" + std::string(name); }
std::string Setting::variable() const { return "WEIR_" + upper_with_underscores(name); }

std::span<const Setting> settings_table() { return table; }
std::span<const Command> all_commands() { return commands; }

std::optional<std::string> store_value(const Setting& setting, std::string_view value, Settings& settings) {
  const auto store = [&]<class Store>(const Store& how) -> std::optional<std::string> {
    if constexpr (std::is_same_v<Store, Text>) return store_text(settings.*how.field, value);
    if constexpr (std::is_same_v<Store, Choice>) return store_choice(settings.*how.field, value, setting.value);
    if constexpr (std::is_same_v<Store, Number>) return store_number(settings.*how.field, value, how.min, how.max);
    if constexpr (std::is_same_v<Store, Bytes>) return store_bytes(settings.*how.field, value, how.min, how.max);
    if constexpr (std::is_same_v<Store, Switch>) return store_switch(settings.*how.field, value);
    if constexpr (std::is_same_v<Store, List>) return store_assignment(settings.*how.field, value, setting.value);
    if constexpr (std::is_same_v<Store, Custom>) return how(settings, value);
  };
  return std::visit(store, setting.store);
}

std::vector<std::string> conflicts_in(const Settings& settings) {
  std::vector<std::string> faults;
  if (settings.command == serve || settings.command == demo) check_conflicts_of_serve(settings, faults);
  if (settings.command == user) check_conflicts_of_user(settings, faults);
  if (settings.command == export_) check_conflicts_of_export(settings, faults);
  check_conflicts_of_checkpoints(settings, faults);
  return faults;
}

}  // namespace weir::app
