#include "api/app/self_check.hpp"

#include "stream/runtime/conservation.hpp"

namespace weir::app {
namespace {

constexpr int rest_per_work = 9;

}  // namespace

SelfCheck::SelfCheck(Node& node, Clock::Steady interval)
    : node_(node),
      interval_(interval),
      runs_(node.metrics().counter("weir_self_check_runs_total", "Checks of all views that came to their end.")),
      violations_(node.metrics().gauge("weir_self_check_violations", "Laws that the last check found broken.")),
      last_run_(node.metrics().gauge("weir_self_check_last_run_seconds", "When the last check ended, in Unix time.")) {}

void SelfCheck::start() {
  if (interval_ <= Clock::Steady{0}) return;
  work_.start([this] {
    if (work_.pause(interval_)) run();
    return Clock::Steady{0};
  });
}

void SelfCheck::run() {
  const Clock::Steady began = node_.clock().steady();
  Found found;
  for (std::uint32_t shard = 0; shard < node_.engine().shards(); ++shard) {
    for (const std::string& workspace : node_.log().workspaces()) {
      if (!check(shard, workspace, found)) return;
    }
  }
  runs_.add();
  violations_.set(static_cast<double>(found.violations));
  last_run_.set(static_cast<double>(to_micros(node_.clock().now())) / 1e6);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(node_.clock().steady() - began);
  node_.logger().log(
      found.violations > 0 ? LogLevel::error : LogLevel::info, "self-check",
      {{"processes", found.processes}, {"violations", found.violations}, {"took_ms", std::int64_t{took.count()}}});
}

/// False: stopped.
bool SelfCheck::check(std::uint32_t shard, const std::string& workspace, Found& found) {
  const auto processes = feed::list_processes({node_.engine().snapshot(shard)}, workspace);
  if (!processes) {
    node_.logger().log(LogLevel::error, "the self-check cannot read a shard", {{"detail", processes.error().detail}});
    return true;
  }
  for (const std::string& process : *processes) {
    const Clock::Steady began = node_.clock().steady();
    check(shard, workspace, process, found);
    if (!work_.pause((node_.clock().steady() - began) * rest_per_work)) return false;
  }
  return true;
}

void SelfCheck::check(std::uint32_t shard, const std::string& workspace, const std::string& process, Found& found) {
  ++found.processes;
  const auto broken = runtime::broken_laws(*node_.engine().snapshot(shard), format::Scope{workspace}, process);
  const std::vector<std::string> sentences = broken ? *broken : std::vector<std::string>{broken.error().detail};
  found.violations += sentences.size();
  for (const std::string& sentence : sentences) {
    node_.logger().log(
        LogLevel::error, "the views of a process disagree",
        {{"workspace", workspace}, {"process", process}, {"shard", std::uint64_t{shard}}, {"what", sentence}});
  }
}

}  // namespace weir::app
