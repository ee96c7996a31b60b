// The bound on the bytes of all bodies that are held in memory at once, and on each sharer's part of them (reliability
// R15).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace weir::net {

/// Thread-safe. To outlive its shares.
class BodyBudget {
 public:
  explicit BodyBudget(std::uint64_t bytes) : capacity_(bytes) {}

  std::uint64_t used() const;
  /// Bodies and messages that were refused.
  std::uint64_t refused() const;

  /// What one request holds; given back when the share goes. The share is of one thread, the budget of all.
  class Share {
   public:
    Share(BodyBudget& budget, std::string sharer) : budget_(budget), sharer_(std::move(sharer)) {}
    ~Share() { give_back(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// Takes more; false, and nothing taken, when all requests of the sharer together would hold more than its fair
    /// share (schemas/base/fair_queue.hpp).
    bool take(std::uint64_t bytes);
    void give_back();

   private:
    BodyBudget& budget_;
    const std::string sharer_;
    std::uint64_t held_ = 0;
  };

 private:
  const std::uint64_t capacity_;
  mutable std::mutex mutex_;
  std::uint64_t used_ = 0;                     // under mutex_
  std::uint64_t refused_ = 0;                  // under mutex_
  std::map<std::string, std::uint64_t> held_;  // by sharer, none of them 0; under mutex_
};

}  // namespace weir::net
