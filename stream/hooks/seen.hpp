// What came lately, so that a repeat is known at the door. What is forgotten here is still known to the case that the
// event belongs to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "schemas/base/hash.hpp"
#include "schemas/base/time.hpp"

namespace weir::hooks {

/// Not thread-safe. About 80 bytes for each that it holds.
class Seen {
 public:
  /// When it holds so many the oldest goes.
  explicit Seen(std::size_t most) : most_(most) {}

  bool has(const Hash128& one) const { return all_.contains(one); }
  void add(const Hash128& one);
  std::size_t size() const { return all_.size(); }

 private:
  const std::size_t most_;
  std::unordered_set<Hash128> all_;
  std::deque<Hash128> order_;
};

/// What may come with one body only, until its time is over. Not thread-safe.
class OnceOnly {
 public:
  explicit OnceOnly(std::size_t most) : most_(most) {}

  enum class Use : std::uint8_t {
    fits,   // it is new, or came with this body before
    other,  // it came with another body
    full,   // so many have come whose time is not over: nothing can be told of it
  };
  Use use(const Hash128& token, const Hash128& body, Time now, Time until);

 private:
  const std::size_t most_;
  std::unordered_map<Hash128, Hash128> bodies_;
  std::multimap<Time, Hash128> ends_;
};

}  // namespace weir::hooks
