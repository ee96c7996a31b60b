#include "api/net/web_socket_session.hpp"

#include <atomic>
#include <exception>
#include <utility>

namespace weir::net {
namespace {

constexpr std::size_t copied_bytes_max = 512;  // a shared part up to here is cheaper copied than as a piece
constexpr std::size_t control_bytes_max =
    4'096;  // of pongs; beyond, only the newest ping is answered (RFC 6455, 5.5.3)
constexpr std::uint64_t drain_steps = 64;

/// Over TLS every piece would be a record and a system call of its own.
FrameGather new_gather(const Wire& wire) { return FrameGather(wire.secure() ? std::string::npos : copied_bytes_max); }

/// What the handler keeps: it holds the loop's memory, never the connection's.
class Handle final : public WebSocket, public std::enable_shared_from_this<Handle> {
 public:
  Handle(std::shared_ptr<IoThread> thread, std::weak_ptr<WebSocketSession> session)
      : thread_(std::move(thread)), session_(std::move(session)) {}

  void wake() override {
    if (woken_.exchange(true)) return;
    asio::post(thread_->context(), [self = shared_from_this()] {
      self->woken_ = false;  // before the handler is asked, so that what comes meanwhile wakes again
      if (const auto session = self->session_.lock()) session->wake();
    });
  }

  void close(WebSocketClose how) override {
    asio::post(thread_->context(), [weak = session_, how = std::move(how)]() mutable {
      if (const auto session = weak.lock()) session->close(std::move(how));
    });
  }

 private:
  std::shared_ptr<IoThread> thread_;
  std::weak_ptr<WebSocketSession> session_;
  std::atomic<bool> woken_ = false;
};

}  // namespace

WebSocketSession::WebSocketSession(std::shared_ptr<Core> core, std::shared_ptr<IoThread> thread, Wire& wire,
                                   Upgrade plan)
    : core_(std::move(core)),
      thread_(std::move(thread)),
      wire_(wire),
      plan_(std::move(plan)),
      reader_(*core_, wire_, thread_->context(), *this, plan_.sharer),
      control_(new_gather(wire)),
      input_(thread_->context()),
      output_(thread_->context()),
      written_(thread_->context()) {}

template <class Call>
void WebSocketSession::guarded(Call call) {
  try {
    call(*plan_.handler);
  } catch (const std::exception& thrown) {
    core_->options.on_fault(thrown.what());
    close({close_code::internal, "internal"});
  }
}

asio::awaitable<void> WebSocketSession::run(AnswerContext context) {
  const bool answered = co_await answer(std::move(context));
  if (!answered) co_return;
  open_ = true;
  tick_at_ = now() + std::chrono::seconds{1};
  ping_at_ = now() + limits().ping_time;
  add(core_->totals.web_sockets_opened);
  add(core_->totals.web_sockets_open);
  guarded([this](auto& handler) { handler.opened(std::make_shared<Handle>(thread_, weak_from_this())); });
  auto written = [self = shared_from_this()](const std::exception_ptr& fault) {
    if (fault) self->cut();
    self->written_.set();
  };
  asio::co_spawn(thread_->context(), write_all(), std::move(written));
  std::exception_ptr fault;
  try {
    co_await read_all();
  } catch (...) {
    fault = std::current_exception();
    cut();
  }
  co_await written_.wait();
  open_ = false;
  core_->totals.web_sockets_open.fetch_sub(1, std::memory_order_relaxed);
  guarded([this](auto& handler) { handler.closed(how_); });
  if (fault) std::rethrow_exception(fault);
}

asio::awaitable<bool> WebSocketSession::answer(AnswerContext context) {
  const std::string accept = co_await reader_.accept(plan_.handshake);
  Response response;
  response.status = 101;
  response.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept}};
  context.keep_alive = true;
  add(core_->totals.answers_by_class[1]);
  wire_.begin_answer();
  const std::string head = response_head(response, context, thread_->date());
  const bool sent = co_await wire_.send(head);
  wire_.begin_nothing();
  co_return sent;
}

