// What the service manager that started the process is told, by systemd's sd_notify protocol: datagrams of `NAME=VALUE`
// to the socket that it names in NOTIFY_SOCKET.
#pragma once

#include <string_view>

namespace weir::app {

/// One thread at a time. Nothing here blocks or fails: a manager that hears nothing acts by itself (TimeoutStartSec,
/// WatchdogSec).
class ServiceNotice {
 public:
  /// `address`: a path, or `@` and an abstract name. Empty, or no such socket: nobody is told.
  explicit ServiceNotice(std::string_view address);
  /// The manager of this process, if there is one.
  static ServiceNotice of_this_process();
  ~ServiceNotice();
  ServiceNotice(ServiceNotice&&) = delete;

  /// Requests are answered.
  void ready() const { tell("READY=1"); }
  /// To be said more often than every WatchdogSec: else the process is ended and started again.
  void alive() const { tell("WATCHDOG=1"); }
  /// The end has begun, and takes no longer than TimeoutStopSec.
  void stopping() const { tell("STOPPING=1"); }

 private:
  void tell(std::string_view state) const;

  int socket_ = -1;
};

}  // namespace weir::app
