// One value at a time on its way from any thread to a coroutine of an I/O thread. Internal to api/net.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "api/net/io_thread.hpp"

namespace weir::net {

template <class T>
class Arrival : public std::enable_shared_from_this<Arrival<T>> {
 public:
  explicit Arrival(std::shared_ptr<IoThread> thread)
      : thread_(std::move(thread)), wake_(thread_->context(), asio::steady_timer::time_point::max()) {}

  /// Thread-safe; at once where the caller is on the I/O thread. The value is dropped when nobody waits any more: what
  /// is under way holds the arrival weakly, because a loop that ended keeps what was posted to it.
  void deliver(T value) {
    asio::dispatch(thread_->context(), [weak = this->weak_from_this(), value = std::move(value)]() mutable {
      if (const auto self = weak.lock()) {
        self->value_.emplace(std::move(value));
        self->wake_.cancel();
      }
    });
  }

  /// The value, or none when cut. On the I/O thread, as all below.
  asio::awaitable<std::optional<T>> take() {
    while (!value_ && !cut_) {
      boost::system::error_code cancelled;
      co_await wake_.async_wait(awaiting(cancelled));
    }
    co_return std::exchange(value_, std::nullopt);
  }

  void cut() {
    cut_ = true;
    wake_.cancel();
  }

 private:
  std::shared_ptr<IoThread> thread_;
  asio::steady_timer wake_;
  std::optional<T> value_;
  bool cut_ = false;
};

}  // namespace weir::net
