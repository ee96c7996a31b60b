// Watches a running server through many WebSockets while it is sent events, and prints as JSON how long each event took
// to reach each client. Everything that a client is told is checked (live_client.hpp); a fault ends the run.
//
//   live_clients --port P --token T [--clients N] [--channel map|kpis] [--interval-ms MS] [--batch N] [--updates N]
//                [--reconnects N] [--pid PID] [--process P]
//
// Every MS a body of `batch` events is posted, `updates` times, one activity in as many cases. With reconnects every
// client breaks its connection off so many times and resumes, as fast as it can. PID: of the server, for its memory.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/workloads/live_client.hpp"

namespace weir::bench {
namespace {

using Stopwatch = std::chrono::steady_clock;
using Options = std::map<std::string, std::string>;

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Stopwatch::now().time_since_epoch()).count();
}

/// Posts the events from a thread of its own, by a fixed timetable.
class Poster {
 public:
  Poster(const Subscription& to, std::size_t updates, std::size_t batch, std::chrono::microseconds interval)
      : to_(to), batch_(batch), interval_(interval), sent_us_(updates), accepted_us_(updates) {}

  void start() {
    thread_ = std::jthread([this] { run(); });
  }
  std::size_t updates() const { return sent_us_.size(); }
  std::uint64_t events() const { return updates() * batch_; }
  /// Of the update that brings the views to `count` events. Of a client that was told of it, so it was sent.
  std::int64_t sent_us(std::uint64_t count) const { return sent_us_[(count - 1) / batch_]; }
  /// 0: not yet.
  std::int64_t accepted_us(std::uint64_t count) const { return accepted_us_[(count - 1) / batch_]; }
  std::size_t accepted() const { return accepted_; }
  bool failed() const { return failed_; }
  double accepted_per_s() const {
    const double spent_us = static_cast<double>(accepted_us_.back() - sent_us_.front());
    return static_cast<double>(events()) / spent_us * 1e6;
  }

 private:
  std::string body_of(std::size_t update) const {
    std::string body;
    for (std::size_t i = 0; i < batch_; ++i) {
      const std::string number = std::to_string(update * batch_ + i);
      body += R"({"process":")" + to_.process + R"(","case_id":"c)" + number + R"(","activity":"step","timestamp":)" +
              std::to_string(1'600'000'000'000 + static_cast<std::int64_t>(update)) + "}\n";
    }
    return body;
  }

  void run() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    failed_ = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0;
    auto due = Stopwatch::now();
    for (std::size_t update = 0; update < updates() && !failed_; ++update, due += interval_) {
      std::this_thread::sleep_until(due);
      sent_us_[update] = now_us();
      failed_ = !post(socket, body_of(update));
      accepted_us_[update] = now_us();
      accepted_ = update + 1;
    }
    ::close(socket);
  }

  bool post(int socket, const std::string& body) const {
    const std::string request =
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + to_.token +
        "\r\nContent-Type: application/x-ndjson\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
      return false;
    }
    std::string answer;
    while (answer.find("\r\n\r\n") == std::string::npos || !answer.ends_with('}')) {
      char bytes[4096];
      const ssize_t size = ::recv(socket, bytes, sizeof bytes, 0);
      if (size <= 0) return false;
      answer.append(bytes, static_cast<std::size_t>(size));
    }
    return answer.starts_with("HTTP/1.1 202");
  }

  const Subscription& to_;
  const std::size_t batch_;
  const std::chrono::microseconds interval_;
  std::vector<std::int64_t> sent_us_;
  std::vector<std::int64_t> accepted_us_;
  std::atomic<std::size_t> accepted_ = 0;
  std::atomic<bool> failed_ = false;
  std::jthread thread_;
};

struct Latencies {
  std::vector<float> since_sent_ms;
  std::vector<float> since_accepted_ms;
};

