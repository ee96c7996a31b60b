#include "api/net/io_thread.hpp"

#include <algorithm>

namespace weir::net {
namespace {

/// Often enough that no limit is overrun by more than an eighth.
std::chrono::milliseconds sweep_period(const Limits& limits) {
  const WebSocketLimits& socket = limits.web_socket;
  const auto shortest = std::min({limits.head_time, limits.idle_time, limits.transfer_grace, limits.linger_time,
                                  socket.ping_time, socket.pong_time, socket.close_time, socket.drain_time});
  return std::clamp(shortest / 8, std::chrono::milliseconds{5}, std::chrono::milliseconds{250});
}

}  // namespace

IoThread::IoThread(Core& core)
    : core_(core),
      work_(asio::make_work_guard(context_)),
      sweep_timer_(context_),
      sweep_period_(sweep_period(core.options.limits)) {}

void IoThread::start() {
  sweep_later();
  thread_ = std::thread([this] { run(); });
}

void IoThread::enter(Connection* connection) {
  connections_.insert(connection);
  if (stopping_) connection->cut();
}

void IoThread::run() {
  while (true) {
    try {
      context_.run();
      return;
    } catch (const std::exception& fault) {
      core_.options.on_fault(fault.what());
    }
  }
}

void IoThread::sweep_later() {
  sweep_timer_.expires_after(sweep_period_);
  sweep_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || stopping_) return;
    const Clock::Steady now = core_.clock.steady();
    for (Connection* connection : connections_) connection->sweep(now);
    sweep_later();
  });
}

void IoThread::drain() {
  asio::post(context_, [this] {
    for (Connection* connection : connections_) connection->drain();
  });
}

void IoThread::stop() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] {
    stopping_ = true;
    sweep_timer_.cancel();
    work_.reset();
    for (Connection* connection : connections_) connection->cut();
  });
  thread_.join();
}

}  // namespace weir::net
