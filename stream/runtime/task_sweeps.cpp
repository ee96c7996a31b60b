// Sweeps: what a record means for many cases is brought to them some at a time, so that others need not wait.
#include <algorithm>

#include "stream/runtime/task_parts.hpp"

namespace weir::runtime {

using namespace dataflow;  // the vocabulary of traces

void Task::start_sweep(Workspace& workspace, Sweep sweep) {
  const auto is_same = [&](const Sweep& one) { return one.process == sweep.process && one.offset == sweep.offset; };
  if (std::any_of(workspace.sweeps.begin(), workspace.sweeps.end(), is_same)) return;  // of one tick
  batch_.put(workspace.scope.sweep(sweep.process, sweep.offset), encode(sweep));
  workspace.sweeps.push_back(std::move(sweep));
}

bool Task::has_sweeps() const {
  return std::any_of(workspaces_.begin(), workspaces_.end(),
                     [](const auto& one) { return !one.second->sweeps.empty(); });
}

std::uint64_t Task::settled_offset(const std::string& name) const {
  const auto known = workspaces_.find(name);
  if (known == workspaces_.end()) return 0;
  std::uint64_t settled = known->second->progress.next_offset;
  for (const Sweep& sweep : known->second->sweeps) settled = std::min(settled, sweep.offset);
  return settled;
}

Result<void> Task::advance_sweeps() {
  // The scan reads the store, so what is pending must be in it.
  if (const auto committed = commit(); !committed) return committed;
  std::size_t budget = options_.sweep_cases_max;
  for (auto& [name, workspace] : workspaces_) {
    while (!workspace->sweeps.empty() && budget > 0 && !must_commit()) {
      Sweep& sweep = workspace->sweeps.front();
      dirty_ = workspace->changed = true;
      const auto through = advance(*workspace, sweep, budget);
      if (!through) return through.error();
      const std::string key = workspace->scope.sweep(sweep.process, sweep.offset);
      if (!*through) {
        batch_.put(key, encode(sweep));
        continue;
      }
      batch_.erase(key);
      workspace->sweeps.erase(workspace->sweeps.begin());
    }
  }
  return commit();
}

/// Over some of the alerts that go on. True: over the last.
Result<bool> Task::advance_alerts(Workspace& workspace, Sweep& sweep, std::size_t& budget) {
  const std::string alerts = workspace.scope.alerts(false);
  std::string from = alerts + sweep.cursor;
  if (sweep.begun) from.push_back('\0');                     // the first key behind the cursor's
  std::map<std::string, std::vector<std::string>> case_ids;  // by process
  const std::size_t group = std::min(budget, group_max());
  std::size_t count = 0;
  Result<void> outcome;
  const auto scanned = store_.scan(from, store::end_of_prefix(alerts), [&](std::string_view key, auto value) {
    auto alert = decode_listed_alert(value);
    if (!alert) return outcome = alert.error(), false;
    // Those of thresholds are looked at whenever something is declared.
    if (!alert->case_id.empty()) case_ids[alert->process].push_back(std::move(alert->case_id));
    sweep.cursor = format::behind(key, alerts);
    sweep.begun = true;
    return ++count < group;
  });
  if (!scanned) return scanned.error();
  if (!outcome) return outcome.error();
  budget -= count;
  for (const auto& [name, ids] : case_ids) {
    const auto process = process_state(workspace, name);
    if (!process) return process.error();
    if (const auto fetched = (*process)->prefetch({ids.begin(), ids.end()}); !fetched) return fetched.error();
    for (const std::string& case_id : ids) {
      if (const auto swept = sweep_case(**process, sweep, case_id); !swept) return swept.error();
    }
  }
  return count < group;
}

/// Over some of the cases. True: over the last.
Result<bool> Task::advance(Workspace& workspace, Sweep& sweep, std::size_t& budget) {
  if (sweep.is_of_alerts()) return advance_alerts(workspace, sweep, budget);
  const auto opened = process_state(workspace, sweep.process);
  if (!opened) return opened.error();
  ProcessState& process = **opened;
  const auto behind = sweep.begun ? std::optional<std::string_view>{sweep.cursor} : std::nullopt;
  std::vector<std::string> case_ids;
  const std::size_t group = std::min(budget, group_max());
  const auto scanned = process.stored_cases().each(behind, [&](std::string_view case_id, std::string_view) {
    case_ids.emplace_back(case_id);
    return case_ids.size() < group;
  });
  if (!scanned) return scanned.error();
  const bool were_last = case_ids.size() < group;
  if (const auto fetched = process.prefetch({case_ids.begin(), case_ids.end()}); !fetched) return fetched.error();
  for (std::string& case_id : case_ids) {
    const auto swept = sweep_case(process, sweep, case_id);
    if (!swept) return swept.error();
    sweep.cursor = std::move(case_id);
    sweep.begun = true;
    --budget;
    if (must_commit()) return false;
  }
  return were_last;
}

Result<void> Task::sweep_case(ProcessState& process, const Sweep& sweep, const std::string& case_id) {
  const auto slot = process.find(case_id);
  if (!slot) return slot.error();
  if (*slot == nullptr) return {};
  if (!sweep.upload.empty()) {
    const NameId upload = process.names().find(sweep.upload);
    if (upload == no_name) return {};
    const auto had = (*slot)->state.withdraw(upload, process.home(**slot), process.names());
    if (!had) return had.error();
    process.weigh(**slot);
    if (!*had) return {};
  }
  process.touch(**slot);
  return {};
}

}  // namespace weir::runtime
