// One thing that a coroutine waits for. Internal to api/net; everything on the I/O thread.
#pragma once

#include <utility>

#include "api/net/asio.hpp"

namespace weir::net {

class Signal {
 public:
  explicit Signal(asio::io_context& context) : timer_(context, asio::steady_timer::time_point::max()) {}

  /// Whoever waits goes on; nobody waiting, the next who does.
  void set() {
    set_ = true;
    timer_.cancel();
  }

  asio::awaitable<void> wait() {
    while (!std::exchange(set_, false)) {
      boost::system::error_code cancelled;
      co_await timer_.async_wait(awaiting(cancelled));
    }
  }

 private:
  asio::steady_timer timer_;
  bool set_ = false;
};

}  // namespace weir::net
