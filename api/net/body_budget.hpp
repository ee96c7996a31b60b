// The bound on the bytes of all bodies that are held in memory at once (reliability.md R15).
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace weir::net {

class BodyBudget {
 public:
  explicit BodyBudget(std::uint64_t bytes) : capacity_(bytes) {}

  std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }

  /// What one request holds; given back when the share goes. The share is of one thread, the budget of all.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(&budget) {}
    ~Share() { give_back(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// Takes more; false, and nothing taken, when the budget is used up.
    bool take(std::uint64_t bytes) {
      if (budget_->used_.fetch_add(bytes, std::memory_order_relaxed) + bytes > budget_->capacity_) {
        budget_->used_.fetch_sub(bytes, std::memory_order_relaxed);
        return false;
      }
      held_ += bytes;
      return true;
    }
    void give_back() { budget_->used_.fetch_sub(std::exchange(held_, 0), std::memory_order_relaxed); }

   private:
    BodyBudget* budget_;
    std::uint64_t held_ = 0;
  };

 private:
  const std::uint64_t capacity_;
  std::atomic<std::uint64_t> used_ = 0;
};

}  // namespace weir::net
