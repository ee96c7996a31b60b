#include "api/app/service_notice.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace weir::app {

ServiceNotice::ServiceNotice(std::string_view address) {
  sockaddr_un to{};
  if (address.empty() || address.size() >= sizeof(to.sun_path)) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address.data(), address.size());
  if (address.front() == '@') to.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), size) == 0) {
    socket_ = socket;
  } else {
    ::close(socket);
  }
}

ServiceNotice ServiceNotice::of_this_process() {
  const char* address = std::getenv("NOTIFY_SOCKET");
  return ServiceNotice{address == nullptr ? std::string_view{} : address};
}

ServiceNotice::~ServiceNotice() {
  if (socket_ >= 0) ::close(socket_);
}

void ServiceNotice::tell(std::string_view state) const {
  if (socket_ >= 0) [[maybe_unused]]
    const auto sent = ::send(socket_, state.data(), state.size(), MSG_NOSIGNAL);
}

}  // namespace weir::app
