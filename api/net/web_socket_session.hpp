// A connection that became a WebSocket: one coroutine reads messages, one writes what is pending, many frames in one
// gathered write. Internal to api/net; everything on the connection's I/O thread, but the WebSocket that the handler
// gets.
//
// The connection ends when both have: the reader with the client's close frame, a violation or the end of the bytes,
// the writer with a close frame or a socket that takes no more.
#pragma once

#include <memory>
#include <optional>

#include "api/net/frame_gather.hpp"
#include "api/net/io_thread.hpp"
#include "api/net/message_reader.hpp"
#include "api/net/response_head.hpp"
#include "api/net/signal.hpp"
#include "api/net/web_socket.hpp"

namespace weir::net {

class WebSocketSession final : private ControlFrames, public std::enable_shared_from_this<WebSocketSession> {
 public:
  /// `wire` must outlive it.
  WebSocketSession(std::shared_ptr<Core> core, std::shared_ptr<IoThread> thread, Wire& wire, Upgrade plan);

  /// Answers the handshake, then serves until the connection is over but for the end of its bytes (Wire::linger). Once.
  asio::awaitable<void> run(AnswerContext context);

  void sweep(Clock::Steady now);
  /// Tells the handler and closes within WebSocketLimits::drain_time.
  void drain();
  void cut();

  /// What the handler's WebSocket comes to.
  void wake();
  void close(WebSocketClose how);

 private:
  template <class T>
  using Task = asio::awaitable<T>;

  void pinged(std::string_view payload) override;
  void ponged() override;

  Task<bool> answer(AnswerContext context);
  Task<void> read_all();
  Task<void> write_all();
  FrameGather gather();
  void conclude(const MessageReader::End& end);
  void keep_alive(Clock::Steady now);
  void heard_of(Clock::Steady now);
  void timed_out();
  /// Calls the handler; what it throws closes the connection.
  template <class Call>
  void guarded(Call call);

  const WebSocketLimits& limits() const { return core_->options.limits.web_socket; }
  Clock::Steady now() const { return core_->clock.steady(); }

  std::shared_ptr<Core> core_;
  std::shared_ptr<IoThread> thread_;
  Wire& wire_;
  Upgrade plan_;
  MessageReader reader_;
  FrameGather control_;  // pongs that were not sent yet
  Signal input_;         // the handler may be ready again
  Signal output_;        // there may be something to send
  Signal written_;       // the writer has ended

  bool open_ = false;
  bool broken_ = false;
  bool ping_due_ = false;
  bool close_gathered_ = false;
  bool last_words_ = false;  // what is pending goes out with the close frame
  std::optional<WebSocketClose> closing_;  // what our close frame says
  WebSocketClose how_{close_code::abnormal, ""};
  Clock::Steady tick_at_{};
  Clock::Steady ping_at_{};
  std::optional<Clock::Steady> pong_by_;
  std::optional<Clock::Steady> drain_at_;
  std::optional<Clock::Steady> cut_at_;  // since our close frame
};

}  // namespace weir::net
