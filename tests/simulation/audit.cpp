#include "tests/simulation/audit.hpp"

#include <unordered_map>

#include "stream/feed/cases.hpp"
#include "tests/support/answers.hpp"

namespace weir::simulation {
namespace {

template <class T>
T must(Result<T> result, const std::string& what) {
  if (!result) throw Difference(what + ": " + result.error().detail);
  return std::move(*result);
}
void must(const Result<void>& result, const std::string& what) {
  if (!result) throw Difference(what + ": " + result.error().detail);
}

/// The texts from a little before where they part.
void must_equal(const std::string& found, const std::string& expected, const std::string& what) {
  if (found == expected) return;
  constexpr std::size_t before = 120, shown = 400;
  const auto parted = std::mismatch(found.begin(), found.end(), expected.begin(), expected.end()).first;
  const auto at = static_cast<std::size_t>(parted - found.begin());
  const std::size_t from = at > before ? at - before : 0;
  throw Difference(what + " differ\n  found    …" + found.substr(from, shown) + "\n  expected …" +
                   (from < expected.size() ? expected.substr(from, shown) : std::string{}));
}

std::string text_of(const runtime::ProcessCounters& counters) {
  return "accepted " + std::to_string(counters.accepted) + ", duplicates " + std::to_string(counters.duplicates) +
         ", refused " + std::to_string(counters.refused) + ", erasures " + std::to_string(counters.erasures) +
         ", withdrawn " + std::to_string(counters.withdrawn);
}

void add(const runtime::ProcessCounters& from, runtime::ProcessCounters& to) {
  to.accepted += from.accepted;
  to.duplicates += from.duplicates;
  to.refused += from.refused;
  to.erasures += from.erasures;
  to.withdrawn += from.withdrawn;
}

/// An event without what a reader is not told: who brought it.
std::string text_of(Event event) {
  event.upload.clear();
  return support::event_record(event).value + '\n';
}

}  // namespace

Audit::Audit(Node& node, const Plan& plan) : node_(node), plan_(plan) {
  for (const std::string& workspace : plan.workspaces) {
    for (std::uint32_t i = 0; i < plan.shards; ++i) read_partition({workspace, i});
  }
}

void Audit::read_partition(const Partition& partition) {
  const auto& [workspace, number] = partition;
  must(node_.log().verify(workspace, number), "the log is damaged");
  const std::uint64_t end = must(node_.log().end_offset(workspace, number), "the log has no end");
  auto& model = models_.emplace(partition, support::PartitionModel{workspace}).first->second;
  std::uint64_t next = 0;
  while (next < end) {
    const auto blocks = must(node_.log().read(workspace, number, next, std::size_t{1} << 16), "the log is not read");
    for (const auto& block : blocks) {
      for (const log::Entry& entry : block->entries()) {
        if (entry.offset != next++) throw Difference("the log has a hole before " + std::to_string(entry.offset));
        model.take(entry.offset, block->append_time(), entry.kind, entry.value);
      }
      blocks_[partition].push_back(block);
    }
  }
}

std::uint64_t Audit::records() const {
  std::uint64_t records = 0;
  for (const auto& [partition, blocks] : blocks_) records += blocks.back()->end_offset();
  return records;
}

void Audit::check_acknowledged(const std::vector<Acknowledged>& acknowledged) const {
  std::map<Partition, std::unordered_map<std::string_view, std::uint64_t>> first;  // offset of a content
  for (const auto& [partition, blocks] : blocks_) {
    for (const auto& block : blocks) {
      for (const log::Entry& entry : block->entries()) first[partition].try_emplace(entry.value, entry.offset);
    }
  }
  for (const Acknowledged& one : acknowledged) {
    std::map<std::uint32_t, std::uint64_t> next;
    for (const auto& part : one.position.parts) next[part.partition] = part.next;
    for (const auto& [partition, record] : one.records) {
      const auto& known = first[{one.workspace, partition}];
      const auto found = known.find(record.value);
      if (found == known.end()) throw Difference("an acknowledged record is lost: " + record.value);
      if (found->second >= next[partition]) throw Difference("a record lies behind its position: " + record.value);
    }
  }
}

std::vector<std::string> Audit::processes() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plan_.records.processes; ++i) names.push_back("p" + std::to_string(i));
  return names;
}

std::vector<support::Outcome> Audit::outcomes(const std::string& workspace, const std::string& process) const {
  std::vector<support::Outcome> all;
  for (std::uint32_t i = 0; i < plan_.shards; ++i) all.push_back(models_.at({workspace, i}).outcome(process));
  return all;
}

