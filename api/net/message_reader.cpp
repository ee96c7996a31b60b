#include "api/net/message_reader.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/compose.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace weir::net {
namespace {

namespace websocket = boost::beast::websocket;
namespace http = boost::beast::http;
using boost::system::error_code;

/// How much may come within a second.
class Allowance {
 public:
  explicit Allowance(std::uint64_t per_second) : per_second_(per_second) {}

  bool take(std::uint64_t amount, Clock::Steady now) {
    if (now - begin_ >= std::chrono::seconds{1}) {
      begin_ = now;
      taken_ = 0;
    }
    taken_ += amount;
    return taken_ <= per_second_;
  }

 private:
  std::uint64_t per_second_;
  std::uint64_t taken_ = 0;
  Clock::Steady begin_{};
};

/// The connection as Beast sees it: what it reads comes from the wire, what it writes goes nowhere.
class Tap {
 public:
  using executor_type = asio::io_context::executor_type;

  Tap(Core& core, Wire& wire, asio::io_context& context)
      : core_(core), wire_(wire), context_(context), allowance_(core.options.limits.web_socket.received_bytes) {}

  executor_type get_executor() noexcept { return context_.get_executor(); }
  /// Lets the next read fail: too much came.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    const asio::mutable_buffer into = *asio::buffer_sequence_begin(buffers);
    return asio::async_compose<Token, void(error_code, std::size_t)>(Read{*this, into}, token, context_);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_compose<Token, void(error_code, std::size_t)>(Drop{*this, asio::buffer_size(buffers)}, token,
                                                                     context_);
  }

 private:
  struct Read {
    Tap& tap;
    asio::mutable_buffer into;

    template <class Self>
    void operator()(Self& self) {
      const std::size_t bytes = tap.wire_.take_received(into);
      if (bytes > 0 || tap.stopped()) {
        asio::post(tap.context_, [self = std::move(self), bytes]() mutable { self(error_code{}, bytes); });
      } else {
        tap.wire_.transport().async_read_some(into, std::move(self));
      }
    }
    template <class Self>
    void operator()(Self& self, error_code failed, std::size_t bytes) {
      add(tap.core_.totals.bytes_received, bytes);
      if (!tap.allowance_.take(bytes, tap.core_.clock.steady())) tap.stop();
      if (tap.stopped()) failed = asio::error::operation_aborted;
      self.complete(failed, bytes);
    }
  };

  struct Drop {
    Tap& tap;
    std::size_t bytes;

    template <class Self>
    void operator()(Self& self) {
      asio::post(tap.context_, [self = std::move(self)]() mutable { self(error_code{}); });
    }
    template <class Self>
    void operator()(Self& self, error_code) {
      self.complete(error_code{}, bytes);
    }
  };

  Core& core_;
  Wire& wire_;
  asio::io_context& context_;
  Allowance allowance_;
  bool stopped_ = false;
};

// These two are found by Beast through the argument's namespace. The connection ends when the session says so.
void beast_close_socket(Tap&) {}

template <class Handler>
void async_teardown(boost::beast::role_type, Tap& tap, Handler&& handler) {
  asio::post(tap.get_executor(), [handler = std::forward<Handler>(handler)]() mutable { handler(error_code{}); });
}

constexpr std::size_t piece_bytes = 4 * 1024;

/// Of all codes that Beast lets a client send, those that nobody may.
bool is_foreign(std::uint16_t code) { return code >= 5000; }

WebSocketClose answer_to(const error_code& violation) {
  if (violation == websocket::error::message_too_big || violation == websocket::error::buffer_overflow) {
    return {close_code::too_large, "message_too_large"};
  }
  if (violation == websocket::error::bad_frame_payload || violation == websocket::error::bad_close_payload) {
    return {close_code::not_utf8, "not_utf8"};
  }
  return {close_code::protocol_error, "bad_framing"};
}

bool is_violation(const error_code& failed) {
  return failed == websocket::condition::protocol_violation || failed == websocket::error::message_too_big ||
         failed == websocket::error::buffer_overflow;
}

}  // namespace

