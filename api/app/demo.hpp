// What `weir demo` adds to a server: a thread that posts the events of a DemoSource as they become due, by the way that
// a posted body takes (decoded, identified, appended to the log), and the dial of its speed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "api/app/demo_source.hpp"
#include "api/app/log_window.hpp"
#include "api/app/node.hpp"

namespace weir::app {

struct DemoState {
  std::string_view source;
  std::uint64_t speed_percent = 100;
  bool paused = false;
  bool caught_up = false;  // nothing more is due
  std::uint64_t posted = 0;
  std::optional<std::uint64_t> total;
};

/// Thread-safe.
class Demo {
 public:
  /// Where its events go.
  static constexpr std::string_view workspace = "default";
  static constexpr std::uint64_t speed_percent_min = 10, speed_percent_max = 2'000;

  /// Goes on where the data folder's last demo stopped. `replay`: the file of the settings, read; none: the company.
  /// `node` must outlive it. Errors: state_format (the folder holds another demo), unknown_zone, storage_failed.
  static Result<std::unique_ptr<Demo>> open(Node& node, std::unique_ptr<ingest::Replay> replay);
  /// As stop().
  ~Demo();

  void start();
  /// Waits until what was posted is durable. Idempotent.
  void stop();

  DemoState state() const;
  /// What is not given stays. While paused nothing is posted; the company goes on all the same, and what happened is
  /// posted afterwards. Writes the disk. Error: storage_failed, then nothing changed.
  Result<DemoState> change(std::optional<std::uint64_t> speed_percent, std::optional<bool> paused);

 private:
  Demo(Node& node, std::unique_ptr<DemoSource> source, DemoRecord record, bool fresh);
  void run();
  Result<void> declare_processes();
  Result<std::size_t> post_due();
  Result<std::size_t> take_due(std::string& body);
  Result<void> save_progress();
  Result<void> save(const DemoRecord& record, store::Durability durability);
  void pass_time();
  void tell_once_caught_up();
  DemoState state_now() const;

  Node& node_;
  LogWindow window_;
  const bool fresh_;
  const std::uint64_t durable_before_;  // events that an earlier process has posted
  const Clock::Steady began_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<DemoSource> source_;  // under mutex_, as all that follows
  DemoRecord record_;
  DemoMoment moment_;
  Clock::Steady passed_;  // until when time was counted
  std::uint64_t told_ = 0;
  bool paused_ = false;
  bool caught_up_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace weir::app
