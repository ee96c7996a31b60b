#include "api/net/transport.hpp"

#include <array>

namespace weir::net {

using boost::system::error_code;

Transport::Transport(Tcp::socket socket, asio::ssl::context* tls) {
  if (tls) {
    tls_.emplace(std::move(socket), *tls);
  } else {
    plain_.emplace(std::move(socket));
  }
}

asio::awaitable<bool> Transport::handshake() {
  if (!tls_) co_return true;
  error_code failed;
  co_await tls_->async_handshake(asio::ssl::stream_base::server, awaiting(failed));
  co_return !failed;
}

asio::awaitable<std::size_t> Transport::read_some(asio::mutable_buffer into) {
  error_code failed;
  auto read = tls_ ? tls_->async_read_some(into, awaiting(failed)) : plain_->async_read_some(into, awaiting(failed));
  const std::size_t bytes = co_await std::move(read);
  co_return failed ? 0 : bytes;
}

asio::awaitable<std::size_t> Transport::write_some(asio::const_buffer from) {
  error_code failed;
  auto written =
      tls_ ? tls_->async_write_some(from, awaiting(failed)) : plain_->async_write_some(from, awaiting(failed));
  const std::size_t bytes = co_await std::move(written);
  co_return failed ? 0 : bytes;
}

asio::awaitable<std::size_t> Transport::write_some(std::span<const asio::const_buffer> from) {
  error_code failed;
  auto written =
      tls_ ? tls_->async_write_some(from.front(), awaiting(failed)) : plain_->async_write_some(from, awaiting(failed));
  const std::size_t bytes = co_await std::move(written);
  co_return failed ? 0 : bytes;
}

asio::awaitable<void> Transport::end() {
  error_code ignored;
  // Fails when the peer still sends; the close_notify is out by then, and nothing else is wanted here.
  if (tls_) co_await tls_->async_shutdown(awaiting(ignored));
  socket().shutdown(Tcp::socket::shutdown_send, ignored);
}

asio::awaitable<std::size_t> Transport::discard_some() {
  std::array<char, 4096> scrap;
  error_code failed;
  const std::size_t bytes = co_await socket().async_read_some(asio::buffer(scrap), awaiting(failed));
  co_return failed ? 0 : bytes;
}

void Transport::cancel() {
  error_code ignored;
  socket().cancel(ignored);
}

void Transport::close() {
  error_code ignored;
  socket().close(ignored);
}

}  // namespace weir::net
