#include "api/app/service_notice.hpp"

#include <cstring>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

/// Listens as a service manager does.
class Manager {
 public:
  explicit Manager(const std::string& address) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, address.data(), address.size());
    if (address.front() == '@') at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&at), size) != 0) ADD_FAILURE() << std::strerror(errno);
  }
  ~Manager() { ::close(socket_); }
  Manager(Manager&&) = delete;

  /// The next datagram that has come, or nothing.
  std::string heard() const {
    std::string text(64, '\0');
    const ssize_t size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? std::string{} : text.substr(0, static_cast<std::size_t>(size));
  }

 private:
  const int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

void expect_heard(const std::string& address) {
  const Manager manager(address);
  const ServiceNotice notice(address);
  notice.ready();
  notice.alive();
  notice.stopping();
  EXPECT_EQ(manager.heard(), "READY=1");
  EXPECT_EQ(manager.heard(), "WATCHDOG=1");
  EXPECT_EQ(manager.heard(), "STOPPING=1");
  EXPECT_EQ(manager.heard(), "");
}

TEST(ServiceNotice, IsHeardAtAPath) {
  const tests::TempFolder folder;
  expect_heard(folder.path() / "notify");
}

TEST(ServiceNotice, IsHeardAtAnAbstractName) { expect_heard("@weir-test-" + std::to_string(::getpid())); }

TEST(ServiceNotice, TellsNobodyWhereNobodyAsked) {
  const tests::TempFolder folder;
  for (const std::string& address : {std::string{}, (folder.path() / "absent").string(), std::string(200, 'x')}) {
    const ServiceNotice notice(address);
    notice.ready();
  }
}

TEST(ServiceNotice, NeverWaitsForAManagerThatDoesNotRead) {
  const tests::TempFolder folder;
  const Manager manager(folder.path() / "notify");
  const ServiceNotice notice((folder.path() / "notify").string());
  for (int i = 0; i < 100'000; ++i) notice.alive();
  EXPECT_EQ(manager.heard(), "WATCHDOG=1");
}

}  // namespace
}  // namespace weir::app
