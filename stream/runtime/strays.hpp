// Events that another producer put on a partition that is not their case's: they are appended where they belong, and
// what was read is not committed before that is durable, so that none is lost; one that goes twice counts once.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "stream/log/log.hpp"

namespace weir::runtime {

/// Of one shard; its thread calls it.
class Strays {
 public:
  enum class State : std::uint8_t {
    none,
    under_way,  // nothing may be committed
    failed,     // what was read since the last commit has to be read again
  };

  explicit Strays(log::Log& log) : log_(log) {}

  void forward(const std::string& workspace, std::vector<log::Addressed> records);
  State state() const;
  /// After a failure, when the shard went back.
  void forget() { under_way_ = std::make_shared<UnderWay>(); }
  /// Events forwarded. Any thread.
  std::uint64_t forwarded() const { return forwarded_.load(std::memory_order_relaxed); }

 private:
  struct UnderWay {
    std::atomic<int> appends{0};
    std::atomic<bool> failed{false};
  };

  log::Log& log_;
  std::shared_ptr<UnderWay> under_way_ = std::make_shared<UnderWay>();
  std::atomic<std::uint64_t> forwarded_{0};
};

}  // namespace weir::runtime
