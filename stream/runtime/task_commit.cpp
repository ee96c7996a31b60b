// How a task makes its changes last, and keeps within its memory.
#include <algorithm>

#include "schemas/base/check.hpp"
#include "stream/runtime/conservation.hpp"
#include "stream/runtime/task_parts.hpp"

namespace weir::runtime {
namespace {

#ifdef WEIR_DEBUG
constexpr bool debug_build = true;
#else
constexpr bool debug_build = false;
#endif
constexpr std::uint64_t commits_per_check = 64;

}  // namespace

bool Task::has_exhausted() const {
  return std::any_of(workspaces_.begin(), workspaces_.end(), [](const auto& one) {
    const auto& processes = one.second->processes;
    return std::any_of(processes.begin(), processes.end(),
                       [](const auto& named) { return named.second->has_exhausted(); });
  });
}

Result<void> Task::refill_extremes() {
  if (const auto committed = commit(); !committed) return committed;
  for (auto& [name, workspace] : workspaces_) {
    for (auto& [process_name, process] : workspace->processes) {
      if (!process->has_exhausted()) continue;
      if (const auto refilled = process->refill_extremes(); !refilled) return refilled;
      dirty_ = workspace->changed = true;
    }
  }
  return {};
}

Result<void> Task::commit() {
  if (!dirty_) return {};
  if (sink_ != nullptr) sink_->begin();
  for (auto& [name, workspace] : workspaces_) {
    if (!workspace->changed) continue;
    if (const auto gathered = commit_workspace(*workspace); !gathered) return gathered;
  }
  batch_.sort();
  if (const auto written = write_batch(); !written) return written;
  tell_of_effects();
  ++counters_.commits;
  counters_.commit_bytes += batch_.bytes();
  counters_.accepted += counted_.accepted;
  counters_.duplicates += counted_.duplicates;
  counters_.refused += counted_.refused;
  counters_.dead_letters_dropped += counted_.dead_letters_dropped;
  counted_ = {};
  batch_.clear();
  refused_bytes_ = 0;
  dirty_ = commit_first_ = false;
  if (debug_build && counters_.commits % commits_per_check == 0) check_views();
  shrink();
  return {};
}

void Task::tell_of_effects() {
  effect_waits_ = false;
  for (const auto& [sender, counts] : std::exchange(recorded_, {})) {
    if (options_.on_recorded) options_.on_recorded(sender, counts);
  }
  if (!options_.on_announced) return;
  for (const auto& [name, workspace] : workspaces_) {
    for (const std::string& target : workspace->thresholds.take_addressed()) options_.on_announced(name, target);
    for (const auto& [process_name, process] : workspace->processes) {
      for (const std::string& target : process->take_addressed()) options_.on_announced(name, target);
    }
  }
}

Result<void> Task::write_batch() {
  // Not synced: the log replays what a loss of power takes.
  const auto write = [this] { return store_.write(batch_, store::Durability::buffered); };
  return sink_ != nullptr ? sink_->publish(write) : write();
}

Result<void> Task::commit_process(Workspace& workspace, ProcessState& process) {
  const std::int64_t clock = workspace.progress.clock;
  const std::string& name = workspace.scope.workspace();
  if (sink_ == nullptr || !sink_->follows(name, process.name())) return process.commit(clock, batch_, nullptr);
  ProcessChanges changes;
  if (const auto committed = process.commit(clock, batch_, &changes); !committed) return committed;
  sink_->gather(name, process.name(), changes);
  return {};
}

void Task::roll_back() {
  workspaces_.clear();
  strays_.clear();
  batch_.clear();
  view_bytes_ = refused_bytes_ = kept_bytes_ = 0;
  dirty_ = commit_first_ = effect_waits_ = false;
  recorded_.clear();
  counted_ = {};
  ++counters_.roll_backs;
}

Result<void> Task::commit_workspace(Workspace& workspace) {
  const bool fired = workspace.next_due && *workspace.next_due <= workspace.progress.clock;
  if (fired) workspace.next_due.reset();
  for (auto& [name, process] : workspace.processes) {
    if (!process->changed()) continue;
    if (const auto committed = commit_process(workspace, *process); !committed) return committed;
    if (const auto due = process->earliest_due()) {
      workspace.next_due = std::min(workspace.next_due.value_or(*due), *due);
    }
  }
  commit_thresholds(workspace);
  for (auto& [offset, letter] : workspace.dead) {
    batch_.put(workspace.scope.dead_letter(offset), encode(letter));
    ++workspace.progress.dead_letters;
  }
  workspace.dead.clear();
  if (const auto dropped = drop_old_dead_letters(workspace); !dropped) return dropped;
  if (const auto dropped = drop_old_deliveries(workspace); !dropped) return dropped;
  workspace.erased.clear();
  workspace.uploads.clear();
  workspace.replayed.clear();
  workspace.changed = false;
  if (fired) {
    if (const auto looked = look_for_timers(workspace); !looked) return looked;
  }
  batch_.put(workspace.scope.progress(), encode(workspace.progress));
  return {};
}

/// Who follows a process hears of its thresholds' alerts too.
void Task::commit_thresholds(Workspace& workspace) {
  const std::string& name = workspace.scope.workspace();
  const auto committed = workspace.thresholds.commit(workspace.playbook.get(), workspace.progress.clock, batch_);
  if (committed.due) workspace.next_due = std::min(workspace.next_due.value_or(*committed.due), *committed.due);
  for (const std::string& process : committed.processes) {
    if (sink_ != nullptr && sink_->follows(name, process)) sink_->gather(name, process, {});
  }
}

/// The first timer in the store behind those that the clock has passed.
Result<void> Task::look_for_timers(Workspace& workspace) {
  const std::string prefix = workspace.scope.timers();
  std::string from = prefix;
  format::append_big_endian(from, format::ordered(workspace.progress.clock + 1));
  return store_.scan(from, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    const auto due = format::from_ordered(format::read_big_endian(format::behind(key, prefix).substr(0, 8)));
    workspace.next_due = std::min(workspace.next_due.value_or(due), due);
    return false;
  });
}

