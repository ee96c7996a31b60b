#include "api/app/background.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace weir::app {
namespace {

constexpr int lowest_priority = 19;

}  // namespace

void Background::start(Job job, Priority priority) {
  thread_ = std::thread{[this, job = std::move(job), priority] {
    if (priority == Priority::lowest) {
      ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowest_priority);  // of this thread alone
    }
    while (pause(job())) {
    }
  }};
}

void Background::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Background::pause(Clock::Steady wait) {
  std::unique_lock lock{mutex_};
  return !changed_.wait_for(lock, wait, [this] { return stopping_; });
}

}  // namespace weir::app
