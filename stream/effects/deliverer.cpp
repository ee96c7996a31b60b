#include "stream/effects/deliverer.hpp"

#include <algorithm>

namespace weir::effects {
namespace {

constexpr Clock::Steady stop_grace = std::chrono::seconds{1};

}  // namespace

Deliverer::Deliverer(Outbox& outbox, Targets& targets, std::unique_ptr<http::Exchanges> exchanges,
                     std::unique_ptr<log::RecordPublisher> publisher, const Clock& clock,
                     const DispatcherOptions& options)
    : exchanges_(std::move(exchanges)),
      publisher_(std::move(publisher)),
      clock_(clock),
      dispatcher_(outbox, targets, *exchanges_, *publisher_, clock, options),
      thread_([this] { run(); }) {}

Deliverer::~Deliverer() { stop(); }

void Deliverer::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  exchanges_->wake();
  thread_.join();
}

void Deliverer::run() {
  std::optional<Clock::Steady> end;
  dispatcher_.inbox().wake_all();
  for (;;) {
    const Clock::Steady now = clock_.steady();
    if (stopping_ && !end) {
      end = now + stop_grace;
      dispatcher_.close();
    }
    Clock::Steady next = dispatcher_.step();
    if (end && (dispatcher_.idle() || now >= *end)) return;
    if (end) next = std::min(next, *end);
    dispatcher_.take(exchanges_->wait(std::max(Clock::Steady{}, next - clock_.steady())));
  }
}

}  // namespace weir::effects
