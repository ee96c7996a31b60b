#include "stream/log/kafka/sender.hpp"

namespace weir::log::kafka {
namespace {

constexpr Clock::Steady rest = std::chrono::milliseconds{100};
constexpr Clock::Steady pause_max = std::chrono::seconds{1};  // between two turns of a thread that runs
constexpr int poll_when_full_ms = 20;
constexpr int bounds_wait_ms = 5'000;

}  // namespace

const ClientSettings& lasting_settings() {
  static const ClientSettings settings{
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"message.timeout.ms", "0"},  // never: the sender's own clock decides what callers are told
      {"retries", "2147483647"},
      {"linger.ms", "1"},
      {"queue.buffering.max.messages", "10000000"},  // flight_bytes is the bound
      {"queue.buffering.max.kbytes", "2097151"},
      {"compression.type", "lz4"},
  };
  return settings;
}

/// A record under way; librdkafka's opaque.
struct Sender::Slot {
  UnderWay* append = nullptr;
  std::size_t index = 0;
  Mark mark{};
  bool settled = false;
};

struct Sender::UnderWay {
  Append append;
  std::vector<Slot> slots;
  std::size_t open = 0;  // slots that are not settled
  Position position;
  std::optional<Error> refused;
  Clock::Steady began{};                // by awake()
  std::list<UnderWay>::iterator place;  // its own
};

Sender::Sender(SenderOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), queue_(options_.queue_bytes) {}

Result<std::unique_ptr<Sender>> Sender::open(SenderOptions options, const Clock& clock) {
  std::unique_ptr<Sender> sender{new Sender(std::move(options), clock)};
  if (const auto opened = sender->open_producer(); !opened) return opened.error();
  sender->thread_ = std::thread{[raw = sender.get()] { raw->run(); }};
  return sender;
}

Sender::~Sender() { stop({}); }

Result<void> Sender::open_producer() {
  ClientSettings settings = lasting_settings();
  settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
  auto opened = Client::open(RD_KAFKA_PRODUCER, settings,
                             {options_.on_line, [this](const rd_kafka_message_t& message) { report(message); }});
  if (!opened) return opened.error();
  producer_ = std::move(*opened);
  const QueueHandle reports{rd_kafka_queue_get_main(producer_.get())};
  rd_kafka_queue_cb_event_enable(
      reports.get(), [](rd_kafka_t*, void* sender) { static_cast<Sender*>(sender)->queue_.wake(); }, this);
  return {};
}

void Sender::close_producer() {
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_poll(producer_.get(), 0);
  topics_.clear();
  producer_.close();
}

/// A handle of its own makes librdkafka ask for the topic's leaders at once, and not within a second.
rd_kafka_topic_t* Sender::topic_of(const Target& target) {
  TopicHandle& topic = topics_[&target];
  if (!topic) topic.reset(rd_kafka_topic_new(producer_.get(), target.topic.c_str(), nullptr));
  WEIR_CHECK(topic != nullptr, "librdkafka refuses a topic's name");
  return topic.get();
}

Result<void> Sender::append(const Target& target, std::vector<Addressed> records, Appended appended) {
  const std::size_t bytes = bytes_of(records);
  return queue_.push({&target, std::move(records), std::move(appended), bytes});
}

Clock::Steady Sender::waiting_for() const {
  const std::int64_t oldest = oldest_;
  return oldest == 0 ? Clock::Steady{0} : awake() - Clock::Steady{oldest};
}

void Sender::stop(Clock::Steady wait) {
  const std::lock_guard lock{stopping_};
  if (!thread_.joinable()) return;
  stop_at_ = (clock_.steady() + wait).count();
  queue_.wake();
  thread_.join();
}

// ---- the thread -----------------------------------------------------------------------------------------------------

void Sender::run() {
  looked_at_clock_ = clock_.steady();
  while (true) {
    const bool full = flight_bytes_ >= options_.flight_bytes;
    if (!full) queue_.wait(rest);
    pass_time();
    const bool nothing_left = under_way_.empty() && queue_.bytes() == 0;
    if (stop_at_ != 0 && (nothing_left || clock_.steady().count() >= stop_at_)) break;
    take();
    rd_kafka_poll(producer_.get(), full ? poll_when_full_ms : 0);
    replace_if_dead();
    oldest_ = under_way_.empty() ? 0 : under_way_.front().began.count();
  }
  give_up();
}

void Sender::pass_time() {
  const Clock::Steady now = clock_.steady();
  awake_ += std::min(now - looked_at_clock_, pause_max).count();
  looked_at_clock_ = now;
}