void Audit::check_answers(const feed::Snapshots& snapshots, const std::string& who) const {
  for (const std::string& workspace : plan_.workspaces) {
    for (const std::string& process : processes()) {
      const std::string of = who + " of " + workspace + "/" + process;
      const auto left = outcomes(workspace, process);
      const std::string expected = support::batch_answers(left, node_.operators());
      must_equal(support::read_answers(snapshots, workspace, process, node_.operators()), expected, "views" + of);
      must_equal(support::scanned_answers(snapshots, workspace, process, node_.operators()), expected, "scans" + of);
      runtime::ProcessCounters counters;
      for (const support::Outcome& one : left) add(one.counters, counters);
      const auto view = must(feed::read_view(snapshots, workspace, process, node_.operators(), {}), "no view");
      must_equal(text_of(view->record.counters), text_of(counters), "counters" + of);
    }
  }
}

void Audit::check_cases(const feed::Snapshots& snapshots, const std::string& workspace,
                        const std::string& process) const {
  std::string expected;
  std::map<std::string, std::size_t> sizes;
  for (const support::Outcome& one : outcomes(workspace, process)) {
    for (const auto& [case_id, events] : one.cases) {
      sizes[case_id] = events.size();
      for (const Event& event : events) expected += text_of(event);
    }
  }
  std::string found;
  must(feed::each_event(snapshots, workspace, process, {},
                        [&](const Event& event) {
                          found += text_of(event);
                          return true;
                        }),
       "events cannot be read");
  must_equal(found, expected, "events");
  std::string listed, listed_by_model;
  for (const auto& row : must(feed::list_cases(snapshots, workspace, process, {}, "", 1'000'000), "no list of cases")) {
    listed += row.case_id + " " + std::to_string(row.events) + "\n";
  }
  for (const auto& [case_id, events] : sizes) listed_by_model += case_id + " " + std::to_string(events) + "\n";
  must_equal(listed, listed_by_model, "lists of cases");
}

void Audit::check_dead_letters(const feed::Snapshots& snapshots) const {
  for (const auto& [partition, model] : models_) {
    const format::Scope scope{partition.first};
    const std::string prefix = scope.dead_letters();
    std::string found, expected;
    must(snapshots[partition.second]->scan(prefix, store::end_of_prefix(prefix),
                                           [&](std::string_view, std::string_view value) {
                                             const auto letter = runtime::decode_dead_letter(value);
                                             found += std::to_string(must(letter, "a dead letter").offset) + " ";
                                             return true;
                                           }),
         "dead letters cannot be read");
    const auto offsets = model.dead_letters();
    for (const std::uint64_t offset : offsets) expected += std::to_string(offset) + " ";
    must_equal(found, expected, "dead letters");
    const auto stored = must(snapshots[partition.second]->get(scope.progress()), "no progress");
    const std::uint64_t counted = stored ? runtime::decode_progress(*stored)->dead_letters : 0;
    must_equal(std::to_string(counted), std::to_string(offsets.size()), "counts of dead letters");
  }
}

void Audit::check_views() const {
  const feed::Snapshots snapshots = node_.snapshots();
  check_answers(snapshots, "");
  check_dead_letters(snapshots);
  for (const std::string& workspace : plan_.workspaces) {
    for (const std::string& process : processes()) check_cases(snapshots, workspace, process);
  }
}

void Audit::replay(runtime::Task& task, const Partition& partition, Dice& dice) const {
  const auto known = blocks_.find(partition);
  if (known == blocks_.end()) return;
  for (const auto& block : known->second) {
    must(task.process(partition.first, *block), "a replay fails");
    if (dice.one_in(3)) must(task.commit(), "a replay does not commit");
    if (dice.one_in(5)) must(task.advance_sweeps(), "a replay does not sweep");
  }
}

void Audit::check_replay(Dice& dice) const {
  std::vector<memory::MemoryStore> stores(plan_.shards);
  feed::Snapshots snapshots;
  for (std::uint32_t i = 0; i < plan_.shards; ++i) {
    runtime::TaskOptions options;
    options.cache_bytes = dice.one_in(2) ? 1 : std::size_t{16} << 20;
    auto task = must(runtime::Task::open(stores[i], node_.operators(), support::test_fingerprint, options), "no task");
    for (const std::string& workspace : plan_.workspaces) replay(*task, {workspace, i}, dice);
    while (task->has_sweeps()) must(task->advance_sweeps(), "a replay does not sweep");
    must(task->commit(), "a replay does not commit");
    snapshots.push_back(stores[i].snapshot());
  }
  check_answers(snapshots, " replayed");
  check_dead_letters(snapshots);
}

}  // namespace weir::simulation