Result<void> Task::drop_old_dead_letters(Workspace& workspace) {
  if (workspace.progress.dead_letters <= options_.dead_letters_max) return {};
  std::uint64_t surplus = workspace.progress.dead_letters - options_.dead_letters_max;
  const std::string prefix = workspace.scope.dead_letters();
  return store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    if (workspace.replayed.contains(format::read_big_endian(format::behind(key, prefix)))) return true;
    batch_.erase(std::string{key});
    --workspace.progress.dead_letters;
    ++counted_.dead_letters_dropped;
    return --surplus > 0;
  });
}

/// Now and then, and beyond what is kept by a share: it reads all of them. What this commit brings is not seen yet.
Result<void> Task::drop_old_deliveries(Workspace& workspace) {
  if (workspace.deliveries_unchecked < std::max<std::size_t>(options_.deliveries_max / 16, 1)) return {};
  workspace.deliveries_unchecked = 0;
  std::size_t seen = 0;
  const std::string prefix = workspace.scope.deliveries();
  return store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
    if (++seen > options_.deliveries_max) batch_.erase(std::string{key});
    return true;
  });
}

void Task::check_views() const {
  for (const auto& [name, workspace] : workspaces_) {
    for (const auto& [process_name, process] : workspace->processes) {
      const auto broken = broken_laws(store_, workspace->scope, process_name);
      WEIR_CHECK(!broken || broken->empty(), "the views of a process disagree");
    }
  }
}

// ---- memory ---------------------------------------------------------------------------------------------------------

/// Where what cannot be let go of fills the bound, a commit still waits for some growth.
bool Task::must_commit() const {
  const std::size_t held = held_bytes();
  const bool full = held > options_.held_bytes_max && held - std::min(held, kept_bytes_) > options_.held_bytes_max / 8;
  return dirty_ && (full || commit_first_);
}

std::size_t Task::view_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [name, workspace] : workspaces_) {
    for (const auto& [process_name, process] : workspace->processes) bytes += process->view_bytes();
  }
  return bytes;
}

void Task::shrink() {
  for (const auto& [name, workspace] : workspaces_) {
    for (const auto& [process_name, process] : workspace->processes) {
      process->let_archived_go();
      const ArchiveMoves moves = process->take_archive_moves();
      counters_.archived += moves.archived;
      counters_.revived += moves.revived;
    }
  }
  view_bytes_ = view_bytes();
  const std::size_t bytes = cases_.bytes + view_bytes_;
  if (bytes > options_.cache_bytes) {
    for (const auto& [name, workspace] : workspaces_) {
      for (const auto& [process_name, process] : workspace->processes) {
        const auto share =
            static_cast<double>(process->case_bytes() + process->view_bytes()) / static_cast<double>(bytes);
        process->shrink_to(static_cast<std::size_t>(share * static_cast<double>(options_.cache_bytes) * 3 / 4));
      }
    }
    view_bytes_ = view_bytes();
  }
  kept_bytes_ = held_bytes();
}

}  // namespace weir::runtime
