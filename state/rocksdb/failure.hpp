// Inside state/rocksdb only: the one-way switch from working to failed (reliability R4).
#pragma once

#include <atomic>
#include <functional>
#include <string_view>

namespace weir::rocks {

/// Thread-safe.
class Failure {
 public:
  explicit Failure(std::function<void(std::string_view)> on_fatal) : on_fatal_(std::move(on_fatal)) {}

  bool happened() const { return happened_; }
  /// Only the first report is passed on.
  void report(std::string_view what) {
    if (!happened_.exchange(true) && on_fatal_) on_fatal_(what);
  }

 private:
  std::atomic<bool> happened_{false};
  std::function<void(std::string_view)> on_fatal_;
};

}  // namespace weir::rocks
