// How many WebSocket frames a second one thread sends to clients on this machine that throw them away: nothing is made,
// every frame is there already. Usage: limit_send CLIENTS FRAME_BYTES FRAMES_PER_WRITE SECONDS
#include <atomic>
#include <cstdint>
#include <thread>

#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/limits/lines.hpp"

namespace {

void must(bool holds, const char* what) {
  if (holds) return;
  std::perror(what);
  std::exit(1);
}

struct Pair {
  int server = -1;
  int client = -1;
};

std::vector<Pair> connected(int count) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const place = reinterpret_cast<sockaddr*>(&address);
  must(::bind(listener, place, size) == 0 && ::listen(listener, 128) == 0, "listen");
  must(::getsockname(listener, place, &size) == 0, "getsockname");
  std::vector<Pair> pairs;
  for (int i = 0; i < count; ++i) {
    Pair& pair = pairs.emplace_back();
    pair.client = ::socket(AF_INET, SOCK_STREAM, 0);
    must(::connect(pair.client, place, size) == 0, "connect");
    pair.server = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    must(pair.server >= 0, "accept");
  }
  return pairs;
}

/// Throws away what comes, until it is told to stop.
void drain(const std::vector<Pair>& pairs, const std::atomic<bool>& stop) {
  const int all = ::epoll_create1(0);
  for (const Pair& pair : pairs) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = pair.client;
    must(::epoll_ctl(all, EPOLL_CTL_ADD, pair.client, &event) == 0, "epoll");
  }
  std::vector<epoll_event> ready(256);
  std::string sink(1 << 18, '\0');
  while (!stop) {
    const int some = ::epoll_wait(all, ready.data(), static_cast<int>(ready.size()), 10);
    for (int i = 0; i < some; ++i) {
      must(::recv(ready[static_cast<std::size_t>(i)].data.fd, sink.data(), sink.size(), MSG_TRUNC) > 0, "recv");
    }
  }
}

/// Unmasked, whole, a text (RFC 6455, section 5.2).
std::string frame_of(std::size_t bytes) {
  std::string frame{"\x81\x7e", 2};
  frame.push_back(static_cast<char>(bytes >> 8));
  frame.push_back(static_cast<char>(bytes));
  return frame.append(bytes, 'x');
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (sent > 0) continue;
    pollfd writable{socket, POLLOUT, 0};
    must(::poll(&writable, 1, 1'000) > 0, "send");
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 2;
  const auto pairs = connected(std::atoi(arguments[1]));
  const auto frame_bytes = std::stoul(arguments[2]);
  const auto per_write = std::stoul(arguments[3]);
  const double seconds = std::stod(arguments[4]);
  must(frame_bytes >= 126 && frame_bytes < 65'536, "a frame has 126 to 65535 bytes");
  std::string written;
  for (std::size_t i = 0; i < per_write; ++i) written += frame_of(frame_bytes);
  std::atomic<bool> stop{false};
  std::thread clients{[&] { drain(pairs, stop); }};
  std::uint64_t frames = 0;
  const weir::limits::Stopwatch watch;
  while (watch.seconds() < seconds) {
    for (const Pair& pair : pairs) send_all(pair.server, written);
    frames += pairs.size() * per_write;
  }
  const double spent = watch.seconds();
  stop = true;
  clients.join();
  weir::limits::print({{"frames", static_cast<double>(frames)}, {"seconds", spent}});
}
