#include "stream/log/kafka/kafka_log.hpp"

#include "schemas/base/event.hpp"
#include "stream/log/control_topic.hpp"
#include "stream/log/kafka/kafka_keyed_topic.hpp"
#include "stream/log/kafka/kafka_parts.hpp"

namespace weir::log {

using namespace kafka;

namespace {

constexpr int tries_to_connect = 3;  // of up to 10 s each

ClientSettings reader_settings(const KafkaOptions& options, const ClientSettings& given) {
  ClientSettings settings{
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"check.crcs", "true"},
      {"enable.partition.eof", "true"},
      {"isolation.level", "read_committed"},
      {"queued.min.messages", "1000000"},  // bytes are the bound
      {"queued.max.messages.kbytes", std::to_string(std::max<std::size_t>(options.fetch_bytes >> 10, 64))},
      {"fetch.error.backoff.ms", "100"},
  };
  settings.insert(settings.end(), given.begin(), given.end());
  return settings;
}

/// The brokers may be starting too.
Result<std::string> connect(Cluster& cluster) {
  Result<std::string> id = Error{};
  for (int i = 0; i < tries_to_connect && !id; ++i) id = cluster.id();
  return id;
}

}  // namespace

ClientSettings common_settings(const KafkaOptions& options) {
  ClientSettings settings{{"bootstrap.servers", options.brokers}, {"client.id", "weir"},
                          {"socket.nagle.disable", "true"},       {"socket.keepalive.enable", "true"},
                          {"socket.timeout.ms", "10000"},         {"reconnect.backoff.max.ms", "1000"}};
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  return settings;
}

KeyedTopicOptions keyed_options(const KafkaOptions& options, const char* suffix, std::uint32_t partitions) {
  KeyedTopicOptions keyed;
  keyed.brokers = options.brokers;
  keyed.topic = options.prefix + suffix;
  keyed.partitions = partitions;
  keyed.seal = options.seal;
  keyed.settings = options.settings;
  keyed.on_line = options.on_line;
  return keyed;
}

