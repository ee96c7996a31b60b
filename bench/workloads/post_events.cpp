// Posts an NDJSON file of events to a running server: bodies of --batch events over --connections keep-alive
// connections, one request in flight on each; with --hook as deliveries of one event each, signed by Standard Webhooks.
// Prints what was reached as JSON: accepted per second until the last
// answer, and until the views include everything.
#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "schemas/crypto/base64.hpp"
#include "schemas/crypto/digest.hpp"

namespace {

using Stopwatch = std::chrono::steady_clock;

double seconds_since(Stopwatch::time_point start) {
  return std::chrono::duration<double>(Stopwatch::now() - start).count();
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends the request and returns status and body of the answer (which has a Content-Length).
  std::pair<int, std::string> call(const std::string& request) {
    for (std::size_t sent = 0; sent < request.size();) {
      const ssize_t count = ::send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("cannot send");
      sent += static_cast<std::size_t>(count);
    }
    std::size_t head_end;
    while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) receive();
    std::string head = buffer_.substr(0, head_end);
    std::transform(head.begin(), head.end(), head.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t length_at = head.find("content-length: ");
    const std::size_t length =
        length_at == std::string::npos ? 0 : std::strtoul(head.c_str() + length_at + 16, nullptr, 10);
    while (buffer_.size() < head_end + 4 + length) receive();
    const int status = std::atoi(head.c_str() + head.find(' '));
    std::string body = buffer_.substr(head_end + 4, length);
    buffer_.erase(0, head_end + 4 + length);
    if (head.find("connection: close") != std::string::npos) closed_ = true;
    return {status, std::move(body)};
  }
  bool closed() const { return closed_; }

 private:
  void receive() {
    char bytes[16384];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) throw std::runtime_error("the server closed the connection");
    buffer_.append(bytes, static_cast<std::size_t>(count));
  }

  int socket_;
  std::string buffer_;
  bool closed_ = false;
};

std::vector<std::string> bodies_of(const std::string& path, std::size_t batch, std::size_t& events) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::string> bodies;
  std::string line, body;
  std::size_t lines = 0;
  while (std::getline(file, line)) {
    body.append(line).push_back('\n');
    ++events;
    if (++lines % batch == 0) bodies.push_back(std::exchange(body, {}));
  }
  if (!body.empty()) bodies.push_back(std::move(body));
  return bodies;
}

