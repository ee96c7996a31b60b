#include "tests/simulation/simulation.hpp"

namespace weir::simulation {
namespace {

class World {
 public:
  World(std::uint64_t seed, bool print_trace, Sabotage sabotage)
      : dice_(seed),
        trace_(print_trace),
        plan_(draw_plan(dice_)),
        disk_(plan_, sabotage),
        producers_(plan_, dice_, trace_),
        began_(clock_.now()),
        began_steady_(clock_.steady()) {}

  void run() {
    trace_.line(plan_.text());
    disk_.open();
    start();
    for (std::size_t i = 0; i < plan_.steps || faults_ < faults_min; ++i) {
      step(i < plan_.steps ? plan_.fault_permille : last_faults_permille);
      if (dice_.one_in(150)) come_to_rest_and_audit(false);
    }
    come_to_rest_and_audit(true);
  }
  Verdict verdict() const { return {std::nullopt, trace_.hash(), records_, restarts_, faults_, audits_}; }

 private:
  static constexpr std::uint64_t last_faults_permille = 200;  // when the plan is through, until there were enough

  /// The time that producers have: right whatever was done to the machine's wall clock.
  Time producers_time() const { return began_ + std::chrono::duration_cast<Duration>(clock_.steady() - began_steady_); }

  void step(std::uint64_t fault_permille) {
    if (dice_.permille(fault_permille)) return go_wrong();
    if (dice_.permille(plan_.jump_permille)) return jump();
    const std::uint64_t draw = dice_.below(100);
    if (draw < 25) {
      producers_.send(*node_, producers_time());
    } else if (draw < 45) {
      commit_log();
    } else if (draw < 90) {
      step_shard(static_cast<std::uint32_t>(dice_.below(plan_.shards)));
    } else {
      pass_time();
    }
  }

  void commit_log() {
    const auto committed = node_->log().commit_pending();
    trace_.line(committed ? "log commits " + std::to_string(*committed) : "log fails");
    if (!committed) fall(committed.error());
  }

  void step_shard(std::uint32_t shard) {
    if (plan_.slow[shard] && !dice_.one_in(10)) return;
    const auto more = node_->step(shard);
    trace_.line("shard " + std::to_string(shard) + (more ? (*more ? " has more" : " waits") : " fails"));
    if (!more) fall(more.error());
    if (!producers_.broken_promise().empty()) {
      throw Difference("somebody was told too early that the views include " + producers_.broken_promise());
    }
  }

  void pass_time() {
    const bool long_pause = dice_.one_in(4);
    const auto micros = long_pause ? dice_.between(0, plan_.records.span_micros * 2) : dice_.between(0, 20'000);
    clock_.advance(Duration{micros});
    trace_.line("after " + std::to_string(micros) + " us");
  }

  void jump() {
    const auto minutes = dice_.between(-120, 60);
    clock_.set_wall(clock_.now() + std::chrono::minutes{minutes});
    ++faults_;
    trace_.line("the wall clock jumps by " + std::to_string(minutes) + " min");
  }

  void go_wrong() {
    if (plan_.on_rocksdb) return restart(dice_.one_in(3) ? End::clean : End::killed);
    switch (dice_.below(5)) {
      case 0:
        return restart(End::clean);
      case 1:
        return restart(End::killed);
      case 2:
        return restart(End::power);
      default:
        if (!std::exchange(failure_armed_, true)) ++faults_;
        trace_.line(disk_.fail_a_write(dice_));
    }
  }

  enum class End : std::uint8_t { clean, killed, power };

  void restart(End end) {
    if (end == End::clean) {
      if (const auto stopped = node_->stop(); !stopped) return fall(stopped.error());
    }
    producers_.process_died();
    node_.reset();
    disk_.close();
    std::string line = end == End::clean ? "stopped" : "killed";
    if (end == End::power) line = "power lost, and " + std::to_string(disk_.lose_power(dice_)) + " batches";
    trace_.line(line);
    disk_.open();
    failure_armed_ = false;
    ++restarts_;
    if (end != End::clean) ++faults_;
    start();
  }

  void start() {
    auto started = Node::start(disk_, clock_, plan_);
    if (!started) throw Difference("the process does not start: " + started.error().detail);
    node_ = std::move(*started);
  }

  /// The process ends itself because its disk failed; nothing else may end it.
  void fall(const Error& error) {
    if (!failure_armed_) throw Difference("the process stopped without a cause: " + error.detail);
    restart(!plan_.on_rocksdb && dice_.one_in(2) ? End::power : End::killed);
  }

  /// Until all that was sent is acknowledged, processed and committed, and every timer that is due has fired.
  void come_to_rest() {
    constexpr int rounds_max = 50'000;  // a plan may commit and read one record a round
    for (int round = 0; round < rounds_max; ++round) {
      clock_.advance(std::chrono::milliseconds{10});
      const bool sent = producers_.resend(*node_);
      commit_log();
      bool more = false;
      for (std::uint32_t i = 0; i < plan_.shards; ++i) {
        const auto stepped = node_->step(i);
        if (!stepped) {
          fall(stepped.error());
          more = true;
          break;
        }
        more = more || *stepped;
      }
      if (sent && !more && !producers_.waiting() && node_->at_rest() && !node_->overdue())
        return trace_.line("at rest");
    }
    throw Difference(node_->overdue() ? "a timer is due and no tick comes" : "it does not come to rest");
  }

  void come_to_rest_and_audit(bool last) {
    come_to_rest();
    const Audit audit{*node_, plan_};
    audit.check_acknowledged(producers_.acknowledged());
    audit.check_views();
    if (last || dice_.one_in(4)) audit.check_replay(dice_);
    records_ = audit.records();
    ++audits_;
    trace_.line("audited, " + std::to_string(records_) + " records");
  }

  Dice dice_;
  Trace trace_;
  const Plan plan_;
  ManualClock clock_;
  Disk disk_;
  Producers producers_;
  const Time began_;
  const Clock::Steady began_steady_;
  std::unique_ptr<Node> node_;
  bool failure_armed_ = false;
  std::uint64_t records_ = 0;
  std::uint64_t restarts_ = 0;
  std::uint64_t faults_ = 0;
  std::uint64_t audits_ = 0;
};

}  // namespace

Verdict simulate(std::uint64_t seed, bool print_trace, Sabotage sabotage) {
  World world{seed, print_trace, sabotage};
  try {
    world.run();
    return world.verdict();
  } catch (const Difference& difference) {
    Verdict verdict = world.verdict();
    verdict.difference = difference.what();
    return verdict;
  }
}

}  // namespace weir::simulation
