// The bytes of one connection, plain or TLS. Internal to api/net. At most one read and one write at a time.
#pragma once

#include <optional>
#include <span>

#include <boost/asio/ssl/stream.hpp>

#include "api/net/asio.hpp"

namespace weir::net {

class Transport {
 public:
  /// Plain where `tls` is null.
  Transport(Tcp::socket socket, asio::ssl::context* tls);

  bool secure() const { return tls_.has_value(); }
  /// False when the client does not speak TLS with us. True at once on a plain connection.
  asio::awaitable<bool> handshake();
  /// Bytes read or written; 0: the peer closed, the operation was cancelled or the connection failed.
  asio::awaitable<std::size_t> read_some(asio::mutable_buffer into);
  asio::awaitable<std::size_t> write_some(asio::const_buffer from);
  /// Plain: as many of the pieces as one system call takes. TLS: of the first alone.
  asio::awaitable<std::size_t> write_some(std::span<const asio::const_buffer> from);
  /// Says that nothing more will be sent.
  asio::awaitable<void> end();
  /// Reads below TLS and throws away; 0 as for read_some.
  asio::awaitable<std::size_t> discard_some();
  void cancel();
  void close();

  /// read_some() for a library that brings a handler of its own. In a header: the handler's type is known to it alone.
  template <class Handler>
  void async_read_some(asio::mutable_buffer into, Handler&& handler) {
    if (tls_) {
      tls_->async_read_some(into, std::forward<Handler>(handler));
    } else {
      plain_->async_read_some(into, std::forward<Handler>(handler));
    }
  }

 private:
  Tcp::socket& socket() { return tls_ ? tls_->next_layer() : *plain_; }

  std::optional<Tcp::socket> plain_;
  std::optional<asio::ssl::stream<Tcp::socket>> tls_;
};

}  // namespace weir::net
