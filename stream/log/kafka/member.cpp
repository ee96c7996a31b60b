#include "stream/log/kafka/member.hpp"

#include <algorithm>

namespace weir::log::kafka {
namespace {

constexpr int poll_ms = 100;
// librdkafka may be fenced by its own earlier self, after a pause; twice in a row it is another node.
constexpr int fenced_max = 3;
constexpr int sessions_in_a_row = 3;

ClientSettings settings_of(const MemberOptions& options) {
  ClientSettings settings = options.settings;
  const auto session_ms = options.session_timeout.count();
  const ClientSettings own{{"group.id", options.group},
                           {"group.instance.id", options.node},
                           {"partition.assignment.strategy", "range"},
                           {"session.timeout.ms", std::to_string(session_ms)},
                           {"heartbeat.interval.ms", std::to_string(std::max<std::int64_t>(session_ms / 4, 1))},
                           {"enable.auto.commit", "false"},
                           {"enable.auto.offset.store", "false"},
                           {"auto.offset.reset", "latest"},
                           {"allow.auto.create.topics", "false"},
                           {"topic.metadata.refresh.interval.ms", "10000"}};
  settings.insert(settings.end(), own.begin(), own.end());
  return settings;
}

}  // namespace

Result<std::unique_ptr<Member>> Member::open(MemberOptions options, const Clock& clock, Ownership& owner) {
  std::unique_ptr<Member> member{new Member(std::move(options), clock, owner)};
  if (const auto joined = member->join(); !joined) return joined.error();
  member->thread_ = std::jthread{[raw = member.get()](const std::stop_token& stop) { raw->run(stop); }};
  return member;
}

Member::~Member() {
  thread_ = {};
  client_.abandon();
}

void Member::commit(const rd_kafka_topic_partition_list_t& positions) {
  const std::lock_guard lock{mutex_};
  if (client_.get() != nullptr) rd_kafka_commit(client_.get(), &positions, 1);
}

Result<void> Member::join() {
  auto opened =
      Client::open(RD_KAFKA_CONSUMER, settings_of(options_),
                   {options_.on_line, {}, [this](auto what, auto* partitions) { rebalance(what, partitions); }});
  if (!opened) return opened.error();
  rd_kafka_poll_set_consumer(opened->get());
  const PartitionsHandle topics{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(topics.get(), options_.topic.c_str(), RD_KAFKA_PARTITION_UA);
  const auto failed = rd_kafka_subscribe(opened->get(), topics.get());
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return unreachable(options_.topic, failed);
  const std::lock_guard lock{mutex_};
  client_ = std::move(*opened);
  return {};
}

void Member::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const MessageHandle message{rd_kafka_consumer_poll(client_.get(), poll_ms)};
    if (message == nullptr || message->err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (message->err == RD_KAFKA_RESP_ERR__FATAL) {
      if (!rejoin()) return;
    } else if (options_.on_line) {
      options_.on_line(std::string{"the group: "} + rd_kafka_message_errstr(message.get()));
    }
  }
  owner_.revoked();
}

void Member::rebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions) {
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) return assign(*partitions);
  if (rd_kafka_assignment_lost(client_.get()) != 0) {
    owner_.lost();
  } else {
    owner_.revoked();
  }
  rd_kafka_assign(client_.get(), nullptr);
}

void Member::assign(const rd_kafka_topic_partition_list_t& partitions) {
  const PartitionsHandle places{rd_kafka_topic_partition_list_copy(&partitions)};
  std::vector<std::uint32_t> shards;
  for (int i = 0; i < places->cnt; ++i) {
    places->elems[i].offset = RD_KAFKA_OFFSET_END;  // there is nothing to read
    shards.push_back(static_cast<std::uint32_t>(places->elems[i].partition));
  }
  std::sort(shards.begin(), shards.end());
  if (!shards.empty() && shards.back() >= options_.partitions) {
    return owner_.ended(
        {Code::log_repartitioned, "topic " + options_.topic + " has more partitions than there are shards"});
  }
  owner_.assigned(shards);
  rd_kafka_assign(client_.get(), places.get());
}

bool Member::rejoin() {
  std::array<char, 512> why{};
  const auto fault = rd_kafka_fatal_error(client_.get(), why.data(), why.size());
  if (options_.on_line) options_.on_line(std::string{"the group: "} + why.data());
  const Clock::Steady now = clock_.steady();
  fenced_ = now - fenced_at_ < sessions_in_a_row * options_.session_timeout ? fenced_ + 1 : 1;
  fenced_at_ = now;
  owner_.lost();
  if (fenced_ >= fenced_max) {
    const bool twin = fault == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
    owner_.ended(twin ? Error{Code::stale_owner, "another node of group " + options_.group + " has the id " +
                                                     options_.node + " too; give each its own `--node-id`"}
                      : Error{Code::log_unreachable, why.data()});
    return false;
  }
  {
    const std::lock_guard lock{mutex_};
    client_.abandon();
  }
  const auto joined = join();
  if (!joined) owner_.ended(joined.error());
  return joined.ok();
}

}  // namespace weir::log::kafka
