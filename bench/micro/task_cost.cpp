// What an event costs one shard's thread, beside what the plain job costs on the same store: CPU time alone, so that
// the figures hold on a busy machine.
//
//   task_cost --file EVENTS.ndjson --folder DIR [--shards 16] [--take 2] [--commit 20000] [--job task|plain]
//
// Of the file it takes the events of the first --take of --shards partitions, 500 to a block, and commits every
// --commit events of a shard (at full load a commit comes every few seconds). task:  the shard's task with all
// operators, on RocksDB plain: every event is parsed and kept with its case in memory; cases that changed are written
// sorted (measured.md)
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schemas/base/clock.hpp"
#include "schemas/codec/event_json.hpp"
#include "state/rocksdb/rocksdb_store.hpp"
#include "stream/log/partitioner.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/task.hpp"

namespace {

using namespace weir;

/// Of this thread, in seconds.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Value>
Value must(Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  if constexpr (!std::is_void_v<Value>) return std::move(*result);
}

constexpr std::size_t block_events = 500;

class Block final : public log::Block {
 public:
  Block(std::uint64_t base, Time appended) : base_(base), appended_(appended) {}

  void add(std::string event) { events_.push_back(std::move(event)); }
  bool full() const { return events_.size() == block_events; }
  void close() {
    for (std::size_t i = 0; i < events_.size(); ++i) entries_.push_back({base_ + i, log::Kind::event, events_[i]});
  }

  std::uint64_t base_offset() const override { return base_; }
  std::uint64_t end_offset() const override { return base_ + events_.size(); }
  Time append_time() const override { return appended_; }
  const std::vector<log::Entry>& entries() const override { return entries_; }
  std::size_t bytes() const override { return sizeof *this; }

 private:
  std::uint64_t base_;
  Time appended_;
  std::vector<std::string> events_;
  std::vector<log::Entry> entries_;
};
using Blocks = std::vector<std::unique_ptr<Block>>;

/// The file's events as their shards would read them from the log.
std::vector<Blocks> read_shards(const std::string& path, std::uint32_t shards, std::uint32_t take) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error("cannot read " + path);
  const Time appended = SystemClock{}.now();
  std::vector<Blocks> blocks(take);
  std::string line;
  while (std::getline(file, line)) {
    Event event = must(decode_stored_event(line, appended));
    const std::uint32_t shard = log::partition_of(event.process, event.case_id, shards);
    if (shard >= take) continue;
    event.source = "weir:default";
    std::string stored;
    encode_event(event, stored);
    Blocks& mine = blocks[shard];
    if (mine.empty() || mine.back()->full()) {
      mine.push_back(std::make_unique<Block>(mine.empty() ? 0 : mine.back()->end_offset(), appended));
    }
    mine.back()->add(std::move(stored));
  }
  for (Blocks& mine : blocks) {
    for (auto& block : mine) block->close();
  }
  return blocks;
}

class Job {
 public:
  virtual ~Job() = default;
  virtual void take(const Block& block) = 0;
  virtual void commit() = 0;
};

class TaskJob final : public Job {
 public:
  explicit TaskJob(store::Store& store)
      : task_(must(runtime::Task::open(store, operators_, [](auto, auto, auto) { return Hash128{}; }))) {}

  void take(const Block& block) override { must(task_->process("w", block)); }
  void commit() override { must(task_->commit()); }

 private:
  dataflow::Operators operators_ = operators::all();
  std::unique_ptr<runtime::Task> task_;
};

class PlainJob final : public Job {
 public:
  explicit PlainJob(store::Store& store) : store_(store) {}

  void take(const Block& block) override {
    for (const log::Entry& entry : block.entries()) {
      const Event event = must(decode_stored_event(entry.value, block.append_time()));
      Case& one = cases_[event.case_id];
      one.bytes.append(entry.value);
      if (one.changed) continue;
      one.changed = true;
      changed_.push_back(event.case_id);
    }
  }
  void commit() override {
    store::Batch batch;
    for (const std::string& case_id : std::exchange(changed_, {})) {
      Case& one = cases_[case_id];
      one.changed = false;
      batch.put(case_id, one.bytes);
    }
    batch.sort();
    must(store_.write(batch, store::Durability::buffered));
  }

 private:
  struct Case {
    std::string bytes;
    bool changed = false;
  };
  store::Store& store_;
  boost::unordered_flat_map<std::string, Case> cases_;
  std::vector<std::string> changed_;
};

struct Cost {
  std::size_t events = 0;
  std::size_t commits = 0;
  double take_s = 0;
  double commit_s = 0;
};

void run(const Blocks& blocks, Job& job, std::size_t commit_events, Cost& cost) {
  std::size_t pending = 0;
  const auto commit = [&] {
    const double start = cpu_seconds();
    job.commit();
    cost.commit_s += cpu_seconds() - start;
    ++cost.commits;
    pending = 0;
  };
  for (const auto& block : blocks) {
    const double start = cpu_seconds();
    job.take(*block);
    cost.take_s += cpu_seconds() - start;
    cost.events += block->entries().size();
    if ((pending += block->entries().size()) >= commit_events) commit();
  }
  if (pending > 0) commit();
}

int measure(std::map<std::string, std::string>& options) {
  const auto take = static_cast<std::uint32_t>(std::stoul(options["--take"]));
  const auto shards = read_shards(options["--file"], static_cast<std::uint32_t>(std::stoul(options["--shards"])), take);
  const rocks::RocksEnvironment environment{{}};
  Cost cost;
  for (std::uint32_t i = 0; i < take; ++i) {
    const std::string folder = options["--folder"] + "/" + std::to_string(i);
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto store = must(rocks::open_rocksdb(folder, {.recovery = rocks::WalRecovery::keep_prefix}, environment));
    std::unique_ptr<Job> job;
    if (options["--job"] == "plain") {
      job = std::make_unique<PlainJob>(*store);
    } else {
      job = std::make_unique<TaskJob>(*store);
    }
    run(shards[i], *job, std::stoul(options["--commit"]), cost);
  }
  const auto micros = [&](double seconds) {
    return seconds * 1e6 / static_cast<double>(std::max<std::size_t>(cost.events, 1));
  };
  std::printf("{\"job\":\"%s\",\"events\":%zu,\"commits\":%zu,\"take_us\":%.2f,\"commit_us\":%.2f,\"total_us\":%.2f}\n",
              options["--job"].c_str(), cost.events, cost.commits, micros(cost.take_s), micros(cost.commit_s),
              micros(cost.take_s + cost.commit_s));
  return 0;
}

}  // namespace

int main(int count, char** values) {
  std::map<std::string, std::string> options{
      {"--shards", "16"}, {"--take", "2"}, {"--commit", "20000"}, {"--job", "task"}};
  for (int i = 1; i + 1 < count; i += 2) options[values[i]] = values[i + 1];
  if (options["--file"].empty() || options["--folder"].empty()) {
    std::fprintf(stderr,
                 "usage: task_cost --file EVENTS.ndjson --folder DIR [--shards N] [--take N] [--commit N] "
                 "[--job task|plain]\n");
    return 2;
  }
  try {
    return measure(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "task_cost: %s\n", failure.what());
    return 1;
  }
}
