#include "api/app/node.hpp"

#include <unistd.h>

#include "api/app/embedded_origin.hpp"
#include "api/app/kafka_origin.hpp"
#include "api/app/thread_stacks.hpp"
#include "state/store/durable_file.hpp"

namespace weir::app {
namespace {

constexpr std::size_t intake_queue_max = 4'096;
constexpr std::size_t readers_queue_max = 256;
constexpr unsigned readers_that_ask = 16;  // more readers in a group, for those that wait for other nodes
// Other nodes show what is committed, and who waits for a position there cannot make a shard commit sooner.
constexpr std::chrono::seconds commit_interval_in_group{1};
// Looks, once a second, at work that does not end.
constexpr unsigned write_patience = Watchdog::told_after;                   // of a store (reliability R5)
constexpr unsigned step_patience = 300;                                     // of a shard
constexpr std::uint64_t reserve_bytes_temporary = std::uint64_t{16} << 20;  // nobody starts on that folder again

unsigned threads_of(const Settings& settings) {
  return settings.threads > 0 ? static_cast<unsigned>(settings.threads)
                              : std::max(1U, std::thread::hardware_concurrency());
}

/// Does them all, each on one of so many threads. After a kill each store replays its write-ahead log, which is most of
/// what a start waits for. The first error, if any.
Result<void> do_all(const std::vector<std::function<Result<void>()>>& deeds, unsigned threads) {
  std::vector<Result<void>> outcomes(deeds.size());
  std::atomic<std::size_t> next{0};
  const auto do_some = [&] {
    for (std::size_t i; (i = next++) < deeds.size();) outcomes[i] = deeds[i]();
  };
  {
    std::vector<std::jthread> running;
    for (unsigned i = 0; i < threads; ++i) running.emplace_back(do_some);
  }
  for (const auto& outcome : outcomes) {
    if (!outcome) return outcome;
  }
  return {};
}

Result<Secrets> open_secrets(const DataFolder& folder) {
  auto tokens = auth::KeyRing::open(folder.path());
  if (!tokens) return tokens.error();
  const auto audit = folder.key("audit"), erasure = folder.key("erasure"), cursor = folder.key("cursor"),
             nodes = folder.key("nodes"), documents = folder.key("documents");
  for (const auto* key : {&audit, &erasure, &cursor, &nodes, &documents}) {
    if (!*key) return key->error();
  }
  return Secrets{std::move(*tokens), *audit, *erasure, *cursor, *nodes, *documents};
}

std::optional<std::uint64_t> quota_of(const Settings& settings) {
  if (settings.quota_events_per_second == 0) return std::nullopt;
  return settings.quota_events_per_second;
}

unsigned readers_of(const Settings& settings) {
  return threads_of(settings) + (is_in_group(settings) ? readers_that_ask : 0);
}

}  // namespace

Node::Node(const Settings& settings, const Clock& clock, Logger& logger, DataFolder folder, Secrets secrets,
           OnFatal on_fatal)
    : settings_(settings),
      clock_(clock),
      logger_(logger),
      folder_(std::move(folder)),
      memory_(plan_memory(settings.memory_bytes, folder_.shards(), threads_of(settings), settings.body_bytes_max)),
      secrets_(std::move(secrets)),
      on_fatal_(std::move(on_fatal)),
      disk_(folder_.reserve(), settings.is_temporary ? reserve_bytes_temporary : DiskGuard::reserve_bytes,
            [this] { return folder_.free_share(); }),
      patience_(clock, log_away_max),
      changes_(folder_.shards()),
      quota_(quota_of(settings), clock),
      failed_authentications_(clock),
      intake_(threads_of(settings), intake_queue_max),
      readers_(readers_of(settings), readers_queue_max) {}

Node::~Node() { stop(); }

Result<std::unique_ptr<Node>> Node::open(const Settings& settings, const Clock& clock, Logger& logger,
                                         OnFatal on_fatal) {
  auto folder = DataFolder::open(settings.data, static_cast<std::uint32_t>(settings.shards));
  if (!folder) return folder.error();
  if (!settings.cluster_key.empty()) {
    if (const auto joined = folder->join_cluster(settings.cluster_key); !joined) return joined.error();
  }
  auto secrets = open_secrets(*folder);
  if (!secrets) return secrets.error();
  std::unique_ptr<Node> node{
      new Node(settings, clock, logger, std::move(*folder), std::move(*secrets), std::move(on_fatal))};
  if (const auto opened = node->open_stores(); !opened) return opened.error();
  if (const auto opened = node->open_stream(); !opened) return opened.error();
  node->metrics_.add_collector([raw = node.get()](metrics::Samples& samples) { raw->collect(samples); });
  node->disk_.look();
  return node;
}

Result<void> Node::open_stores() {
  const auto failed = [this](std::string_view what) { end_in_order({Code::storage_failed, std::string{what}}); };
  rocks::RocksEnvironment::Limits limits;
  limits.cache_bytes = memory_.block_cache;
  limits.memtables_bytes = memory_.memtables;
  environment_ = std::make_unique<rocks::RocksEnvironment>(
      limits, [this](std::string_view line) { logger_.log(LogLevel::warning, "store", {{"line", line}}); });
  const rocks::RocksOptions of_log{.memtable_bytes = memory_.log_memtable, .on_fatal = failed};
  const rocks::RocksOptions of_node{.memtable_bytes = memory_.node_memtable, .on_fatal = failed};
  const rocks::RocksOptions of_shard{
      .memtable_bytes = memory_.shard_memtable, .recovery = rocks::WalRecovery::keep_prefix, .on_fatal = failed};
  const auto open_into = [this](OpenStore& store, const std::string& path, const rocks::RocksOptions& options) {
    return [this, &store, path, &options]() -> Result<void> {
      auto opened = open_store(path, options, *environment_);
      if (!opened) return opened.error();
      store = std::move(*opened);
      return {};
    };
  };
  std::vector<std::function<Result<void>()>> deeds{open_into(node_store_, folder_.node(), of_node)};
  if (!is_on_kafka(settings_)) deeds.push_back(open_into(log_store_, folder_.log(), of_log));
  shard_stores_ = std::make_unique<ShardStores>(folder_, of_shard, *environment_);
  const bool may_be_fetched = is_on_kafka(settings_) && !settings_.checkpoints.empty();
  if (!is_in_group(settings_) && !may_be_fetched) {
    opened_early_.resize(folder_.shards());
    for (std::uint32_t i = 0; i < folder_.shards(); ++i) {
      if (!folder_.is_marked_damaged(i)) deeds.emplace_back([this, i] { return open_early(i); });
    }
  }
  if (const auto opened = do_all(deeds, threads_of(settings_)); !opened) return opened;
  store::Store& store = *node_store_.watched;
  audit_ = std::make_unique<auth::Audit>(store, secrets_.audit);
  auto answers = auth::IdempotencyStore::open(store, clock_);
  if (!answers) return answers.error();
  answers_ = std::move(*answers);
  auto people = People::open(settings_, folder_, store, secrets_.tokens, *audit_, clock_);
  if (!people) return people.error();
  people_ = std::move(*people);
  return {};
}

/// Held until open_shards(), which also makes good what is damaged.
Result<void> Node::open_early(std::uint32_t shard) {
  auto opened = shard_stores_->open(shard);
  if (!opened) return opened.error().code == Code::state_damaged ? Result<void>{} : opened.error();
  opened_early_[shard] = std::move(*opened);
  return {};
}

Result<void> Node::open_origin() {
  if (!is_on_kafka(settings_)) {
    origin_ = std::make_unique<EmbeddedOrigin>(folder_, settings_, *log_store_.watched, clock_, logger_);
    return {};
  }
  std::optional<ShardSeries> series;
  if (!settings_.checkpoints.empty()) {
    auto opened = ShardSeries::open(settings_, folder_, log_identity(), clock_);
    if (!opened) return opened.error();
    series = *std::move(opened);
  }
  origin_ =
      std::make_unique<KafkaOrigin>(KafkaOrigin::Means{folder_, log(), std::move(series), clock_, logger_, metrics_});
  return {};
}

Result<void> Node::open_stream() {
  auto opened = is_on_kafka(settings_) ? open_kafka_log(settings_, memory_, folder_, clock_, logger_)
                                       : open_embedded_log(memory_, folder_, *log_store_.watched, clock_);
  if (!opened) return opened.error();
  event_log_ = *std::move(opened);
  if (const auto shared = share_people(); !shared) return shared;
  runtime::EngineOptions options;
  options.threads = std::min(threads_of(settings_), folder_.shards());
  options.task.cache_bytes = memory_.tasks / 2;
  options.task.held_bytes_max = memory_.tasks;
  options.runner.batch_bytes = memory_.task_batch;
  options.foreign_producers = event_log_->is_remote();
  if (is_in_group(settings_)) options.runner.commit_interval_max = commit_interval_in_group;
  options.on_damaged = [this](std::uint32_t shard, const Error& error) { shards_->mark_damaged(shard, error); };
  options.on_announced = [this](std::uint32_t shard, const std::string& workspace, const std::string& target) {
    const std::shared_lock lock{effects_mutex_};
    if (effects_.announced) effects_.announced(shard, workspace, target);
  };
  options.on_recorded = [this](const Hash128& sender, bool counts) {
    const std::shared_lock lock{effects_mutex_};
    if (effects_.recorded) effects_.recorded(sender, counts);
  };
  engine_ = std::make_unique<runtime::Engine>(
      log(), clock_,
      [this](auto workspace, auto process, auto case_id) { return fingerprint(workspace, process, case_id); }, options,
      [this](const Error& why) { end_in_order(why); });
  running_ = engine_.get();
  if (const auto shown = open_views(); !shown) return shown;
  return open_shards();
}

/// A node of a group shows the views of all shards, wherever they are.
Result<void> Node::open_views() {
  if (!is_in_group(settings_)) return {};
  auto topic = event_log_->open_views();
  if (!topic) return topic.error();
  const auto fatal = [this](const Error& why) { end_in_order(why); };
  const rocks::RocksOptions mirror{.memtable_bytes = memory_.node_memtable, .on_fatal = [fatal](std::string_view what) {
                                     fatal({Code::storage_failed, std::string{what}});
                                   }};
  auto opened =
      SharedViews::open(*std::move(topic), {folder_, *environment_, mirror, clock_, *engine_, changes_, fatal});
  if (!opened) return opened.error();
  views_ = *std::move(opened);
  open_asking();
  return {};
}

/// What views do not tell the nodes ask each other.
void Node::open_asking() {
  const auto here = [this](std::uint32_t shard) { return engine_->snapshot(shard); };
  const auto lag = [this](std::uint32_t shard) { return engine_->lag(shard); };
  const auto find_here = [here, lag](std::uint32_t shard) -> std::optional<asking::Whole> {
    if (auto snapshot = here(shard)) return asking::Whole{std::move(snapshot), lag(shard)};
    return std::nullopt;
  };
  OwnersOptions options;
  options.calls_max = readers_that_ask;
  owners_ = std::make_unique<Owners>(
      Owners::Means{clock_, secrets_.nodes, !settings_.tls_cert.empty(),
                    [this](std::uint32_t shard) { return views_->status(shard).owner; }, find_here, metrics_},
      options);
  asked_ =
      std::make_unique<Asked>(asking::Pins::Source{here, lag}, clock_, secrets_.nodes, threads_of(settings_), metrics_);
}

/// Tokens and users of a node in a group are those of all.
Result<void> Node::share_people() {
  if (!is_in_group(settings_)) return {};
  const auto key = folder_.key("control");
  if (!key) return key.error();
  auto opened = event_log_->open_control(
      *key, [this](const auto& name, const auto& value) { return people_->apply(name, value); },
      [this](const Error& why) { end_in_order(why); });
  if (!opened) return opened.error();
  control_ = *std::move(opened);
  people_->share([this](const auto& name, const auto& value) { return control_->put(name, value); });
  return {};
}

Result<void> Node::open_shards() {
  if (const auto known = open_origin(); !known) return known;
  shards_ = std::make_unique<Shards>(Shards::Means{folder_, *shard_stores_, *engine_, changes_, logger_, views_.get(),
                                                   *origin_, [this](const Error& why) { end_in_order(why); }});
  for (std::uint32_t i = 0; !is_in_group(settings_) && i < folder_.shards(); ++i) {
    if (const auto opened = shards_->open(i); !opened) return opened;
  }
  opened_early_.clear();
  watch_over_work();
  return {};
}

void Node::tell_effects(EffectsHearer hearer) {
  const std::unique_lock lock{effects_mutex_};
  effects_ = std::move(hearer);
}

void Node::start() {
  event_log_->start([this](const Error& why) { end_in_order(why); });
  if (views_) views_->start();
  shards_->start();
  engine_->start();
}

Result<void> Node::join(std::string address) {
  address_ = std::move(address);
  if (views_) views_->answer_at(address_);
  if (asked_) asked_->answer_at(address_);
  if (!is_in_group(settings_) || settings_.node_role == "api") return {};
  return event_log_->join(*shards_);
}

void Node::stop() {
  begin_drain();
  readers_.stop();
  intake_.stop();
  if (asked_) asked_->stop();
  if (people_) people_->stop();
  control_.reset();  // nobody changes people any more
  if (origin_) origin_->stop();
  // The log first: what it still takes (and nobody is told of any more) the engine then takes too.
  if (event_log_) event_log_->stop();
  if (engine_) engine_->stop();
  if (views_) views_->stop();
}

/// Whatever the shards are about has not brought it about.
void Node::end_in_order(const Error& why) {
  if (runtime::Engine* const running = running_) running->forgive();
  on_fatal_(why);
}

Hash128 Node::fingerprint(std::string_view workspace, std::string_view process, std::string_view case_id) const {
  return crypto::case_fingerprint(secrets_.erasure, workspace, process, case_id);
}

std::shared_ptr<const store::Snapshot> Node::shown(std::uint32_t shard) const {
  auto here = engine_->snapshot(shard);
  if (here != nullptr || views_ == nullptr) return here;
  auto elsewhere = views_->snapshot(shard);
  if (elsewhere == nullptr) return nullptr;
  return std::make_shared<asking::Elsewhere>(std::move(elsewhere),
                                             [this, shard](const std::string& workspace, std::uint64_t includes) {
                                               return owners_->open(shard, workspace, includes);
                                             });
}

Result<std::shared_ptr<const store::Snapshot>> Node::snapshot(std::uint32_t shard) const {
  auto one = shown(shard);
  if (one == nullptr) return Error{Code::shard_elsewhere, "its views have not come yet"};
  return one;
}

Currency Node::currency() const {
  Currency all;
  for (std::uint32_t i = 0; i < engine_->shards(); ++i) {
    all.add(views_ && !engine_->has(i) ? views_->currency(i) : Currency{engine_->lag(i)});
  }
  return all;
}

Currency Node::currency(std::uint32_t shard, const store::Snapshot& read) const {
  const asking::Elsewhere* const elsewhere = asking::as_elsewhere(read);
  if (elsewhere == nullptr) return {engine_->lag(shard)};
  const auto of_owner = elsewhere->lag_of_whole();
  return of_owner ? Currency{*of_owner} : views_->currency(shard);
}

Currency Node::currency(const feed::Snapshots& read) const {
  Currency all;
  for (std::uint32_t i = 0; i < read.size(); ++i) all.add(currency(i, *read[i]));
  return all;
}

Result<feed::Snapshots> Node::snapshots() const {
  feed::Snapshots all;
  for (std::uint32_t i = 0; i < engine_->shards(); ++i) {
    auto one = snapshot(i);
    if (!one) return one.error();
    all.push_back(*std::move(one));
  }
  return all;
}

Result<void> Node::append(const std::string& workspace, std::vector<log::Addressed> records, log::Appended appended) {
  if (const auto ensured = log().ensure_workspace(workspace); !ensured) return ensured;
  const auto append_limited = [&](log::Appended limited) {
    return log().append(workspace, std::move(records), std::move(limited));
  };
  return event_log_->is_remote() ? patience_.limit(append_limited, std::move(appended))
                                 : append_limited(std::move(appended));
}

void Node::watch_over_work() {
  const auto store = [this](const OpenStore& one, const std::string& path) {
    watchdog_.watch(path, write_patience, [&one] { return one.watched->writing(); });
  };
  if (log_store_.watched) store(log_store_, folder_.log());
  store(node_store_, folder_.node());
  for (std::uint32_t i = 0; i < folder_.shards(); ++i) {
    watchdog_.watch(folder_.shard(i), write_patience, [this, i] { return writing(i); });
    watchdog_.watch("shard " + std::to_string(i), step_patience, [this, i] { return engine_->stepping(i); });
  }
}

std::optional<std::uint64_t> Node::writing(std::uint32_t shard) const {
  const auto store = shards_->store(shard);
  return store == nullptr ? std::nullopt : store->watched->writing();
}

/// What each task, queue and thread is at.
void Node::tell_standing(const Watchdog::Stuck& stuck) {
  logger_.log_at_once(LogLevel::error, "nothing has moved",
                      {{"where", stuck.name},
                       {"looks", std::uint64_t{stuck.looks}},
                       {"log_queued_bytes", std::uint64_t{event_log_->figures().queued_bytes}},
                       {"intake_queued", std::uint64_t{intake_.queued()}},
                       {"queries_queued", std::uint64_t{readers_.queued()}},
                       {"log_writing", log_store_.watched != nullptr && log_store_.watched->writing().has_value()}});
  for (const runtime::ShardStatus& status : engine_->status()) {
    logger_.log_at_once(LogLevel::error, "shard",
                        {{"shard", std::uint64_t{status.shard}},
                         {"stepping", status.stepping},
                         {"doing", status.doing},
                         {"lag", status.lag},
                         {"commits", status.commits},
                         {"writing", writing(status.shard).has_value()}});
  }
  write_thread_stacks(STDERR_FILENO);
}

bool Node::watch() {
  patience_.expire();
  if (asked_) asked_->look();
  for (const Watchdog::Stuck& stuck : watchdog_.look()) {
    tell_standing(stuck);
    if (!stuck.given_up) continue;
    const Error why{Code::storage_failed, stuck.name + ": nothing has moved for " + std::to_string(stuck.looks) + " s"};
    // What a shard is at may be to blame, so that counts as a crash (stream/runtime/crash_record.hpp).
    if (stuck.looks >= step_patience) on_fatal_(why);
    end_in_order(why);
  }
  return disk_.look();
}

void Node::collect_shares(metrics::Samples& samples) const {
  const auto refusals = [&samples](std::uint64_t count, metrics::Labels of) {
    samples.counter(shares_refused_name, shares_refused_help, static_cast<double>(count), of);
  };
  refusals(event_log_->figures().refused_appends, {{"of", "log"}});
  refusals(intake_.refused(), {{"of", "intake"}});
  refusals(readers_.refused(), {{"of", "queries"}});
}

void Node::collect(metrics::Samples& samples) {
  collect_shares(samples);
  const LogFigures figures = event_log_->figures();
  samples.gauge("weir_log_queued_bytes", "Bytes that wait to be committed to the log.",
                static_cast<double>(figures.queued_bytes));
  samples.gauge("weir_log_away_seconds", "How long the log has not answered.",
                std::chrono::duration<double>(figures.away).count());
  samples.counter("weir_log_gaps_total", "Offsets of the log without a record, in what was read.",
                  static_cast<double>(figures.gaps));
  samples.counter("weir_log_producers_replaced_total", "Times that the log's producer died and was replaced.",
                  static_cast<double>(figures.producers_replaced));
  samples.gauge("weir_intake_queued", "Bodies that wait for a worker.", static_cast<double>(intake_.queued()));
  samples.gauge("weir_queries_queued", "Queries that wait for a reader.", static_cast<double>(readers_.queued()));
  samples.gauge("weir_disk_free_ratio", "Free share of the data folder's disk.", disk_.free_share());
  samples.counter("weir_log_lines_dropped_total", "Lines of the log of the program that were dropped.",
                  static_cast<double>(logger_.dropped()));
  samples.gauge("weir_shards_rebuilt", "Shards whose damaged state was made again at the last start.",
                static_cast<double>(shards_->rebuilt()));
  people_->collect(samples);
  if (views_) views_->collect(samples);
  if (asked_) asked_->collect(samples);
  samples.gauge("weir_shards_here", "Shards that this node owns.", static_cast<double>(engine_->status().size()));
  for (const runtime::ShardStatus& status : engine_->status()) {
    const std::uint32_t shard = status.shard;
    const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
    samples.gauge("weir_shard_lag_records", "Records that the views do not include yet.", number(status.lag),
                  {{"shard", shard}});
    samples.gauge("weir_shard_ticks_held", "Ticks are held because the wall clock jumped.", status.ticks_held ? 1 : 0,
                  {{"shard", shard}});
    samples.gauge("weir_shard_single_step", "Records are taken one at a time because the process died often.",
                  status.single_step ? 1 : 0, {{"shard", shard}});
    samples.counter("weir_events_accepted_total", "Events that tasks accepted.", number(status.accepted),
                    {{"shard", shard}});
    samples.counter("weir_events_duplicate_total", "Events that tasks knew already.", number(status.duplicates),
                    {{"shard", shard}});
    samples.counter("weir_events_refused_total", "Events that tasks refused.", number(status.refused),
                    {{"shard", shard}});
    samples.counter("weir_events_forwarded_total", "Events that others had put on the wrong partition.",
                    number(status.forwarded), {{"shard", shard}});
    samples.counter("weir_cases_archived_total", "Cases that went into the archive.", number(status.archived),
                    {{"shard", shard}});
    samples.counter("weir_cases_revived_total", "Archived cases that came back to those that are kept.",
                    number(status.revived), {{"shard", shard}});
    samples.counter("weir_roll_backs_total", "Times that a task went back because an operator failed.",
                    number(status.roll_backs), {{"shard", shard}});
    samples.counter("weir_dead_letters_dropped_total", "Dead letters beyond those that are kept.",
                    number(status.dead_letters_dropped), {{"shard", shard}});
    samples.counter("weir_commits_total", "Commits of state.", number(status.commits), {{"shard", shard}});
    samples.counter("weir_commit_bytes_total", "Bytes that commits wrote.", number(status.commit_bytes),
                    {{"shard", shard}});
  }
}

}  // namespace weir::app
