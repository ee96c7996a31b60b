#include "tests/fault/resting_node.hpp"

#include <stdexcept>

#include "api/auth/audit.hpp"
#include "state/checkpoint/directory_store.hpp"
#include "state/checkpoint/publisher.hpp"
#include "state/store/durable_file.hpp"
#include "stream/feed/filtered_view.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/shard_runner.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/random_records.hpp"

namespace weir::fault {
namespace {

namespace fs = std::filesystem;

constexpr const char* workspace = "w";
constexpr const char* process = "p0";
constexpr const char* series = "node";
constexpr std::size_t turns = 3;
constexpr std::size_t bodies_per_turn = 40;
constexpr std::size_t events_per_body = 4;
constexpr const char* restored = "restored";
const log::EmbeddedOptions of_log{.partitions = 1};

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}
void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().detail);
}

crypto::Key key() { return crypto::Key{}; }

/// An open node, on one thread.
struct Open {
  Open(const fs::path& folder, const rocks::RocksEnvironment& environment)
      : log_store(must(rocks::open_rocksdb(folder / "log", {}, environment))),
        shard_store(
            must(rocks::open_rocksdb(folder / "shards/0", {.recovery = rocks::WalRecovery::keep_prefix}, environment))),
        node_store(must(rocks::open_rocksdb(folder / "node", {}, environment))),
        high_water(folder / "high-water"),
        log(must(log::EmbeddedLog::open(*log_store, high_water, clock, of_log))),
        task(must(runtime::Task::open(*shard_store, operators, support::test_fingerprint, {}))),
        runner(0, *log, *task, watch, clock),
        audit(*node_store, key()) {}

  void append(std::vector<log::Addressed> records) {
    must(log->append(workspace, std::move(records), [](const Result<log::Position>& position) { must(position); }));
    must(log->commit_pending());
    while (must(runner.step())) {
    }
  }
  void stop() {
    must(runner.finish());
    must(log->save_high_water());
  }

  ManualClock clock;
  std::unique_ptr<store::DiskStore> log_store, shard_store, node_store;
  log::HighWaterFile high_water;
  std::unique_ptr<log::EmbeddedLog> log;
  const dataflow::Operators operators = operators::all();
  runtime::CommitWatch watch;
  std::unique_ptr<runtime::Task> task;
  runtime::ShardRunner runner;
  auth::Audit audit;
};

void publish(const fs::path& folder, std::size_t turn) {
  checkpoint::DirectoryStore target{folder / folder_of(Part::checkpoint)};
  auto publisher = must(checkpoint::Publisher::claim(target, series));
  const fs::path copy = folder / "copy";
  fs::copy(folder / "shards", copy, fs::copy_options::recursive);
  must(publisher.publish(copy, {from_micros(static_cast<std::int64_t>(turn)), "test", {}, {}}));
  fs::remove_all(copy);
}

/// Every file below the folder with what it holds.
std::string text_of(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& one : fs::recursive_directory_iterator(folder)) {
    if (!one.is_regular_file()) continue;
    const std::string content = must(store::read_file(one.path())).value();
    files.insert(one.path().lexically_relative(folder).string() + ' ' + to_hex(hash128(content)) + '\n');
  }
  std::string text;
  for (const std::string& file : files) text += file;
  return text;
}

/// What `weir checkpoint restore` would make.
Result<std::string> read_checkpoint(const fs::path& folder) {
  checkpoint::DirectoryStore target{folder / folder_of(Part::checkpoint)};
  const auto catalogue = checkpoint::read_catalogue(target, series);
  if (!catalogue) return catalogue.error();
  if (catalogue->numbers.empty()) return Error{Code::not_found, "there is no checkpoint"};
  const auto manifest = checkpoint::read_manifest(target, series, catalogue->numbers.back());
  if (!manifest) return manifest.error();
  const auto made = checkpoint::restore(target, series, *manifest, "", folder / restored);
  if (!made) return made.error();
  return text_of(folder / restored);
}

}  // namespace

std::string folder_of(Part part) {
  switch (part) {
    case Part::log:
      return "log";
    case Part::shard:
      return "shards/0";
    case Part::node:
      return "node";
    case Part::checkpoint:
      return "target";
  }
  return {};
}