asio::awaitable<void> WebSocketSession::read_all() {
  while (true) {
    while (!broken_ && !closing_ && !plan_.handler->ready()) co_await input_.wait();
    if (broken_) break;
    const std::optional<std::string_view> message = co_await reader_.next();
    if (!message) break;
    heard_of(now());
    add(core_->totals.messages_received);
    if (!closing_) guarded([&](auto& handler) { handler.receive(*message); });
  }
  conclude(reader_.end());
}

void WebSocketSession::conclude(const MessageReader::End& end) {
  using By = MessageReader::End::By;
  if (end.by == By::break_off || broken_) return cut();
  if (end.by == By::violation) add(core_->totals.web_socket_violations);
  if (closing_) return;
  how_ = end.how;
  close(end.by == By::client ? WebSocketClose{end.how.code, ""} : end.how);
}

asio::awaitable<void> WebSocketSession::write_all() {
  while (!broken_) {
    const FrameGather frames = gather();
    if (frames.empty()) {
      co_await output_.wait();
      continue;
    }
    wire_.begin_answer();
    const std::vector<std::string_view> pieces = frames.pieces();
    const bool sent = co_await wire_.send(pieces);
    wire_.begin_nothing();
    add(core_->totals.web_socket_writes);
    if (!sent) cut();
    if (close_gathered_) co_return;
  }
}

FrameGather WebSocketSession::gather() {
  FrameGather frames = std::exchange(control_, new_gather(wire_));
  if (std::exchange(ping_due_, false)) frames.add(Opcode::ping, "");
  if (!closing_ || std::exchange(last_words_, false)) {
    std::vector<WebSocketMessage> pending;
    guarded([&](auto& handler) { handler.take_pending(limits().write_bytes, pending); });
    add(core_->totals.messages_sent, pending.size());
    for (WebSocketMessage& message : pending) frames.add_text(std::move(message));
  }
  if (closing_) {
    frames.add_close(*closing_);
    close_gathered_ = true;
  }
  return frames;
}

void WebSocketSession::wake() {
  input_.set();
  output_.set();
}

void WebSocketSession::close(WebSocketClose how) {
  if (closing_ || broken_) return;
  if (how_.code == close_code::abnormal) how_ = how;
  closing_ = std::move(how);
  cut_at_ = now() + limits().close_time;
  wake();
}

void WebSocketSession::cut() {
  broken_ = true;
  wire_.close();
  wake();
}

void WebSocketSession::drain() {
  if (!open_ || drain_at_) return;
  guarded([](auto& handler) { handler.draining(); });
  last_words_ = true;
  wake();
  const std::uint64_t step = core_->totals.web_sockets_drained.fetch_add(1, std::memory_order_relaxed) % drain_steps;
  drain_at_ = now() + limits().drain_time * step / drain_steps;
}

void WebSocketSession::sweep(Clock::Steady now) {
  if (!open_) return;
  if (now >= tick_at_) {
    tick_at_ = now + std::chrono::seconds{1};
    guarded([](auto& handler) { handler.tick(); });
  }
  if (drain_at_ && now >= *drain_at_) close({close_code::going_away, "draining"});
  if (cut_at_ && now >= *cut_at_) return timed_out();
  keep_alive(now);
}

void WebSocketSession::keep_alive(Clock::Steady now) {
  if (closing_) return;
  if (!plan_.handler->ready()) return heard_of(now);  // nothing is read, so nothing can be heard
  if (pong_by_) {
    if (now >= *pong_by_) timed_out();
  } else if (now >= ping_at_) {
    pong_by_ = now + limits().pong_time;
    ping_due_ = true;
    output_.set();
  }
}

void WebSocketSession::heard_of(Clock::Steady now) {
  pong_by_.reset();
  ping_at_ = now + limits().ping_time;
}

void WebSocketSession::timed_out() {
  add(core_->totals.timeouts);
  cut();
}

void WebSocketSession::pinged(std::string_view payload) {
  if (control_.own_bytes() > control_bytes_max) control_ = new_gather(wire_);
  control_.add(Opcode::pong, payload);
  output_.set();
}

void WebSocketSession::ponged() { heard_of(now()); }

}  // namespace weir::net
