// Notices work that was begun and does not go on (reliability R5, M7). Looks are counted, not time: while the process
// is held or the machine sleeps nobody looks, and nothing is taken for stuck when they come back.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::app {

/// For one thread, which looks once a second.
class Watchdog {
 public:
  static constexpr unsigned told_after = 30;  // looks at the same piece of work
  /// Nothing while no work is under way; else a number that is another once a piece of it has ended.
  using Progress = std::function<std::optional<std::uint64_t>()>;

  /// `patience`: looks until the work is given up, `told_after` or more.
  void watch(std::string name, unsigned patience, Progress progress);

  struct Stuck {
    std::string name;
    unsigned looks = 0;
    bool given_up = false;
  };
  /// What has reached `told_after` with this look, or its patience. Once each, until it goes on.
  std::vector<Stuck> look();

 private:
  struct Watched {
    std::string name;
    unsigned patience;
    Progress progress;
    std::optional<std::uint64_t> seen;
    unsigned looks = 0;  // at which it was the same
  };
  std::vector<Watched> all_;
};

}  // namespace weir::app
