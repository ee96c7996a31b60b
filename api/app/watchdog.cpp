#include "api/app/watchdog.hpp"

#include <algorithm>
#include <utility>

namespace weir::app {

void Watchdog::watch(std::string name, unsigned patience, Progress progress) {
  all_.push_back({std::move(name), std::max(patience, told_after), std::move(progress), std::nullopt});
}

std::vector<Watchdog::Stuck> Watchdog::look() {
  std::vector<Stuck> stuck;
  for (Watched& one : all_) {
    const auto now = one.progress();
    const bool same = now && std::exchange(one.seen, now) == now;
    if (!now) one.seen.reset();
    one.looks = same ? one.looks + 1 : 0;
    if (one.looks == told_after || one.looks == one.patience) {
      stuck.push_back({one.name, one.looks, one.looks == one.patience});
    }
  }
  return stuck;
}

}  // namespace weir::app