KafkaLog::KafkaLog(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

KafkaLog::~KafkaLog() { stop({}); }

Result<std::unique_ptr<KafkaLog>> KafkaLog::open(KafkaOptions options, const Clock& clock,
                                                 std::unique_ptr<Cluster> cluster) {
  auto parts = std::make_unique<Parts>(std::move(options), clock);
  const KafkaOptions& given = parts->options;
  const ClientSettings common = common_settings(given);
  auto reader = Client::open(RD_KAFKA_CONSUMER, reader_settings(given, common), {given.on_line, {}});
  if (!reader) return reader.error();
  parts->reader = std::move(*reader);
  const std::int64_t retention_ms = std::chrono::milliseconds{given.retention}.count();
  parts->cluster = cluster ? std::move(cluster) : std::make_unique<Brokers>(parts->reader.get(), retention_ms);
  auto id = connect(*parts->cluster);
  if (!id) return id.error();
  parts->cluster_id = *std::move(id);
  auto sender = Sender::open({common, given.on_line, given.queue_bytes / 2, given.queue_bytes / 2}, clock);
  if (!sender) return sender.error();
  parts->sender = *std::move(sender);
  if (const auto looked = parts->look(); !looked) return looked.error();
  std::unique_ptr<KafkaLog> log{new KafkaLog(std::move(parts))};
  log->parts_->watcher = std::jthread{[raw = log->parts_.get()](const std::stop_token& stop) { raw->watch(stop); }};
  return log;
}

Result<void> KafkaLog::join(Ownership& owner) {
  const KafkaOptions& options = parts_->options;
  MemberOptions member;
  member.topic = options.prefix + ".shards";
  if (const auto there = parts_->ensure_shared({member.topic, options.partitions}, Use::events); !there) return there;
  member.settings = common_settings(options);
  member.group = options.group;
  member.node = options.node;
  member.partitions = options.partitions;
  member.session_timeout = options.session_timeout;
  member.on_line = options.on_line;
  auto joined = Member::open(std::move(member), parts_->clock, owner);
  if (!joined) return joined.error();
  const std::unique_lock lock{parts_->mutex};
  parts_->member = *std::move(joined);
  return {};
}

Result<std::unique_ptr<ControlLog>> KafkaLog::open_control(const crypto::Key& key, ControlLog::Apply apply,
                                                           ControlLog::Ended ended) {
  auto topic = KafkaKeyedTopic::open(keyed_options(parts_->options, ".control", 1));
  if (!topic) return topic.error();
  auto opened = ControlTopic::open(*std::move(topic), key, std::move(apply), std::move(ended));
  if (!opened) return opened.error();
  return std::unique_ptr<ControlLog>{*std::move(opened)};
}

Result<std::unique_ptr<KeyedTopic>> KafkaLog::open_views() {
  auto opened = KafkaKeyedTopic::open(keyed_options(parts_->options, ".views", partitions()));
  if (!opened) return opened.error();
  return std::unique_ptr<KeyedTopic>{*std::move(opened)};
}

void KafkaLog::stop(Clock::Steady wait) {
  std::unique_ptr<Member> member;
  {
    const std::unique_lock lock{parts_->mutex};
    member = std::move(parts_->member);
  }
  member.reset();  // outside the lock: who gives its shards up may still ask for the log
  parts_->watcher.request_stop();
  parts_->sender->stop(wait);
}

std::uint32_t KafkaLog::partitions() const { return parts_->options.partitions; }

std::vector<std::string> KafkaLog::workspaces() const {
  const std::shared_lock lock{parts_->mutex};
  std::vector<std::string> names;
  names.reserve(parts_->topics.size());
  for (const auto& [name, topic] : parts_->topics) names.push_back(name);
  return names;
}

Result<void> KafkaLog::ensure_workspace(const std::string& name) {
  WEIR_CHECK(is_plain_name(name), "a workspace name was not checked");
  if (parts_->find(name) != nullptr) return {};
  if (const auto there = parts_->check_reachable(); !there) return there;
  const std::lock_guard lock{parts_->adopting};
  if (parts_->find(name) != nullptr) return {};
  const std::string topic = parts_->topic_of(name);
  if (const auto made = parts_->cluster->create(topic, partitions(), Use::events); !made) return made;
  return parts_->adopt(name, {topic, partitions()});
}

Result<void> KafkaLog::append(const std::string& workspace, std::vector<Addressed> records, Appended appended) {
  const auto topic = parts_->topic(workspace);
  if (!topic) return topic.error();
  for (const Addressed& addressed : records) {
    WEIR_CHECK(addressed.partition < partitions() && addressed.record.kind <= last_kind, "not a record for the log");
  }
  if (const auto there = parts_->check_reachable(); !there) return there;
  return parts_->sender->append((*topic)->target, std::move(records), std::move(appended));
}

Result<Blocks> KafkaLog::read(const std::string& workspace, std::uint32_t partition, std::uint64_t from,
                              std::size_t max_bytes) const {
  const auto feed = parts_->feed(workspace, partition);
  if (!feed) return feed.error();
  return (*feed)->read(from, max_bytes);
}

Result<std::uint64_t> KafkaLog::begin_offset(const std::string& workspace, std::uint32_t partition) const {
  const auto feed = parts_->feed(workspace, partition);
  if (!feed) return feed.error();
  return (*feed)->begin_offset();
}

Result<std::uint64_t> KafkaLog::end_offset(const std::string& workspace, std::uint32_t partition) const {
  const auto feed = parts_->feed(workspace, partition);
  if (!feed) return feed.error();
  return (*feed)->end_offset();
}

Result<std::uint64_t> KafkaLog::newest_offset(const std::string& workspace, std::uint32_t partition) const {
  const auto feed = parts_->feed(workspace, partition);
  if (!feed) return feed.error();
  return (*feed)->newest_offset();
}

void KafkaLog::resume(const std::string& workspace, std::uint32_t partition, const Witness& last) {
  if (const auto feed = parts_->feed(workspace, partition)) (*feed)->resume(last);
}

void KafkaLog::release(std::uint32_t partition) {
  const std::shared_lock lock{parts_->mutex};
  for (const auto& [name, topic] : parts_->topics) topic->feeds[partition]->release();
}

std::unique_ptr<Subscription> KafkaLog::subscribe(std::uint32_t partition, Grown grown) {
  return parts_->subscribers.add(partition, std::move(grown));
}

const std::string& KafkaLog::cluster_id() const { return parts_->cluster_id; }

Clock::Steady KafkaLog::away_for() const { return parts_->away_for(); }

std::size_t KafkaLog::queued_bytes() const { return parts_->sender->queued_bytes(); }
std::uint64_t KafkaLog::refused_appends() const { return parts_->sender->refused(); }
std::uint64_t KafkaLog::producers_replaced() const { return parts_->sender->replaced(); }

std::uint64_t KafkaLog::gaps() const {
  const std::shared_lock lock{parts_->mutex};
  std::uint64_t gaps = 0;
  for (const auto& [name, topic] : parts_->topics) {
    for (const auto& feed : topic->feeds) gaps += feed->gaps();
  }
  return gaps;
}

}  // namespace weir::log