RestingNode::RestingNode(const fs::path& folder, const fs::path& older) {
  for (std::size_t turn = 0; turn < turns; ++turn) {
    work(folder, turn);
    if (turn + 1 == turns) break;
    publish(folder, turn);
    if (turn + 2 == turns) {
      fs::copy(folder, older, fs::copy_options::recursive);
      truths_[static_cast<std::size_t>(Part::checkpoint)].insert(must(read_checkpoint(folder)));
      fs::remove_all(folder / restored);
    }
  }
  publish(folder, turns);
  const fs::path copy = folder.parent_path() / "read";  // reading flushes what is in write-ahead logs
  for (const Part part : {Part::log, Part::shard, Part::node, Part::checkpoint}) {
    fs::copy(folder, copy, fs::copy_options::recursive);
    truths_[static_cast<std::size_t>(part)].insert(must(read(part, copy)));
    fs::remove_all(copy);
  }
}

RestingNode::RestingNode(const fs::path& copy) {
  Open node{copy, environment_};
  blocks_ = must(node.log->read(workspace, 0, 0, std::size_t{1} << 30));
}

void RestingNode::work(const fs::path& folder, std::size_t turn) {
  for (const char* part : {"log", "shards/0", "node"}) fs::create_directories(folder / part);
  Open node{folder, environment_};
  must(node.log->ensure_workspace(workspace));
  support::RandomRecords records{workspace, {.processes = 1, .cases = 12, .span_micros = 1'000'000}};
  std::mt19937_64 random{turn};
  for (std::size_t i = 0; i < bodies_per_turn; ++i) {
    std::vector<log::Addressed> body;
    for (std::size_t n = 0; n < events_per_body; ++n) {
      Event event = records.event(random, node.clock.now());
      event.id.append("/").append(std::to_string(turn));
      body.push_back({0, support::event_record(event)});
    }
    node.append(std::move(body));
    must(node.audit.append({node.clock.now(), workspace, "a", "events.post", std::to_string(i), "done", ""},
                           store::Durability::synced));
  }
  node.stop();
  if (turn + 1 == turns) blocks_ = must(node.log->read(workspace, 0, 0, std::size_t{1} << 30));
}

Result<std::string> RestingNode::read(Part part, const fs::path& folder) const {
  switch (part) {
    case Part::log:
      return read_log(folder);
    case Part::shard:
      return read_shard(folder);
    case Part::node:
      return read_node(folder);
    case Part::checkpoint:
      return read_checkpoint(folder);
  }
  return Error{};
}

Result<std::string> RestingNode::read_log(const fs::path& folder) const {
  const auto store = rocks::open_rocksdb(folder / "log", {}, environment_);
  if (!store) return store.error();
  log::HighWaterFile high_water{folder / "high-water"};
  const ManualClock clock;
  const auto opened = log::EmbeddedLog::open(**store, high_water, clock, of_log);
  if (!opened) return opened.error();
  const auto blocks = (*opened)->read(workspace, 0, 0, std::size_t{1} << 30);
  if (!blocks) return blocks.error();
  if (const auto verified = (*opened)->verify(workspace, 0); !verified) return verified.error();
  std::string text;
  for (const auto& block : *blocks) {
    for (const log::Entry& entry : block->entries()) {
      text += std::to_string(entry.offset) + ' ' + std::string{entry.value} + '\n';
    }
  }
  return text;
}

Result<std::string> RestingNode::read_shard(const fs::path& folder) const {
  const auto store =
      rocks::open_rocksdb(folder / "shards/0", {.recovery = rocks::WalRecovery::keep_prefix}, environment_);
  if (!store) return store.error();
  const auto operators = operators::all();
  const auto task = runtime::Task::open(**store, operators, support::test_fingerprint, {});
  if (!task) return task.error();
  for (const auto& block : blocks_) {
    if (const auto taken = (*task)->process(workspace, *block); !taken) return taken.error();
  }
  if (const auto written = (*task)->commit(); !written) return written.error();
  const feed::Snapshots snapshots{(*store)->snapshot()};
  // Who asks is told of the error; the tests' own readers would end the program.
  if (const auto scanned = feed::scan_view(snapshots, workspace, process, operators, {}); !scanned)
    return scanned.error();
  if (const auto read = (*store)->scan("", "", [](auto, auto) { return true; }); !read) return read.error();
  return support::read_answers(snapshots, workspace, process, operators) +
         support::scanned_answers(snapshots, workspace, process, operators);
}

Result<std::string> RestingNode::read_node(const fs::path& folder) const {
  const auto store = rocks::open_rocksdb(folder / "node", {}, environment_);
  if (!store) return store.error();
  const auth::Audit audit{**store, key()};
  if (const auto head = audit.verify(workspace); !head) return head.error();
  std::string text;
  const auto scanned = (*store)->scan("", "", [&](std::string_view name, std::string_view value) {
    text.append(name).append("=").append(value).append("\n");
    return true;
  });
  if (!scanned) return scanned.error();
  return text;
}

}  // namespace weir::fault
