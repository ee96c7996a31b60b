// A queue that many fill and nobody can fill up: who waits is served in turn, and each may hold no more than is left
// for the others. Not thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// What one sharer may hold of something that is bounded for all: no more than is still free after it took. One alone
/// gets a half, n get an n+1-th each, and as much always stays free for who comes next (Choudhury and Hahne, "Dynamic
/// queue length thresholds for shared-memory packet switches", 1998, with α = 1).
inline bool within_fair_share(std::size_t held, std::size_t wanted, std::size_t all_held, std::size_t all_max) {
  return all_held <= all_max && held + wanted <= all_max - all_held;
}

template <class Item>
class FairQueue {
 public:
  /// `size_max`: of all items together, in whatever unit push() counts.
  explicit FairQueue(std::size_t size_max) : size_max_(size_max) {}

  /// False: it is more than the sharer's fair share, and was not taken. An empty queue takes anything. O(log sharers).
  bool push(std::string_view sharer, std::size_t size, Item&& item) {
    auto of = sharers_.find(sharer);
    const std::size_t held = of == sharers_.end() ? 0 : of->second.size;
    if (count_ > 0 && !within_fair_share(held, size, size_, size_max_)) return false;
    if (of == sharers_.end()) {
      of = sharers_.emplace(sharer, Sharer{}).first;
      turns_.push_back(of);
    }
    of->second.items.emplace_back(size, std::move(item));
    of->second.size += size;
    size_ += size;
    ++count_;
    return true;
  }

  /// The oldest item of the sharer whose turn it is; the turn passes on. Not when empty.
  Item pop() {
    const auto of = turns_.front();
    turns_.pop_front();
    auto [size, item] = std::move(of->second.items.front());
    of->second.items.pop_front();
    of->second.size -= size;
    size_ -= size;
    --count_;
    if (of->second.items.empty()) {
      sharers_.erase(of);
    } else {
      turns_.push_back(of);
    }
    return std::move(item);
  }

  /// Of the item that pop() would give. Not when empty.
  std::size_t next_size() const { return turns_.front()->second.items.front().first; }
  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  std::size_t size() const { return size_; }

 private:
  struct Sharer {
    std::deque<std::pair<std::size_t, Item>> items;
    std::size_t size = 0;
  };
  using Sharers = std::map<std::string, Sharer, std::less<>>;  // those that wait

  const std::size_t size_max_;
  Sharers sharers_;
  std::deque<typename Sharers::iterator> turns_;
  std::size_t size_ = 0;
  std::size_t count_ = 0;
};

}  // namespace weir