class MessageReader::Impl {
 public:
  Impl(Core& core, Wire& wire, asio::io_context& context, ControlFrames& told, std::string sharer)
      : core_(core),
        told_(told),
        stream_(core, wire, context),
        control_frames_(core.options.limits.web_socket.control_frames),
        memory_(core.bodies, std::move(sharer)) {
    stream_.read_message_max(core.options.limits.web_socket.message_bytes);
    stream_.control_callback([this](websocket::frame_type kind, boost::beast::string_view payload) {
      control_frame(kind, {payload.data(), payload.size()});
    });
  }

  asio::awaitable<std::string> accept(const Handshake& handshake) {
    http::request<http::empty_body> request{http::verb::get, "/", 11};
    request.set(http::field::host, "weir");
    request.set(http::field::connection, "Upgrade");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::sec_websocket_key, handshake.key());
    request.set(http::field::sec_websocket_version, "13");
    std::string accept_value;
    const auto take_value = [&accept_value](websocket::response_type& response) {
      accept_value = std::string(response[http::field::sec_websocket_accept]);
    };
    stream_.set_option(websocket::stream_base::decorator(take_value));
    error_code failed;
    co_await stream_.async_accept(request, awaiting(failed));
    stream_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
    WEIR_CHECK(!failed, "a valid handshake is accepted");
    co_return accept_value;
  }

  asio::awaitable<std::optional<std::string_view>> next() {
    message_.consume(message_.size());
    memory_.give_back();
    if (message_.capacity() > piece_bytes) message_.shrink_to_fit();
    while (true) {
      error_code failed;
      const std::size_t bytes = co_await stream_.async_read_some(message_, piece_bytes, awaiting(failed));
      if (failed) co_return end_with(failed);
      if (!stream_.got_text()) co_return violated({close_code::not_text, "text_only"});
      if (!memory_.take(bytes)) co_return violated({close_code::try_again, "overloaded"});
      if (!stream_.is_message_done()) continue;
      const auto data = message_.cdata();
      co_return std::string_view(static_cast<const char*>(data.data()), data.size());
    }
  }

  const End& end() const { return end_; }

 private:
  void control_frame(websocket::frame_type kind, std::string_view payload) {
    if (kind == websocket::frame_type::close) return;
    if (!control_frames_.take(1, core_.clock.steady())) stream_.next_layer().stop();
    if (stream_.next_layer().stopped()) return;
    kind == websocket::frame_type::ping ? told_.pinged(payload) : told_.ponged();
  }

  std::nullopt_t end_with(const error_code& failed) {
    if (failed == websocket::error::closed) return closed_by_client();
    if (stream_.next_layer().stopped()) return violated({close_code::policy, "too_many_frames"});
    if (is_violation(failed)) return violated(answer_to(failed));
    return std::nullopt;
  }

  std::nullopt_t closed_by_client() {
    const websocket::close_reason& reason = stream_.reason();
    if (is_foreign(reason.code)) return violated({close_code::protocol_error, "bad_close_code"});
    const std::uint16_t code = reason.code == websocket::close_code::none ? close_code::no_code : reason.code;
    end_ = {End::By::client, {code, std::string(reason.reason.data(), reason.reason.size())}};
    return std::nullopt;
  }

  std::nullopt_t violated(WebSocketClose answer) {
    end_ = {End::By::violation, std::move(answer)};
    return std::nullopt;
  }

  Core& core_;
  ControlFrames& told_;
  websocket::stream<Tap, false> stream_;
  Allowance control_frames_;
  boost::beast::flat_buffer message_;
  BodyBudget::Share memory_;
  End end_;
};

MessageReader::MessageReader(Core& core, Wire& wire, asio::io_context& context, ControlFrames& told, std::string sharer)
    : impl_(std::make_unique<Impl>(core, wire, context, told, std::move(sharer))) {}

MessageReader::~MessageReader() = default;

asio::awaitable<std::string> MessageReader::accept(const Handshake& handshake) { return impl_->accept(handshake); }
asio::awaitable<std::optional<std::string_view>> MessageReader::next() { return impl_->next(); }
const MessageReader::End& MessageReader::end() const { return impl_->end(); }

}  // namespace weir::net
