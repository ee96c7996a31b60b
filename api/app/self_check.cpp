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
  for (const std::string& workspace : node_.log().workspaces()) check_audit(workspace, found);
  check_audit(std::string{auth::node_workspace}, found);
  runs_.add();
  violations_.set(static_cast<double>(found.violations));
  last_run_.set(static_cast<double>(to_micros(node_.clock().now())) / 1e6);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(node_.clock().steady() - began);
  node_.logger().log(
      found.violations > 0 ? LogLevel::error : LogLevel::info, "self-check",
      {{"processes", found.processes}, {"violations", found.violations}, {"took_ms", std::int64_t{took.count()}}});
}

void SelfCheck::check_audit(const std::string& workspace, Found& found) {
  const auto head = node_.audit().verify(workspace);
  if (!head) {
    ++found.violations;
    node_.logger().log(
        LogLevel::error, "the audit is not whole",
        {{"workspace", workspace}, {"code", name_of(head.error().code)}, {"detail", head.error().detail}});
  } else if (head->number > 0) {
    const std::string seal = crypto::to_hex(crypto::bytes_of(head->seal));
    node_.logger().log(LogLevel::info, "audit head",
                       {{"workspace", workspace}, {"number", head->number}, {"seal", seal}});
  }
}

/// False: stopped.
bool SelfCheck::check(std::uint32_t shard, const std::string& workspace, Found& found) {
  const auto snapshot = node_.engine().snapshot(shard);
  if (snapshot == nullptr) return true;  // its owner checks it
  const auto processes = feed::list_processes({snapshot}, workspace);
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
  const auto snapshot = node_.engine().snapshot(shard);
  if (snapshot == nullptr) return;  // it went meanwhile
  const auto broken = runtime::broken_laws(*snapshot, format::Scope{workspace}, process);
  const std::vector<std::string> sentences = broken ? *broken : std::vector<std::string>{broken.error().detail};
  found.violations += sentences.size();
  for (const std::string& sentence : sentences) {
    node_.logger().log(
        LogLevel::error, "the views of a process disagree",
        {{"workspace", workspace}, {"process", process}, {"shard", std::uint64_t{shard}}, {"what", sentence}});
  }
}

}  // namespace weir::app
