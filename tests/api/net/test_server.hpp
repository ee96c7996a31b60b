// A live server on the loopback with a handler that shows what reached it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/net/server.hpp"

namespace weir::net::test {

/// Collects an upload. While `hold` is on, the first piece that comes is not taken.
class UploadSink final : public BodySink {
 public:
  void write(std::string_view bytes, Ready ready) override;
  void finish(Respond respond) override;
  void abort(const Error& reason) override;

  void hold();
  void release();
  std::size_t received() const;
  /// Waits up to five seconds for the end by error.
  std::optional<Code> aborted_with();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string bytes_;
  bool holding_ = false;
  std::vector<Ready> held_;
  std::optional<Code> aborted_;
};

/// Speaks for one WebSocket. What comes is remembered and, unless told otherwise, sent back. Thread-safe.
class ShowingSocket final : public WebSocketHandler {
 public:
  void opened(std::shared_ptr<WebSocket> socket) override;
  void receive(std::string_view text) override;
  bool ready() const override { return ready_; }
  void take_pending(std::size_t bytes_max, std::vector<WebSocketMessage>& into) override;
  void tick() override { ++ticks; }
  void draining() override { send({"draining"}); }
  void closed(const WebSocketClose& how) override;

  void send(WebSocketMessage message);
  void close(WebSocketClose how) { socket_->close(std::move(how)); }
  void echo(bool on) { echo_ = on; }
  void be_ready(bool on);
  std::size_t received() const;
  std::size_t pending() const;
  /// Waits up to five seconds.
  bool is_opened();
  bool has_received(std::size_t messages);
  std::optional<WebSocketClose> closed_as();

  std::atomic<int> ticks = 0;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<WebSocket> socket_;
  std::deque<WebSocketMessage> pending_;
  std::size_t received_ = 0;
  std::optional<WebSocketClose> closed_;
  std::atomic<bool> echo_ = true;
  std::atomic<bool> ready_ = true;
};

/// POST /echo (1 MiB), POST /small (100 bytes), POST /upload (stream, 4 MiB), GET /hello, GET /later (from another
/// thread), GET /held (until release()), GET /dropped (never answered), GET /throws, GET /export, GET /broken-export,
/// GET /crlf, GET /large (8 MiB), any /refused; GET /socket becomes a WebSocket.
class ShowingHandler final : public Handler {
 public:
  BodyPlan admit(const RequestHead& head) override;
  ~ShowingHandler() override;

  /// Targets of all requests that were admitted.
  std::vector<std::string> admitted() const;
  /// The head of the last request that was handled.
  RequestHead last() const;
  void release();
  bool waits_for_release();

  /// What speaks for the connection that became a WebSocket last.
  std::shared_ptr<ShowingSocket> socket() const;

  std::shared_ptr<UploadSink> sink = std::make_shared<UploadSink>();

 private:
  void handle(Request request, const Respond& respond);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> admitted_;
  RequestHead last_;
  std::vector<Respond> held_;
  std::shared_ptr<ShowingSocket> socket_;
  std::vector<std::thread> threads_;
};

/// Limits that make every refusal come within a second.
Limits short_limits();

struct TestServer {
  explicit TestServer(ServerOptions options = with(short_limits()));
  static ServerOptions with(Limits limits);

  SystemClock clock;
  ShowingHandler handler;
  Server server;
  std::uint16_t port = 0;
};

}  // namespace weir::net::test
