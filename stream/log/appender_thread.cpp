#include "stream/log/appender_thread.hpp"

namespace weir::log {
namespace {

constexpr Clock::Steady idle_wait = std::chrono::seconds{1};  // the high water is saved about as often

}  // namespace

AppenderThread::AppenderThread(EmbeddedLog& log, std::function<void(const Error&)> on_fatal)
    : log_(log), on_fatal_(std::move(on_fatal)), thread_([this] { run(); }) {}

AppenderThread::~AppenderThread() {
  stopping_ = true;
  log_.wake();
  thread_.join();
}

void AppenderThread::run() {
  Result<std::size_t> committed{0};
  bool ending = false;
  do {
    ending = stopping_;
    if (!ending) log_.wait_for_pending(idle_wait);
    committed = log_.commit_pending();
  } while (committed && !(ending && *committed == 0));
  const Result<void> saved = committed ? log_.save_high_water() : Result<void>{committed.error()};
  if (!saved && on_fatal_) on_fatal_(saved.error());
}

}  // namespace weir::log
