#include "stream/log/kafka/brokers.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <thread>

namespace weir::log::kafka {
namespace {

constexpr int wait_ms = 10'000;
constexpr int looks_max = 100;
constexpr std::chrono::milliseconds look_wait{50};
constexpr int replicas_max = 3;
constexpr int replicas_in_sync = 2;  // of three: one may be away

using MetadataHandle = std::unique_ptr<const rd_kafka_metadata_t, Destroyed<rd_kafka_metadata_destroy>>;
using NewTopicHandle = std::unique_ptr<rd_kafka_NewTopic_t, Destroyed<rd_kafka_NewTopic_destroy>>;
using ResourceHandle = std::unique_ptr<rd_kafka_ConfigResource_t, Destroyed<rd_kafka_ConfigResource_destroy>>;

struct Setting {
  const char* name;
  const char* value;
};

/// What the use needs of its topic, whoever made it.
std::span<const Setting> needs_of(Use use) {
  // A time that a producer chooses would not bound its events' own; a compacted topic would lose events without keys.
  static constexpr std::array of_events{Setting{"cleanup.policy", "delete"},
                                        Setting{"message.timestamp.type", "LogAppendTime"}};
  // Deletion by age would take away what nothing has replaced.
  static constexpr std::array of_keyed{Setting{"cleanup.policy", "compact"}};
  return use == Use::events ? std::span<const Setting>{of_events} : std::span<const Setting>{of_keyed};
}

/// What else a keyed topic gets where it is made here. Only closed segments are compacted, and a reader begins at the
/// begin: small segments. What was replaced leaves within half a day (an erased name within a whole one); what was
/// removed is told for a day, in which every reader gets to the end.
constexpr std::array of_new_keyed{Setting{"segment.bytes", "16777216"}, Setting{"max.compaction.lag.ms", "43200000"},
                                  Setting{"delete.retention.ms", "86400000"}};

Result<MetadataHandle> metadata_of(rd_kafka_t* client, bool all) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto failed = rd_kafka_metadata(client, all ? 1 : 0, nullptr, &metadata, wait_ms);
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable("the brokers", failed);
  return MetadataHandle{metadata};
}

/// Sends an admin request by `ask(options, queue)` and waits for its answer.
template <class Ask>
Result<EventHandle> answer_to(rd_kafka_t* client, rd_kafka_admin_op_t operation, Ask ask) {
  const OptionsHandle options{rd_kafka_AdminOptions_new(client, operation)};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), wait_ms, nullptr, 0);
  const QueueHandle queue{rd_kafka_queue_new(client)};
  ask(options.get(), queue.get());
  EventHandle event{rd_kafka_queue_poll(queue.get(), 2 * wait_ms)};
  if (event == nullptr) return unreachable("the brokers", RD_KAFKA_RESP_ERR__TIMED_OUT);
  const auto failed = rd_kafka_event_error(event.get());
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable("the brokers", failed);
  return event;
}

}  // namespace

Result<std::string> Brokers::id() {
  char* const id = rd_kafka_clusterid(client_, wait_ms);
  if (id == nullptr) return unreachable("the brokers", RD_KAFKA_RESP_ERR__TIMED_OUT);
  std::string text = id;
  rd_kafka_mem_free(client_, id);
  return text;
}

Result<int> Brokers::count() {
  const auto metadata = metadata_of(client_, false);
  if (!metadata) return metadata.error();
  return (*metadata)->broker_cnt;
}

Result<std::vector<TopicFacts>> Brokers::topics() {
  const auto metadata = metadata_of(client_, true);
  if (!metadata) return metadata.error();
  std::vector<TopicFacts> topics;
  for (int i = 0; i < (*metadata)->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = (*metadata)->topics[i];
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    topics.push_back({topic.topic, static_cast<std::uint32_t>(topic.partition_cnt)});
  }
  return topics;
}

Result<void> Brokers::create(const std::string& topic, std::uint32_t partitions, Use use) {
  const auto brokers = count();
  if (!brokers) return brokers.error();
  const int replicas = std::clamp(*brokers, 1, replicas_max);
  const NewTopicHandle made{rd_kafka_NewTopic_new(topic.c_str(), static_cast<int>(partitions), replicas, nullptr, 0)};
  const auto set = [&](const char* name, const char* value) { rd_kafka_NewTopic_set_config(made.get(), name, value); };
  for (const auto& [name, value] : needs_of(use)) set(name, value);
  if (use == Use::events) {
    set("retention.ms", std::to_string(retention_ms_).c_str());
  } else {
    for (const auto& [name, value] : of_new_keyed) set(name, value);
  }
  const int in_sync = replicas >= replicas_max ? replicas_in_sync : 1;
  set("min.insync.replicas", std::to_string(in_sync).c_str());
  const auto event = answer_to(client_, RD_KAFKA_ADMIN_OP_CREATETOPICS, [&](auto* options, auto* queue) {
    std::array<rd_kafka_NewTopic_t*, 1> topics{made.get()};
    rd_kafka_AdminOptions_set_operation_timeout(options, wait_ms, nullptr, 0);  // until every broker knows it
    rd_kafka_CreateTopics(client_, topics.data(), topics.size(), options, queue);
  });
  if (!event) return event.error();
  std::size_t size = 0;
  const rd_kafka_topic_result_t** const results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &size);
  const auto failed = size == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__FAIL;
  if (failed == RD_KAFKA_RESP_ERR_NO_ERROR || failed == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return {};
  return Error{Code::bad_log_settings, "topic " + topic + " cannot be made: " + rd_kafka_err2str(failed)};
}

/// A topic that was just made may be unknown to the broker asked.
Result<void> Brokers::check(const std::string& topic, Use use) {
  Result<void> outcome;
  for (int i = 0; i < looks_max; ++i) {
    rd_kafka_resp_err_t failed = RD_KAFKA_RESP_ERR_NO_ERROR;
    outcome = check_once(topic, use, failed);
    if (failed != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) break;
    std::this_thread::sleep_for(look_wait);
  }
  return outcome;
}

Result<void> Brokers::check_once(const std::string& topic, Use use, rd_kafka_resp_err_t& failed) {
  const ResourceHandle asked{rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str())};
  const auto event = answer_to(client_, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, [&](auto* options, auto* queue) {
    std::array<rd_kafka_ConfigResource_t*, 1> resources{asked.get()};
    rd_kafka_DescribeConfigs(client_, resources.data(), resources.size(), options, queue);
  });
  if (!event) return event.error();
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** const resources =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  failed = count == 1 ? rd_kafka_ConfigResource_error(resources[0]) : RD_KAFKA_RESP_ERR__FAIL;
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable("topic " + topic, failed);
  std::map<std::string, std::string> found;
  const rd_kafka_ConfigEntry_t** const entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
    found[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  for (const auto& [setting, value] : needs_of(use)) {
    if (found[setting] == value) continue;
    const std::string_view what = use == Use::events ? "; events need " : "; what it is for needs ";
    return Error{Code::bad_log_settings,
                 "topic " + topic + " has " + setting + "=" + found[setting] + std::string{what} + value};
  }
  return {};
}

}  // namespace weir::log::kafka