std::string request(const char* method, const std::string& target, const std::string& token, const std::string& body) {
  return std::string{method} + " " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
         "\r\nContent-Type: application/x-ndjson\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// As a provider sends it, signed now.
std::string delivery(const std::string& target, const std::string& key, const std::string& id,
                     const std::string& body) {
  const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds{1};
  const auto mac = weir::crypto::hmac_sha256(key, id + '.' + std::to_string(now) + '.' + body);
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nwebhook-id: " + id +
         "\r\nwebhook-timestamp: " + std::to_string(now) + "\r\nwebhook-signature: v1," +
         weir::crypto::to_base64(weir::crypto::bytes_of(mac)) +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string text_of(const std::string& json, const std::string& name) {
  const std::size_t at = json.find('"' + name + "\":\"");
  if (at == std::string::npos) return {};
  const std::size_t from = at + name.size() + 4;
  return json.substr(from, json.find('"', from) - from);
}

struct Run {
  std::vector<std::string> bodies;
  std::string token;
  std::string hook;  // target of deliveries; empty: events are posted
  std::string key;   // of the hook
  std::uint16_t port = 0;
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::vector<double> latencies_ms;                  // under mutex
  std::map<std::uint64_t, std::uint64_t> positions;  // under mutex: partition -> next offset
  std::size_t failed = 0;                            // under mutex
};

void note_position(Run& run, const std::string& position) {
  for (std::size_t from = 0; from < position.size();) {
    const std::size_t end = std::min(position.find('.', from), position.size());
    const std::size_t dash = position.find('-', from);
    std::uint64_t& known = run.positions[std::stoull(position.substr(from, dash - from))];
    known = std::max<std::uint64_t>(known, std::stoull(position.substr(dash + 1, end - dash - 1)));
    from = end + 1;
  }
}

void post_bodies(Run& run) {
  auto connection = std::make_unique<Connection>(run.port);
  for (std::size_t i; (i = run.next++) < run.bodies.size();) {
    const auto start = Stopwatch::now();
    const auto [status, body] =
        connection->call(run.hook.empty() ? request("POST", "/v1/events", run.token, run.bodies[i])
                                          : delivery(run.hook, run.key, "msg_" + std::to_string(i), run.bodies[i]));
    if (connection->closed()) connection = std::make_unique<Connection>(run.port);
    const std::lock_guard lock{run.mutex};
    run.latencies_ms.push_back(seconds_since(start) * 1e3);
    if (status == 202) {
      note_position(run, text_of(body, "position"));
    } else {
      ++run.failed;
    }
  }
}

/// One thread's share. Where it fails, what was not posted shows as failed.
void post(Run& run) {
  try {
    post_bodies(run);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "post_events: %s\n", failure.what());
    const std::lock_guard lock{run.mutex};
    ++run.failed;
  }
}

/// Asks until the views include everything that was accepted.
void wait_for_views(Run& run, const std::string& process) {
  std::string position;
  for (const auto& [partition, next] : run.positions) {
    position += (position.empty() ? "" : ".") + std::to_string(partition) + "-" + std::to_string(next);
  }
  for (int attempt = 0; attempt < 300; ++attempt) {
    Connection connection{run.port};
    const auto target = "/v1/processes/" + process + "/kpis?after=" + position;
    if (connection.call(request("GET", target, run.token, {})).first == 200) return;
  }
  throw std::runtime_error("the views did not catch up");
}

int measure(std::map<std::string, std::string>& options) {
  Run run;
  run.token = options["--token"];
  run.port = static_cast<std::uint16_t>(std::stoi(options["--port"]));
  run.hook = options["--hook"];
  run.key = weir::crypto::from_base64(options["--key"]).value_or("");
  std::size_t events = 0;
  run.bodies = bodies_of(options["--file"], std::stoul(options["--batch"]), events);
  if (run.bodies.empty()) throw std::runtime_error("the file has no events");
  const auto start = Stopwatch::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < std::stoi(options["--connections"]); ++i) threads.emplace_back([&] { post(run); });
  for (std::thread& thread : threads) thread.join();
  const double posted_s = seconds_since(start);
  if (run.latencies_ms.empty()) throw std::runtime_error("nothing was answered");
  wait_for_views(run, options["--process"]);
  const double viewed_s = seconds_since(start);
  std::sort(run.latencies_ms.begin(), run.latencies_ms.end());
  const auto at = [&](double share) {
    return run.latencies_ms[static_cast<std::size_t>(share * static_cast<double>(run.latencies_ms.size() - 1))];
  };
  std::printf(
      "{\"events\":%zu,\"failed_bodies\":%zu,\"posted_s\":%.3f,\"viewed_s\":%.3f,\"accepted_per_s\":%.0f,"
      "\"processed_per_s\":%.0f,\"latency_ms\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f}}\n",
      events, run.failed, posted_s, viewed_s, static_cast<double>(events) / posted_s,
      static_cast<double>(events) / viewed_s, at(0.5), at(0.99), at(1));
  return run.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  std::map<std::string, std::string> options{{"--batch", "500"}, {"--connections", "4"}, {"--process", "default"}};
  for (int i = 1; i + 1 < count; i += 2) options[values[i]] = values[i + 1];
  if (options["--port"].empty() || options["--file"].empty() || options["--token"].empty()) {
    std::fprintf(stderr,
                 "usage: post_events --port P --token T --file EVENTS.ndjson [--batch N] [--connections N]\n"
                 "       [--hook PATH --key BASE64]\n");
    return 2;
  }
  try {
    return measure(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "post_events: %s\n", failure.what());
    return 1;
  }
}
