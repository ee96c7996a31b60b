#include "tests/api/live/live_node.hpp"

#include <gtest/gtest.h>

#include "api/query/answers.hpp"
#include "stream/log/partitioner.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/model.hpp"
#include "tests/support/random_records.hpp"

namespace weir::live {

struct LiveNode::Shard {
  memory::MemoryStore store;
  std::unique_ptr<runtime::Task> task;
  std::vector<log::Record> records;  // its log
};

LiveNode::LiveNode(std::uint32_t shards, HubLimits limits) : limits_(limits) {
  for (std::uint32_t i = 0; i < shards; ++i) shards_.push_back(std::make_unique<Shard>());
  restart();
}

LiveNode::~LiveNode() = default;

void LiveNode::restart() {
  hub_.reset();
  changes_ = std::make_unique<feed::ChangeChannel>(static_cast<std::uint32_t>(shards_.size()),
                                                   feed::ChangeLimits{.cells_max = 400, .cases_max = 20});
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    Shard& shard = *shards_[i];
    runtime::TaskOptions options;
    options.sweep_cases_max = 2;
    shard.task = *runtime::Task::open(shard.store, operators_, support::test_fingerprint, options);
    shard.task->tell(*changes_->sinks()[i]);
    const auto next = *shard.task->next_offset("w");
    if (next == shard.records.size()) continue;  // what was not committed is read again
    const support::FakeBlock block{next,
                                   from_micros(1'700'000'000'000'000),
                                   {shard.records.begin() + static_cast<std::ptrdiff_t>(next), shard.records.end()}};
    EXPECT_TRUE(shard.task->process("w", block).ok());
  }
  HubParts parts{clock_,
                 {*changes_, static_cast<std::uint32_t>(shards_.size()),
                  [this](std::uint32_t shard) { return shards_[shard]->store.snapshot(); }, operators_},
                 [](const Question& question, std::string_view place) {
                   return std::string{name_of(question.channel)} + "-behind-" + std::string{place};
                 },
                 [this](const std::string&, std::size_t) -> Result<std::string> {
                   if (store_error) return *store_error;
                   return uploads;
                 },
                 metrics};
  hub_ = std::make_unique<Hub>(std::move(parts), limits_);
}

std::uint32_t LiveNode::shard_of(const std::string& process, const std::string& case_id) const {
  return log::partition_of(process, case_id, static_cast<std::uint32_t>(shards_.size()));
}

void LiveNode::append(const Event& event) {
  append(shard_of(event.process, event.case_id), support::event_record(event));
}

void LiveNode::append(std::optional<std::uint32_t> which, const log::Record& record) {
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    if (which && *which != i) continue;
    Shard& shard = *shards_[i];
    const support::FakeBlock block{shard.records.size(), from_micros(1'700'000'000'000'000), {record}};
    shard.records.push_back(record);
    ASSERT_TRUE(shard.task->process("w", block).ok());
  }
}

void LiveNode::commit(std::uint32_t shard) { ASSERT_TRUE(shards_[shard]->task->commit().ok()); }

void LiveNode::sweep(std::uint32_t shard) { ASSERT_TRUE(shards_[shard]->task->advance_sweeps().ok()); }

void LiveNode::settle() {
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    while (shards_[i]->task->has_sweeps()) sweep(i);
    commit(i);
  }
}

void LiveNode::come_to_rest() {
  for (int round = 0; round < 20; ++round) {
    hub_->run_due(Hub::Lane::quick);
    hub_->run_due(Hub::Lane::slow);
    clock_.advance(std::chrono::milliseconds{300});
  }
}

std::string LiveNode::answer(const Question& question) const {
  using dataflow::Table;
  if (question.channel == Channel::uploads) return uploads;
  feed::Snapshots snapshots;
  for (const auto& shard : shards_) snapshots.push_back(shard->store.snapshot());
  std::string text;
  JsonWriter json{text};
  const auto cursor = [&](std::string_view place) {
    return std::string{name_of(question.channel)} + "-behind-" + std::string{place};
  };
  if (question.channel == Channel::cases) {
    auto rows = *feed::list_cases(snapshots, "w", question.process, question.filter, {}, question.limit + 1);
    std::string next;
    if (rows.size() > question.limit) {
      rows.resize(question.limit);
      next = cursor(rows.back().case_id);
    }
    query::write_case_rows(json, rows, question.process, "now", next);
    return text;
  }
  std::vector<Table> tables;
  for (int table = 1; table <= 9; ++table) tables.push_back(static_cast<Table>(table));
  auto view = *(question.takes_all() ? feed::read_view(snapshots, "w", question.process, operators_, tables)
                                     : feed::scan_view(snapshots, "w", question.process, operators_, question.filter));
  if (question.channel == Channel::map) query::write_map(json, *view, question.process, "now");
  if (question.channel == Channel::kpis) query::write_kpis(json, *view, question.process, "now");
  if (question.channel == Channel::variants) {
    const auto written = query::write_variants(
        json, query::VariantList{*view}, question.process, "now", {0, question.limit},
        [&](const std::string& id) {
          return feed::activities_of(snapshots, "w", question.process, question.filter, id);
        },
        [&](std::size_t skip) { return cursor(std::to_string(skip)); });
    EXPECT_TRUE(written.ok());
  }
  return text;
}

}  // namespace weir::live