/// All clients on one thread.
class Crowd {
 public:
  Crowd(const Subscription& subscription, std::size_t clients, std::size_t reconnects)
      : reconnects_left_(clients, reconnects), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < clients; ++i) {
      clients_.push_back(std::make_unique<LiveClient>(subscription, static_cast<unsigned>(i)));
    }
  }
  ~Crowd() { ::close(epoll_); }

  /// A few at a time, as a listener's queue is not endless. Returns when all have their snapshot.
  void open() {
    constexpr std::size_t at_once = 100;
    for (std::size_t begin = 0; begin < clients_.size(); begin += at_once) {
      const std::size_t end = std::min(begin + at_once, clients_.size());
      for (std::size_t i = begin; i < end; ++i) connect(i);
      const auto all_told = [&] {
        return std::all_of(clients_.begin() + begin, clients_.begin() + end, [](auto& one) { return one->told(); });
      };
      while (!all_told()) turn(nullptr, nullptr);
    }
  }

  /// Until every client was told of everything and has no reconnection left.
  void watch(const Poster& poster, Latencies& latencies) {
    const auto begin = Stopwatch::now();
    const auto over = [&](std::size_t i) {
      return reconnects_left_[i] == 0 && clients_[i]->told() && clients_[i]->count() >= poster.events();
    };
    std::size_t done = 0;
    while (done < clients_.size()) {
      turn(&poster, &latencies);
      while (done < clients_.size() && over(done)) ++done;
      if (poster.failed()) throw std::runtime_error("an event was not accepted");
      if (Stopwatch::now() - begin > std::chrono::minutes{30}) throw std::runtime_error("it does not end");
    }
  }

  template <class Figure>
  std::uint64_t sum(Figure figure) const {
    std::uint64_t total = 0;
    for (const auto& client : clients_) total += ((*client).*figure)();
    return total;
  }

 private:
  void connect(std::size_t i) {
    clients_[i]->connect();
    epoll_event event{EPOLLOUT, {.u64 = i}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_[i]->descriptor(), &event);
  }

  void turn(const Poster* poster, Latencies* latencies) {
    epoll_event events[256];
    const int ready = ::epoll_wait(epoll_, events, 256, 100);
    for (int k = 0; k < ready; ++k) {
      const std::size_t i = events[k].data.u64;
      LiveClient& client = *clients_[i];
      if (client.waits_to_connect()) {
        client.greet();
        epoll_event event{EPOLLIN, {.u64 = i}};
        ::epoll_ctl(epoll_, EPOLL_CTL_MOD, client.descriptor(), &event);
        continue;
      }
      const std::uint64_t before = client.count();
      if (!client.read()) continue;
      if (latencies != nullptr) note(*poster, before, client.count(), *latencies);
      if (poster != nullptr && client.told() && reconnects_left_[i] > 0) {
        --reconnects_left_[i];
        client.reset();
        connect(i);
      }
    }
  }

  static void note(const Poster& poster, std::uint64_t before, std::uint64_t after, Latencies& latencies) {
    if (after > poster.events()) throw std::runtime_error("the process was not empty");
    const std::int64_t now = now_us();
    for (std::uint64_t count = before + 1; count <= after; ++count) {
      latencies.since_sent_ms.push_back(static_cast<float>(now - poster.sent_us(count)) / 1e3F);
      const std::int64_t accepted = poster.accepted_us(count);
      latencies.since_accepted_ms.push_back(accepted == 0 ? 0 : static_cast<float>(now - accepted) / 1e3F);
    }
  }

  std::vector<std::unique_ptr<LiveClient>> clients_;
  std::vector<std::size_t> reconnects_left_;
  int epoll_;
};

std::uint64_t memory_of(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return 0;
}

void print_quantiles(const char* name, std::vector<float>& values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values.empty() ? 0.0F : values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  std::printf("\"%s\":{\"p50\":%.2f,\"p90\":%.2f,\"p99\":%.2f,\"max\":%.2f},", name, at(0.5), at(0.9), at(0.99), at(1));
}

void measure(Options& options) {
  Subscription subscription;
  subscription.port = static_cast<std::uint16_t>(std::stoi(options["--port"]));
  subscription.token = options["--token"];
  subscription.channel = options["--channel"];
  subscription.process = options["--process"];
  if (subscription.channel == "kpis") subscription.counter = "\"events\":";
  const std::size_t clients = std::stoul(options["--clients"]);
  Poster poster(subscription, std::stoul(options["--updates"]), std::stoul(options["--batch"]),
                std::chrono::microseconds{static_cast<std::int64_t>(std::stod(options["--interval-ms"]) * 1e3)});
  Crowd crowd(subscription, clients, std::stoul(options["--reconnects"]));
  const std::uint64_t memory_before = memory_of(options["--pid"]);
  crowd.open();
  const std::uint64_t memory_open = memory_of(options["--pid"]);
  Latencies latencies;
  const std::int64_t begin = now_us();
  poster.start();
  crowd.watch(poster, latencies);
  const double seconds = static_cast<double>(now_us() - begin) / 1e6;
  const std::uint64_t memory_after = memory_of(options["--pid"]);
  const auto of_client = [&](std::uint64_t memory) {
    return (static_cast<double>(memory) - static_cast<double>(memory_before)) / static_cast<double>(clients) / 1024;
  };
  std::printf("{\"clients\":%zu,\"seconds\":%.2f,\"accepted_per_s\":%.0f,", clients, seconds, poster.accepted_per_s());
  print_quantiles("since_sent_ms", latencies.since_sent_ms);
  print_quantiles("since_accepted_ms", latencies.since_accepted_ms);
  std::printf(
      "\"messages\":%lu,\"snapshots\":%lu,\"recovered\":%lu,\"kib_per_client_open\":%.1f,\"kib_per_client_after\":%.1f}"
      "\n",
      crowd.sum(&LiveClient::messages), crowd.sum(&LiveClient::snapshots), crowd.sum(&LiveClient::recovered),
      of_client(memory_open), of_client(memory_after));
}

}  // namespace
}  // namespace weir::bench

int main(int count, char** values) {
  weir::bench::Options options{
      {"--clients", "100"},  {"--channel", "map"}, {"--interval-ms", "100"}, {"--batch", "1"}, {"--updates", "100"},
      {"--reconnects", "0"}, {"--pid", "self"},    {"--process", "watched"}, {"--port", ""},   {"--token", ""}};
  for (int i = 1; i + 1 < count; i += 2) options[values[i]] = values[i + 1];
  if (options["--port"].empty() || options["--token"].empty()) {
    std::fprintf(stderr, "usage: live_clients --port P --token T [--clients N] [--updates N] …; see the source\n");
    return 2;
  }
  try {
    weir::bench::measure(options);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "live_clients: %s\n", failure.what());
    return 1;
  }
}
