#include "api/app/patience.hpp"

#include <vector>

namespace weir::app {

Result<void> Patience::limit(const Append& append, log::Appended appended) {
  const auto waiting = std::make_shared<Waiting>();
  waiting->appended = std::move(appended);
  {
    const std::lock_guard lock{mutex_};
    waiting->until = clock_.steady() + longest_;
    waiting_.push_back(waiting);
  }
  const auto queued = append([waiting](Result<log::Position> position) {
    if (!waiting->told.exchange(true)) waiting->appended(std::move(position));
  });
  if (!queued && !waiting->told.exchange(true)) return queued;
  return {};
}

void Patience::expire() {
  std::vector<std::shared_ptr<Waiting>> expired;
  {
    const std::lock_guard lock{mutex_};
    while (!waiting_.empty() && (waiting_.front()->told || waiting_.front()->until <= clock_.steady())) {
      if (!waiting_.front()->told) expired.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  for (const auto& one : expired) {
    if (!one->told.exchange(true)) one->appended(Error{Code::log_unreachable, ""});
  }
}

}  // namespace weir::app
