#include "tests/api/net/test_server.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "api/net/problem.hpp"

namespace weir::net::test {
namespace {

using namespace std::chrono_literals;

/// "piece 0;" to "piece 9;", then the end or a fault.
class TenPieces final : public BodySource {
 public:
  explicit TenPieces(bool breaks) : breaks_(breaks) {}
  void pull(Next next) override {
    if (given_ == 5 && breaks_) return next(Error{Code::storage_failed, ""});
    next(given_ == 10 ? std::string() : "piece " + std::to_string(given_) + ";");
    ++given_;
  }

 private:
  bool breaks_;
  int given_ = 0;
};

Response text(std::string body) {
  Response response;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

}  // namespace

void UploadSink::write(std::string_view bytes, Ready ready) {
  std::unique_lock lock(mutex_);
  bytes_.append(bytes);
  if (holding_) {
    held_.push_back(std::move(ready));
    return;
  }
  lock.unlock();
  ready(bytes.find("poison") == std::string_view::npos ? Result<void>{} : Error{Code::bad_csv, "A row is wrong."});
}

void UploadSink::finish(Respond respond) {
  const std::lock_guard lock(mutex_);
  respond(text(std::to_string(bytes_.size())));
}

void UploadSink::abort(const Error& reason) {
  const std::lock_guard lock(mutex_);
  aborted_ = reason.code;
  changed_.notify_all();
}

void UploadSink::hold() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void UploadSink::release() {
  std::unique_lock lock(mutex_);
  holding_ = false;
  const std::vector<Ready> held = std::exchange(held_, {});
  lock.unlock();
  for (const Ready& ready : held) ready({});
}

std::size_t UploadSink::received() const {
  const std::lock_guard lock(mutex_);
  return bytes_.size();
}

std::optional<Code> UploadSink::aborted_with() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, 5s, [this] { return aborted_.has_value(); });
  return aborted_;
}

void ShowingSocket::opened(std::shared_ptr<WebSocket> socket) {
  const std::lock_guard lock(mutex_);
  socket_ = std::move(socket);
  changed_.notify_all();
}

void ShowingSocket::receive(std::string_view text) {
  if (text == "throw") throw std::runtime_error("socket");
  if (echo_) send({std::string(text)});
  const std::lock_guard lock(mutex_);
  ++received_;
  changed_.notify_all();
}

void ShowingSocket::take_pending(std::size_t bytes_max, std::vector<WebSocketMessage>& into) {
  const std::lock_guard lock(mutex_);
  for (std::size_t bytes = 0; !pending_.empty(); pending_.pop_front()) {
    bytes += pending_.front().size_bytes();
    if (bytes > bytes_max && !into.empty()) return;
    into.push_back(std::move(pending_.front()));
  }
}

void ShowingSocket::closed(const WebSocketClose& how) {
  const std::lock_guard lock(mutex_);
  closed_ = how;
  changed_.notify_all();
}

void ShowingSocket::send(WebSocketMessage message) {
  const std::lock_guard lock(mutex_);
  pending_.push_back(std::move(message));
  socket_->wake();
}

void ShowingSocket::be_ready(bool on) {
  const std::lock_guard lock(mutex_);
  ready_ = on;
  socket_->wake();
}

std::size_t ShowingSocket::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

std::size_t ShowingSocket::pending() const {
  const std::lock_guard lock(mutex_);
  return pending_.size();
}

bool ShowingSocket::is_opened() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, 5s, [this] { return socket_ != nullptr; });
}

bool ShowingSocket::has_received(std::size_t messages) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, 5s, [this, messages] { return received_ >= messages; });
}

std::optional<WebSocketClose> ShowingSocket::closed_as() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, 5s, [this] { return closed_.has_value(); });
  return closed_;
}

BodyPlan ShowingHandler::admit(const RequestHead& head) {
  {
    const std::lock_guard lock(mutex_);
    admitted_.push_back(head.target);
  }
  const std::string first = head.segments.empty() ? "" : head.segments.front();
  if (first == "refused") return Refuse{problem({Code::missing_token, ""}, head.trace_id)};
  if (first == "upload") return Stream{4 << 20, sink};
  if (first == "socket") {
    auto handshake = Handshake::of(head);
    if (!handshake) return Refuse{problem(handshake.error(), head.trace_id)};
    const std::lock_guard lock(mutex_);
    socket_ = std::make_shared<ShowingSocket>();
    return Upgrade{std::move(*handshake), socket_};
  }
  const std::uint64_t bytes_max = first == "small" ? 100 : 1 << 20;
  return Collect{bytes_max, [this](Request request, const Respond& respond) { handle(std::move(request), respond); },
                 std::string(head.header("x-sharer"))};
}

void ShowingHandler::handle(Request request, const Respond& respond) {
  const std::lock_guard lock(mutex_);
  last_ = request.head;
  const std::string first = request.head.segments.empty() ? "" : request.head.segments.front();
  if (first == "later") {
    threads_.emplace_back([respond] { respond(text("later")); });
  } else if (first == "held") {
    held_.push_back(respond);
    changed_.notify_all();
  } else if (first == "throws") {
    throw std::runtime_error("handler");
  } else if (first == "export" || first == "broken-export") {
    Response response = text("");
    response.source = std::make_shared<TenPieces>(first == "broken-export");
    respond(std::move(response));
  } else if (first == "crlf") {
    Response response = text("");
    response.headers.push_back({"X-Echo", request.head.segments.at(1)});
    respond(std::move(response));
  } else if (first == "large") {
    respond(text(std::string(8 << 20, 'x')));
  } else if (first != "dropped") {
    respond(text(request.body.empty() ? "hello" : std::move(request.body)));
  }
}

ShowingHandler::~ShowingHandler() {
  for (std::thread& thread : threads_) thread.join();
}

std::vector<std::string> ShowingHandler::admitted() const {
  const std::lock_guard lock(mutex_);
  return admitted_;
}

RequestHead ShowingHandler::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::shared_ptr<ShowingSocket> ShowingHandler::socket() const {
  const std::lock_guard lock(mutex_);
  return socket_;
}

void ShowingHandler::release() {
  std::unique_lock lock(mutex_);
  const std::vector<Respond> held = std::exchange(held_, {});
  lock.unlock();
  for (const Respond& respond : held) respond(text("released"));
}

bool ShowingHandler::waits_for_release() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, 5s, [this] { return !held_.empty(); });
}

Limits short_limits() {
  Limits limits;
  limits.head_time = 300ms;
  limits.idle_time = 2'000ms;
  limits.transfer_grace = 300ms;
  limits.linger_time = 500ms;
  limits.connections_per_address = 20;
  limits.buffered_body_bytes = 2 << 20;
  return limits;
}

ServerOptions TestServer::with(Limits limits) {
  ServerOptions options;
  options.threads = 2;
  options.limits = limits;
  return options;
}

TestServer::TestServer(ServerOptions options) : server(std::move(options), handler, clock) {
  auto bound = server.start();
  EXPECT_TRUE(bound.ok()) << (bound ? "" : bound.error().detail);
  if (bound) port = *bound;
}

}  // namespace weir::net::test
