#include "stream/runtime/shard_runner.hpp"

#include <algorithm>

namespace weir::runtime {
namespace {

/// A shard that looks for the record on which an operator failed takes twice as many after each commit that goes well,
/// and stops looking at this many.
constexpr std::uint64_t narrow_records_max = 1 << 16;

/// How long a shard rests while events that it forwarded are not durable yet.
constexpr std::chrono::milliseconds strays_rest{2};

/// How often a shard looks whether a wall clock that jumped is back where it belongs.
constexpr std::chrono::seconds held_rest{1};

}  // namespace

ShardRunner::ShardRunner(std::uint32_t shard, log::Log& log, Task& task, CommitWatch& watch, const Clock& clock,
                         RunnerOptions options, store::MarkerFile* crash_mark)
    : shard_(shard),
      log_(log),
      task_(task),
      watch_(watch),
      clock_(clock),
      options_(options),
      strays_(log),
      crashes_(crash_mark),
      turn_(crashes_.suspect()),
      records_max_(crashes_.single_step() ? 1 : Task::all_records),
      last_commit_(clock.steady()),
      wall_seen_(clock.now()),
      steady_seen_(clock.steady()),
      single_step_(crashes_.single_step()) {}

ShardRunner::~ShardRunner() = default;

Result<bool> ShardRunner::step() {
  const auto stepped = try_step();
  if (stepped || stepped.error().code != Code::operator_error) return stepped;
  return narrow_down(stepped.error());
}

/// True: some are not durable yet, so nothing may be committed. Where one cannot be appended, all since the last commit
/// is read again.
bool ShardRunner::wait_for_strays() {
  const Strays::State state = strays_.state();
  if (state == Strays::State::failed) {
    strays_.forget();
    take_again();
  }
  return state == Strays::State::under_way;
}

Result<bool> ShardRunner::try_step() {
  if (wait_for_strays()) return false;
  const std::uint64_t taken_before = taken_;
  const auto read = take_records();
  if (!read || strays_.state() != Strays::State::none) return read;
  if (task_.has_sweeps()) {
    if (const auto told = commit(); !told) return told.error();  // so that no record is blamed for what a sweep does
    doing_ = "sweeping cases after a withdrawal or a change of settings";
    if (const auto swept = task_.advance_sweeps(); !swept) return swept.error();
    if (const auto told = commit(); !told) return told.error();
  }
  tick_if_due();
  if (commit_is_due(!*read, taken_ == taken_before)) {
    if (const auto told = commit(); !told) return told.error();
  }
  if (const auto refilled = refill_if_idle(!*read); !refilled) return refilled.error();
  return *read || task_.has_sweeps();
}

/// What the log gives these offsets next would never be read.
Error ShardRunner::ahead_of_log(const std::string& workspace, std::uint64_t next, std::uint64_t end) const {
  return {Code::log_damaged, "partition " + std::to_string(shard_) + " of workspace " + workspace + " ends at offset " +
                                 std::to_string(end) + ", and its shard has read up to " + std::to_string(next)};
}

/// One batch, of as many workspaces as it holds; the next begins with the workspace behind its last.
Result<bool> ShardRunner::take_records() {
  bool more = false;
  std::uint64_t lag = 0;
  std::size_t bytes_left = options_.batch_bytes;
  std::vector<std::string> workspaces = log_.workspaces();
  std::rotate(workspaces.begin(), std::lower_bound(workspaces.begin(), workspaces.end(), turn_), workspaces.end());
  for (const std::string& workspace : workspaces) {
    const auto next = next_of(workspace);
    if (!next) return next.error();
    const auto end = log_.end_offset(workspace, shard_);
    if (!end) return end.error();
    if (**next > *end) return ahead_of_log(workspace, **next, *end);
    if (**next < *end && bytes_left > 0) {
      const std::uint64_t before = taken_;
      if (const auto taken = take_from(workspace, **next, *end, bytes_left); !taken) return taken.error();
      if (taken_ > before) turn_ = workspace + '\0';  // the least name behind it
    }
    more = more || **next < *end;
    const auto newest = log_.newest_offset(workspace, shard_);
    if (!newest) return newest.error();
    lag += std::max(*newest, **next) - **next;
  }
  lag_.store(lag + taken_, std::memory_order_relaxed);
  return more;
}

Result<std::uint64_t*> ShardRunner::next_of(const std::string& workspace) {
  if (const auto known = next_.find(workspace); known != next_.end()) return &known->second;
  const auto stored = task_.next_offset(workspace);
  if (!stored) return stored.error();
  const auto witness = task_.witness(workspace);
  if (!witness) return witness.error();
  log_.resume(workspace, shard_, *witness);
  watch_.committed(shard_, workspace, task_.settled_offset(workspace));
  return &next_.emplace(workspace, *stored).first->second;
}

Result<void> ShardRunner::take_from(const std::string& workspace, std::uint64_t& next, std::uint64_t end,
                                    std::size_t& bytes_left) {
  const std::uint64_t until = std::min(end - next, records_max_ - taken_) + next;
  if (until == next) return {};
  if (crashes_.blames(workspace, next)) {
    const Error why{Code::operator_crash, "the process ended " + std::to_string(CrashRecord::deaths_max) +
                                              " times inside the record at offset " + std::to_string(next) +
                                              " of partition " + std::to_string(shard_) + " of workspace " + workspace};
    if (const auto refused = refuse_next(workspace, why); !refused) return refused;
    ++next;
    ++taken_;
    return {};
  }
  doing_ = "taking records";
  crashes_.taking(workspace, next);
  const auto blocks = log_.read(workspace, shard_, next, bytes_left);
  if (!blocks) return blocks.error();
  for (const auto& block : *blocks) {
    bytes_left -= std::min(bytes_left, block->bytes());
    // Counted first: an operator may fail on the way, at the first tick of an hour.
    const std::uint64_t before = std::exchange(next, std::min(block->end_offset(), until));
    taken_ += next - before;
    taken_last_ = workspace;
    if (const auto taken = task_.process(workspace, *block, until); !taken) return taken;
    if (auto strays = task_.take_strays(); !strays.empty()) strays_.forward(workspace, std::move(strays));
    if (task_.must_commit()) {
      const auto reached = task_.next_offset(workspace);
      if (!reached) return reached.error();
      taken_ -= next - *reached;
      next = *reached;
      bytes_left = 0;  // the other workspaces wait for the commit, too
    }
    if (next == until || task_.must_commit()) break;
  }
  return {};
}

/// An operator failed on something taken since the last commit. It is taken again, half as much at a time, until one
/// record is left to blame.
Result<bool> ShardRunner::narrow_down(const Error& fault) {
  const std::uint64_t suspects = taken_;
  take_again();
  if (suspects == 0) return fault;
  records_max_ = std::max<std::uint64_t>(suspects / 2, 1);
  if (suspects > 1) return true;
  if (const auto refused = refuse_next(taken_last_, fault); !refused) return refused.error();
  if (const auto committed = commit(); !committed) return committed.error();
  return true;
}

Result<void> ShardRunner::refuse_next(const std::string& workspace, const Error& why) {
  const auto next = task_.next_offset(workspace);
  if (!next) return next.error();
  const auto blocks = log_.read(workspace, shard_, *next, 1);
  if (!blocks) return blocks.error();
  if (blocks->empty()) return Error{Code::log_unreachable, "the record to be refused has to be fetched again"};
  return task_.refuse_next(workspace, *blocks->front(), why);
}

bool ShardRunner::wall_clock_jumped() {
  const Time wall = clock_.now();
  const Clock::Steady steady = clock_.steady();
  // What was seen last stays while ticks are held, so that a clock that is set back to where it belongs is noticed too.
  const bool jumped = (wall - wall_seen_) > (steady - steady_seen_) + options_.clock_jump_max;
  const bool held = jumped && !clock_.wall_is_confirmed();
  ticks_held_.store(held, std::memory_order_relaxed);
  if (!held) {
    wall_seen_ = wall;
    steady_seen_ = steady;
  }
  return held;
}

void ShardRunner::tick_if_due() {
  if (wall_clock_jumped() || ticks_under_way_->load() > 0) return;
  const Time now = clock_.now();
  for (const auto& [workspace, next] : next_) {
    const auto due = task_.next_due(workspace);
    if (!due || *due > now) continue;
    ticks_under_way_->fetch_add(1);
    const auto queued =
        log_.append(workspace, {{shard_, {log::Kind::tick, encode(Tick{to_micros(now)})}}},
                    [under_way = ticks_under_way_](const Result<log::Position>&) { under_way->fetch_sub(1); });
    if (!queued) ticks_under_way_->fetch_sub(1);  // the queue is full: the next step tries again
  }
}

Clock::Steady ShardRunner::commit_gap() const {
  const int costs = task_.followed() ? options_.commit_gap_costs_followed : options_.commit_gap_costs;
  return std::max(options_.commit_gap, costs * last_commit_took_);
}

bool ShardRunner::commit_is_due(bool caught_up, bool idle) const {
  if (!task_.dirty() || strays_.state() != Strays::State::none) return false;
  if (narrowing() || task_.must_commit()) return true;
  const Clock::Steady waited = clock_.steady() - last_commit_;
  if (caught_up && waited >= (idle ? options_.commit_gap : commit_gap())) return true;
  if (!caught_up && waited < options_.commit_interval) return false;
  const auto is_awaited = [this](const auto& taken) { return watch_.awaited(shard_, taken.first, taken.second); };
  const bool awaited = task_.effect_waits() || std::any_of(next_.begin(), next_.end(), is_awaited);
  if (caught_up && awaited) return true;
  return waited >= (awaited || task_.followed() ? options_.commit_interval : options_.commit_interval_max);
}

Result<void> ShardRunner::refill_if_idle(bool caught_up) {
  if (!caught_up || task_.dirty() || !task_.has_exhausted()) return {};
  if (clock_.steady() - last_refill_ < options_.refill_gap) return {};
  doing_ = "looking up extremes that views have lost";
  if (const auto refilled = task_.refill_extremes(); !refilled) return refilled;
  last_refill_ = clock_.steady();
  return commit();
}

Result<void> ShardRunner::commit() {
  doing_ = "committing";
  const Clock::Steady begin = clock_.steady();
  if (const auto committed = task_.commit(); !committed) return committed;
  last_commit_ = clock_.steady();
  last_commit_took_ = last_commit_ - begin;
  lag_.store(lag() - std::min(lag(), taken_), std::memory_order_relaxed);
  taken_ = 0;
  if (narrowing()) records_max_ = records_max_ < narrow_records_max ? records_max_ * 2 : Task::all_records;
  crashes_.committed();
  single_step_ = crashes_.single_step();
  if (crashes_.single_step()) records_max_ = 1;
  doing_ = "done with a commit";
  for (const auto& [workspace, next] : next_) watch_.committed(shard_, workspace, task_.settled_offset(workspace));
  return {};
}

Result<void> ShardRunner::settle() {
  if (!task_.dirty() || strays_.state() != Strays::State::none) return {};  // what is not committed is taken again
  const auto committed = commit();
  if (committed || committed.error().code != Code::operator_error) return committed;
  take_again();  // who drives it next finds out who is to blame
  return {};
}

Result<void> ShardRunner::finish() {
  const auto settled = settle();
  forgive();
  return settled;
}

/// What was taken since the last commit.
void ShardRunner::take_again() {
  task_.roll_back();
  next_.clear();
  taken_ = 0;
}

std::optional<Clock::Steady> ShardRunner::next_step() const {
  if (strays_.state() == Strays::State::under_way) return clock_.steady() + strays_rest;
  if (task_.dirty()) return last_commit_ + options_.commit_gap;
  if (ticks_held()) return clock_.steady() + held_rest;
  std::optional<Time> due;
  for (const auto& [workspace, next] : next_) {
    const auto one = task_.next_due(workspace);
    if (one && (!due || *one < *due)) due = one;
  }
  if (!due) return std::nullopt;
  return clock_.steady() + std::max<Clock::Steady>(*due - clock_.now(), std::chrono::milliseconds{1});
}

}  // namespace weir::runtime
