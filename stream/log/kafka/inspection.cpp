#include "stream/log/kafka/inspection.hpp"

#include "stream/log/control_topic.hpp"
#include "stream/log/kafka/kafka_parts.hpp"

namespace weir::log {

using namespace kafka;

namespace {

constexpr int wait_ms = 10'000;

using GroupsHandle = std::unique_ptr<const rd_kafka_group_list, Destroyed<rd_kafka_group_list_destroy>>;

/// What a topic of the prefix is for; none: nothing that has to be looked at.
std::optional<Use> use_of(const std::string& name) {
  if (name.ends_with(".events")) return Use::events;
  if (name.ends_with(".views") || name.ends_with(".control")) return Use::keyed;
  return std::nullopt;
}

std::optional<Error> fault_of(Cluster& cluster, const TopicFacts& facts, std::uint32_t partitions) {
  const std::uint32_t wanted = facts.name.ends_with(".control") ? 1 : partitions;
  if (facts.partitions != wanted) {
    return Error{Code::log_repartitioned, "topic " + facts.name + " has " + std::to_string(facts.partitions) +
                                              " partitions instead of " + std::to_string(wanted)};
  }
  const auto fit = cluster.check(facts.name, *use_of(facts.name));
  return fit ? std::optional<Error>{} : fit.error();
}

Result<void> look_at_group(rd_kafka_t* client, const std::string& group, Inspection& found) {
  const rd_kafka_group_list* listed = nullptr;
  const auto failed = rd_kafka_list_groups(client, group.c_str(), &listed, wait_ms);
  const GroupsHandle groups{listed};
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable("group " + group, failed);
  for (int i = 0; i < groups->group_cnt; ++i) {
    const rd_kafka_group_info& one = groups->groups[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR || std::string_view{one.state} == "Dead") continue;
    found.group_state = one.state;
    for (int k = 0; k < one.member_cnt; ++k) {
      found.members.push_back({one.members[k].member_id, one.members[k].client_host});
    }
  }
  return {};
}

}  // namespace

Result<Inspection> inspect(const KafkaOptions& options) {
  auto client = Client::open(RD_KAFKA_PRODUCER, common_settings(options), {options.on_line, {}});
  if (!client) return client.error();
  Brokers brokers(client->get(), 0);
  Inspection found;
  auto id = brokers.id();
  if (!id) return id.error();
  found.cluster_id = *std::move(id);
  const auto topics = brokers.topics();
  if (!topics) return topics.error();
  for (const TopicFacts& facts : *topics) {
    if (!facts.name.starts_with(options.prefix + '.') || !use_of(facts.name)) continue;
    found.topics.push_back({facts.name, fault_of(brokers, facts, options.partitions)});
  }
  if (options.group.empty()) return found;
  if (const auto looked = look_at_group(client->get(), options.group, found); !looked) return looked.error();
  return found;
}

Result<void> check_shared_key(const KafkaOptions& options, const crypto::Key& key) {
  auto topic = KafkaKeyedTopic::open(keyed_options(options, ".control", 1));
  if (!topic) return topic.error();
  const auto nothing = [](const auto&, const auto&) { return Result<void>{}; };
  const auto opened = ControlTopic::open(*std::move(topic), key, nothing, [](const Error&) {});
  return opened ? Result<void>{} : opened.error();
}

}  // namespace weir::log
