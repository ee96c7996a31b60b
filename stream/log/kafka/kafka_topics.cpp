// Which topics there are, taken up as they come, and what must not happen to them noticed.
#include "schemas/base/event.hpp"
#include "stream/log/kafka/kafka_parts.hpp"

namespace weir::log {

using namespace kafka;

namespace {

constexpr std::string_view suffix = ".events";
constexpr int looks_missed_max = 3;

}  // namespace

std::string KafkaLog::Parts::workspace_of(const std::string& topic) const {
  const std::string beginning = options.prefix + '.';
  if (!topic.starts_with(beginning) || !topic.ends_with(suffix)) return {};
  if (topic.size() <= beginning.size() + suffix.size()) return {};
  std::string name = topic.substr(beginning.size(), topic.size() - beginning.size() - suffix.size());
  return is_plain_name(name) ? name : std::string{};
}

KafkaLog::Parts::Topic* KafkaLog::Parts::find(const std::string& workspace) const {
  const std::shared_lock lock{mutex};
  const auto known = topics.find(workspace);
  return known == topics.end() ? nullptr : known->second.get();
}

Result<KafkaLog::Parts::Topic*> KafkaLog::Parts::topic(const std::string& workspace) const {
  Topic* const known = find(workspace);
  if (known == nullptr) return Error{Code::not_found, "There is no such workspace."};
  return known;
}

Result<Feed*> KafkaLog::Parts::feed(const std::string& workspace, std::uint32_t partition) const {
  WEIR_CHECK(partition < options.partitions, "a partition that the log does not have");
  const auto known = topic(workspace);
  if (!known) return known.error();
  return (*known)->feeds[partition].get();
}

Clock::Steady KafkaLog::Parts::away_for() const {
  const Clock::Steady unseen = sender->awake() - Clock::Steady{seen_at.load()};
  const Clock::Steady unanswered = unseen > 2 * options.look_interval ? unseen : Clock::Steady{0};
  return std::max(unanswered, sender->waiting_for());
}

Result<void> KafkaLog::Parts::check_reachable() const {
  const Clock::Steady away = away_for();
  if (away <= options.away_max) return {};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(away).count();
  return Error{Code::log_unreachable, "the brokers have not answered for " + std::to_string(seconds) + " s"};
}

Error KafkaLog::Parts::repartitioned(const TopicFacts& facts) const {
  return {Code::log_repartitioned, "topic " + facts.name + " has " + std::to_string(facts.partitions) +
                                       " partitions and there are " + std::to_string(options.partitions) +
                                       " shards; `--shards` must be the number that the first topic was made with"};
}

Result<void> KafkaLog::Parts::adopt(const std::string& workspace, const TopicFacts& facts) {
  if (facts.partitions != options.partitions) return repartitioned(facts);
  if (const auto fit = cluster->check(facts.name, Use::events); !fit) return fit;
  auto made = std::make_unique<Topic>();
  made->workspace = workspace;
  made->handle.reset(rd_kafka_topic_new(reader.get(), facts.name.c_str(), nullptr));
  if (made->handle == nullptr) return unreachable(facts.name, rd_kafka_last_error());
  made->target.workspace = workspace;
  made->target.topic = facts.name;
  for (std::uint32_t i = 0; i < options.partitions; ++i) {
    made->feeds.push_back(std::make_unique<Feed>(reader.get(), made->handle.get(), Feed::Place{workspace, i},
                                                 Sealer{options.seal, facts.name, i},
                                                 [this, workspace, i] { subscribers.tell(i, workspace); }));
    made->target.sealers.push_back(&made->feeds.back()->sealer());
  }
  {
    const std::unique_lock lock{mutex};
    topics.emplace(workspace, std::move(made));
  }
  for (std::uint32_t i = 0; i < options.partitions; ++i) subscribers.tell(i, workspace);  // so that they begin to read
  return {};
}

Result<void> KafkaLog::Parts::look() {
  const auto listed = cluster->topics();
  if (!listed) return listed.error();
  seen_at = sender->awake().count();
  const std::lock_guard lock{adopting};
  std::map<std::string, const TopicFacts*> present;
  for (const TopicFacts& facts : *listed) {
    const std::string workspace = workspace_of(facts.name);
    if (workspace.empty()) continue;
    present[workspace] = &facts;
    if (find(workspace) != nullptr) continue;
    if (const auto adopted = adopt(workspace, facts); !adopted) return adopted;
  }
  const std::shared_lock reading{mutex};
  for (const auto& [workspace, topic] : topics) {
    const auto at = present.find(workspace);
    miss(*topic, at == present.end() ? nullptr : at->second);
  }
  return {};
}

void KafkaLog::Parts::miss(Topic& topic, const TopicFacts* facts) {
  topic.looks_missed = facts == nullptr ? topic.looks_missed + 1 : 0;
  std::optional<Error> failed;
  if (topic.looks_missed > looks_missed_max) {
    failed = Error{Code::log_recreated, "topic " + topic.target.topic + " is gone"};
  } else if (facts != nullptr && facts->partitions != options.partitions && facts->partitions != 0) {
    failed = repartitioned(*facts);
  }
  if (!failed) return;
  for (const auto& feed : topic.feeds) feed->fail(*failed);
  for (std::uint32_t i = 0; i < options.partitions; ++i) subscribers.tell(i, topic.workspace);
}

Result<void> KafkaLog::Parts::ensure_shared(const TopicFacts& wanted, Use use) {
  const auto listed = cluster->topics();
  if (!listed) return listed.error();
  for (const TopicFacts& facts : *listed) {
    if (facts.name != wanted.name) continue;
    return facts.partitions == wanted.partitions ? cluster->check(wanted.name, use) : repartitioned(facts);
  }
  return cluster->create(wanted.name, wanted.partitions, use);
}

void KafkaLog::Parts::commit_positions() {
  const std::shared_lock lock{mutex};
  if (member == nullptr) return;
  const PartitionsHandle positions{rd_kafka_topic_partition_list_new(static_cast<int>(options.partitions))};
  for (const auto& [workspace, topic] : topics) {
    for (std::uint32_t i = 0; i < options.partitions; ++i) {
      const auto position = topic->feeds[i]->position();
      if (!position) continue;
      rd_kafka_topic_partition_list_add(positions.get(), topic->target.topic.c_str(), static_cast<std::int32_t>(i))
          ->offset = static_cast<std::int64_t>(*position);
    }
  }
  if (positions->cnt > 0) member->commit(*positions);
}

void KafkaLog::Parts::watch(const std::stop_token& stop) {
  std::mutex waiting;
  std::condition_variable_any changed;
  std::unique_lock lock{waiting};
  while (!changed.wait_for(lock, stop, options.look_interval, [] { return false; }) && !stop.stop_requested()) {
    if (const auto looked = look(); !looked && options.on_line) options.on_line(looked.error().detail);
    commit_positions();
  }
}

}  // namespace weir::log
