#include "api/app/cluster_checks.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "api/app/kafka_options.hpp"
#include "schemas/crypto/key_file.hpp"
#include "state/http/client.hpp"
#include "stream/log/kafka/inspection.hpp"

namespace weir::app {
namespace {

namespace fs = std::filesystem;

struct Visit : Telling {
  const Settings& server;
  const fs::path data;
};

/// Which log the folder is of; empty if it never had one.
std::string identity_of(const fs::path& data) {
  std::string identity;
  std::getline(std::ifstream{data / "log-identity"}, identity);
  return identity;
}

void check_brokers(const Visit& visit, const log::Inspection& found) {
  const std::string identity = identity_of(visit.data);
  const std::string here = "kafka " + found.cluster_id + ' ' + visit.server.kafka_prefix;
  if (identity.empty() || identity == here)
    return visit.good("brokers", "They answer, as cluster " + found.cluster_id + ".");
  visit.fail("brokers", "They are of `" + here + "`, and the folder is of `" + identity + "`.",
             "Name the brokers and the prefix that the folder was made with, or another folder.");
}

void check_topics(const Visit& visit, const log::Inspection& found) {
  bool all_fit = true;
  for (const log::TopicState& topic : found.topics) {
    if (!topic.fault) continue;
    all_fit = false;
    visit.fail("topics", topic.fault->detail,
               "Set it so by kafka-configs.sh; another number of partitions needs a new topic.");
  }
  if (all_fit) visit.good("topics", std::to_string(found.topics.size()) + " of the prefix, each set as it has to be.");
}

void check_group(const Visit& visit, const log::Inspection& found) {
  const std::string nodes = std::to_string(found.members.size()) + " nodes are in group " + visit.server.group;
  if (found.members.empty()) {
    return visit.warn("group", nodes + ": no shard is at work.", "Start a node whose --role is not api.");
  }
  if (found.group_state != "Stable") {
    return visit.warn("group", nodes + ", and it is " + found.group_state + ": shards are on their way.",
                      "Ask again in a minute; if it stays so, see the logs of the nodes.");
  }
  visit.good("group", nodes + ", and each has its shards.");
}

void check_key(const Visit& visit, const log::Inspection& found, const log::KafkaOptions& options) {
  std::error_code failed;
  if (!fs::exists(visit.data / "cluster.key", failed)) {
    return visit.warn("cluster key", "The folder has none yet.", "The first start with --cluster-key keeps it there.");
  }
  const std::string step =
      "Give this node the file that the others have; a node of another cluster needs a new folder.";
  if (const auto same = crypto::join_cluster(visit.data, visit.server.cluster_key); !same) {
    return visit.fail("cluster key", same.error().detail, step);
  }
  const auto is_shared = [&](const log::TopicState& topic) { return topic.name == options.prefix + ".control"; };
  if (std::none_of(found.topics.begin(), found.topics.end(), is_shared)) {
    return visit.good("cluster key", "It is the folder's; the nodes share nothing yet.");
  }
  const auto keys = crypto::folder_keys(visit.data, "control"), seals = crypto::folder_keys(visit.data, "log");
  log::KafkaOptions sealed = options;
  if (seals) sealed.seal = seals->back();
  const auto agrees = keys ? log::check_shared_key(sealed, keys->back()) : keys.error();
  if (!agrees) return visit.fail("cluster key", agrees.error().detail, step);
  visit.good("cluster key", "It is the folder's, and opens what the nodes share.");
}

void check_advertise(const Visit& visit) {
  const Settings& server = visit.server;
  const std::string address =
      server.advertise.empty() ? server.listen_address + ':' + std::to_string(server.listen_port) : server.advertise;
  http::ClientOptions options;
  options.stall_max = options.connect_max;
  options.checks_certificates = false;
  const auto answer = http::Client{options}.send(
      {"GET", (server.tls_cert.empty() ? "http://" : "https://") + address + "/healthz", {}});
  if (answer && answer->status == 200) return visit.good("advertise", "This node answers at " + address + ".");
  visit.fail("advertise", "Nothing of Weir answers at " + address + ", where other nodes ask this one.",
             "See whether the server runs; correct --advertise, or the network; ask from another node's machine too.");
}

}  // namespace

bool is_of_kafka(const std::string& data) { return identity_of(data).starts_with("kafka "); }

void check_cluster(const Settings& server, const std::string& data, Findings& findings) {
  const Visit visit{{findings}, server, data};
  if (!is_on_kafka(server)) {
    return visit.warn("brokers", "The folder is of a log on Kafka, and WEIR_LOG names none: they were not looked at.",
                      "Give `weir doctor` the WEIR_* variables of the server.");
  }
  const log::KafkaOptions options = kafka_options(server, static_cast<std::uint32_t>(server.shards));
  const auto found = log::inspect(options);
  if (!found) {
    visit.fail("brokers", found.error().detail, "See whether they run, and whether --kafka has what they ask for.");
  } else {
    check_brokers(visit, *found);
    check_topics(visit, *found);
  }
  if (!is_in_group(server)) return;
  if (found) {
    check_group(visit, *found);
    check_key(visit, *found, options);
  }
  check_advertise(visit);
}

}  // namespace weir::app