void Sender::take() {
  const std::size_t flying = flight_bytes_;
  if (flying >= options_.flight_bytes) return;
  for (Append& append : queue_.take(options_.flight_bytes - flying)) {
    flight_bytes_ += append.bytes;
    UnderWay& added = under_way_.emplace_back();
    added.place = std::prev(under_way_.end());
    added.append = std::move(append);
    added.began = awake();
    added.open = added.append.records.size();
    added.slots.resize(added.open);
    for (std::size_t i = 0; i < added.slots.size(); ++i) {
      const Addressed& addressed = added.append.records[i];
      added.slots[i] = {&added, i, added.append.target->sealers[addressed.partition]->mark(addressed.record), false};
    }
    for (Slot& slot : added.slots) produce(slot);
    if (added.open == 0) settle(added);
  }
}

/// The value is not copied: it stays in its append until the record is confirmed. A record that librdkafka does not
/// take is settled, its append left to the caller.
void Sender::produce(Slot& slot) {
  const Append& append = slot.append->append;
  const Addressed& addressed = append.records[slot.index];
  const std::string& value = addressed.record.value;
  while (true) {
    const auto failed =
        rd_kafka_producev(producer_.get(), RD_KAFKA_V_RKT(topic_of(*append.target)),
                          RD_KAFKA_V_PARTITION(static_cast<std::int32_t>(addressed.partition)),
                          RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                          RD_KAFKA_V_HEADER(seal_header, slot.mark.data(), static_cast<ssize_t>(slot.mark.size())),
                          RD_KAFKA_V_OPAQUE(&slot), RD_KAFKA_V_END);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR || failed == RD_KAFKA_RESP_ERR__FATAL) return;  // dead: sent again later
    if (failed == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      rd_kafka_poll(producer_.get(), poll_when_full_ms);
      continue;
    }
    slot.settled = true;
    slot.append->refused = unreachable(append.target->topic, failed);
    --slot.append->open;
    return;
  }
}

void Sender::report(const rd_kafka_message_t& message) {
  Slot& slot = *static_cast<Slot*>(message._private);
  const bool dead = rd_kafka_fatal_error(producer_.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR && dead) return;  // unknown: sent again
  UnderWay& append = *slot.append;
  slot.settled = true;
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    append.position.include({static_cast<std::uint32_t>(message.partition), end_of(message)});
  } else {
    append.refused = unreachable(append.append.target->topic, message.err);
  }
  if (--append.open == 0) settle(append);
}

/// The offset behind the record. Where the broker had it already from an earlier try it does not say where; then behind
/// all that the partition holds.
std::uint64_t Sender::end_of(const rd_kafka_message_t& message) {
  if (message.offset >= 0) return static_cast<std::uint64_t>(message.offset) + 1;
  std::int64_t low = 0, high = 0;
  rd_kafka_query_watermark_offsets(producer_.get(), rd_kafka_topic_name(message.rkt), message.partition, &low, &high,
                                   bounds_wait_ms);
  return static_cast<std::uint64_t>(high);
}

void Sender::settle(UnderWay& append) {
  const Appended appended = std::move(append.append.appended);
  Result<Position> outcome = append.refused ? Result<Position>{*append.refused} : std::move(append.position);
  flight_bytes_ -= append.append.bytes;
  under_way_.erase(append.place);
  appended(std::move(outcome));
}

void Sender::replace_if_dead() {
  if (rd_kafka_fatal_error(producer_.get(), nullptr, 0) == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  close_producer();  // what is left in it is reported as failed; its slots stay open
  ++replaced_;
  const auto opened = open_producer();
  WEIR_CHECK(opened.ok(), "librdkafka refuses settings that it took before");
  for (auto at = under_way_.begin(); at != under_way_.end();) {
    UnderWay& append = *at++;
    for (Slot& slot : append.slots) {
      if (!slot.settled) produce(slot);
    }
    if (append.open == 0) settle(append);
  }
}

void Sender::give_up() {
  const std::vector<Append> waiting = queue_.close({Code::draining, "the server is stopping"});
  if (producer_.get() != nullptr) close_producer();
  const Error unknown{Code::log_unreachable, "the server stopped before the log confirmed it"};
  for (const UnderWay& append : under_way_) append.append.appended(unknown);
  for (const Append& append : waiting) append.appended(unknown);
  under_way_.clear();
  flight_bytes_ = 0;
  oldest_ = 0;
}

}  // namespace weir::log::kafka
