#include "api/app/demo.hpp"

#include <algorithm>

#include "schemas/codec/event_json.hpp"
#include "state/format/keys.hpp"
#include "stream/ingest/intake.hpp"

namespace weir::app {
namespace {

constexpr std::size_t batch_events_max = 2'000;
constexpr std::uint64_t batches_a_save = 50;
constexpr std::chrono::milliseconds idle_wait{100};
constexpr std::chrono::seconds full_disk_wait{1};

std::string record_key() { return format::Scope{Demo::workspace}.demo(); }

/// The record of a demo that begins now.
DemoRecord new_record(const Settings& settings, Time now) {
  if (settings.file.empty()) return new_company(settings.seed, settings.speed_percent, now);
  DemoRecord record;
  record.file = settings.file;
  std::error_code unknown;
  record.file_bytes = std::filesystem::file_size(settings.file, unknown);
  record.origin = now;
  record.speeds.push_back({now, settings.speed_percent});
  return record;
}

}  // namespace

Result<std::unique_ptr<Demo>> Demo::open(Node& node, std::unique_ptr<ingest::Replay> replay) {
  const auto stored = node.store().get(record_key());
  if (!stored) return stored.error();
  DemoRecord record = new_record(node.settings(), node.clock().now());
  if (*stored) {
    auto earlier = decode_demo_record(**stored);
    if (!earlier) return earlier.error();
    if (!earlier->same_story(record)) {
      return Error{Code::state_format, "the data folder holds another demo: another file, or another seed"};
    }
    record = std::move(*earlier);
  }
  auto source = replay ? Result{replay_source(std::move(replay), record)} : company_source(record);
  if (!source) return source.error();
  std::unique_ptr<Demo> demo{new Demo(node, std::move(*source), std::move(record), !*stored)};
  // Before anything comes of it: a restart has to tell the same story.
  if (const auto saved = demo->save(demo->record_, store::Durability::synced); !saved) return saved.error();
  if (const auto begun = demo->change(node.settings().speed_percent, std::nullopt); !begun) return begun.error();
  return demo;
}

Demo::Demo(Node& node, std::unique_ptr<DemoSource> source, DemoRecord record, bool fresh)
    : node_(node),
      window_(node, std::string{workspace}),
      fresh_(fresh),
      durable_before_(record.posted),
      began_(node.clock().steady()),
      source_(std::move(source)),
      record_(std::move(record)),
      passed_(began_) {
  moment_ = {std::max(node.clock().now(), record_.speeds.back().at), record_.played};
}

Demo::~Demo() { stop(); }

void Demo::start() {
  thread_ = std::thread{[this] { run(); }};
}

void Demo::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

DemoState Demo::state() const {
  const std::lock_guard lock{mutex_};
  return state_now();
}

DemoState Demo::state_now() const {
  return {source_->name(), record_.speeds.back().speed_percent, paused_,
          caught_up_,      std::max(told_, durable_before_),    source_->total()};
}

Result<DemoState> Demo::change(std::optional<std::uint64_t> speed_percent, std::optional<bool> paused) {
  const std::lock_guard lock{mutex_};
  pass_time();
  if (speed_percent && *speed_percent != record_.speeds.back().speed_percent) {
    DemoRecord changed = record_;
    changed.speeds.push_back({moment_.now, *speed_percent});
    if (const auto saved = save(changed, store::Durability::synced); !saved) return saved.error();
    record_ = std::move(changed);
    source_->change_speed(record_.speeds.back());
  }
  if (paused) paused_ = *paused;
  return state_now();
}

void Demo::run() {
  Result<void> going = fresh_ ? declare_processes() : Result<void>{};
  std::uint64_t batches = 0;
  while (going) {
    const auto posted = post_due();
    if (!posted) {
      going = posted.error();
      break;
    }
    const bool more = *posted == batch_events_max;
    if (!more) tell_once_caught_up();
    if (*posted > 0 && (++batches % batches_a_save == 0 || !more)) going = save_progress();
    std::unique_lock lock{mutex_};
    if (!more)
      changed_.wait_for(lock, node_.disk().room_for_events() ? idle_wait : full_disk_wait, [&] { return stopping_; });
    if (stopping_) break;
  }
  if (going) going = save_progress();
  if (!going) {
    node_.logger().log(LogLevel::error, "the demo cannot go on",
                       {{"code", name_of(going.error().code)}, {"detail", going.error().detail}});
  }
}

/// When a case is complete, so that there are cycle times to be seen; and what is promised.
Result<void> Demo::declare_processes() {
  for (const runtime::SettingsChange& change : source_->settings()) {
    const auto declared = window_.append_to_all({log::Kind::settings, runtime::encode(change)});
    if (!declared) return declared;
  }
  for (const documents::Change& change : source_->documents()) {
    const auto declared = window_.append_to_all({log::Kind::document, documents::encode(change)});
    if (!declared) return declared;
  }
  return {};
}

/// Posts a batch of what is due; how many events it had.
Result<std::size_t> Demo::post_due() {
  if (!node_.disk().room_for_events()) return std::size_t{0};
  std::string body;
  const auto taken = take_due(body);
  if (!taken || body.empty()) return taken;
  auto decoded = decode_events(BodyFormat::ndjson, body, {.now = node_.clock().now()});
  if (!decoded) return decoded.error();
  ingest::Intake intake = ingest::take_in(std::move(*decoded), node_.log().partitions());
  if (!intake.rejected.empty()) {
    const Error& why = intake.rejected.front().why;
    node_.logger().log(LogLevel::warning, "events of the demo were rejected",
                       {{"events", std::uint64_t{intake.rejected.size()}}, {"code", name_of(why.code)}});
  }
  if (intake.records.empty()) return taken;
  if (const auto queued = window_.append(std::move(intake.records)); !queued) return queued.error();
  return taken;
}

/// Writes the due events that were not posted before, one a line; how many were due.
Result<std::size_t> Demo::take_due(std::string& body) {
  const std::lock_guard lock{mutex_};
  pass_time();
  std::size_t taken = 0;
  for (; !paused_ && taken < batch_events_max; ++taken) {
    const auto event = source_->next(moment_);
    if (!event) return event.error();
    if (!*event) break;
    if (told_++ < durable_before_) continue;
    encode_event(**event, body);
    body.push_back('\n');
  }
  return taken;
}

/// Remembers what is durable by now.
Result<void> Demo::save_progress() {
  std::uint64_t told = 0;
  {
    const std::lock_guard lock{mutex_};
    told = told_;
  }
  if (const auto durable = window_.finish(); !durable) return durable.error();
  const std::lock_guard lock{mutex_};
  record_.posted = std::max(told, durable_before_);
  record_.played = moment_.played;
  return save(record_, store::Durability::buffered);
}

Result<void> Demo::save(const DemoRecord& record, store::Durability durability) {
  store::Batch batch;
  batch.put(record_key(), encode(record));
  return node_.store().write(batch, durability);
}

/// The wall clock may step back; the demo does not.
void Demo::pass_time() {
  moment_.now = std::max(moment_.now, node_.clock().now());
  const Clock::Steady steady = node_.clock().steady();
  if (!paused_) {
    const auto speed = static_cast<std::int64_t>(record_.speeds.back().speed_percent);
    moment_.played += std::chrono::duration_cast<Duration>(steady - passed_) * speed / 100;
  }
  passed_ = steady;
}

void Demo::tell_once_caught_up() {
  std::uint64_t told = 0;
  {
    const std::lock_guard lock{mutex_};
    if (caught_up_ || paused_) return;
    caught_up_ = true;
    told = told_;
  }
  const auto seconds = std::chrono::duration<double>(node_.clock().steady() - began_).count();
  node_.logger().log(LogLevel::info, "history loaded", {{"events", told}, {"seconds", seconds}});
}

}  // namespace weir::app
