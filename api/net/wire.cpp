#include "api/net/wire.hpp"

namespace weir::net {

asio::awaitable<bool> Wire::handshake() {
  begin(Deadline::Doing::handshake, core_.options.limits.head_time);
  co_return co_await transport_.handshake();
}

asio::awaitable<bool> Wire::receive(std::size_t buffer_bytes) {
  input_.make_room(buffer_bytes);
  const std::size_t bytes = co_await transport_.read_some(asio::buffer(input_.room(), input_.room_bytes()));
  if (timed_out_) co_return false;
  if (bytes == 0) {
    broken_ = true;
    co_return false;
  }
  input_.received(bytes);
  deadline_.moved(bytes, core_.clock.steady());
  add(core_.totals.bytes_received, bytes);
  co_return true;
}

asio::awaitable<bool> Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t written = co_await transport_.write_some(asio::buffer(bytes));
    if (!sent(written)) co_return false;
    bytes.remove_prefix(written);
  }
  co_return true;
}

asio::awaitable<bool> Wire::send(const std::vector<std::string_view>& pieces) {
  std::vector<asio::const_buffer> buffers;
  buffers.reserve(pieces.size());
  for (const std::string_view piece : pieces) buffers.push_back(asio::buffer(piece));
  std::span<asio::const_buffer> left(buffers);
  while (!left.empty()) {
    std::size_t written = co_await transport_.write_some(std::span<const asio::const_buffer>(left));
    if (!sent(written)) co_return false;
    for (; !left.empty() && written >= left.front().size(); left = left.subspan(1)) written -= left.front().size();
    if (written > 0) left.front() += written;
  }
  co_return true;
}

bool Wire::sent(std::size_t bytes) {
  if (bytes == 0) {
    broken_ = true;
    return false;
  }
  deadline_.moved(bytes, core_.clock.steady());
  add(core_.totals.bytes_sent, bytes);
  return true;
}

asio::awaitable<void> Wire::linger() {
  if (broken_) co_return;
  begin(Deadline::Doing::lingering, core_.options.limits.linger_time);
  co_await transport_.end();
  std::size_t discarded = 1;
  while (discarded > 0) discarded = co_await transport_.discard_some();
}

Error Wire::failure() const {
  if (timed_out_) return {Code::request_timeout, ""};
  return {Code::upload_aborted, ""};
}

void Wire::sweep(Deadline::Steady now) {
  if (!deadline_.expired(now)) return;
  const Deadline::Doing doing = deadline_.doing();
  deadline_.clear();
  if (doing != Deadline::Doing::lingering && doing != Deadline::Doing::waiting_for_request) add(core_.totals.timeouts);
  if (doing == Deadline::Doing::reading_head || doing == Deadline::Doing::reading_body) {
    timed_out_ = true;  // and the client is told
    transport_.cancel();
  } else {
    transport_.close();
  }
}

void Wire::stop_waiting() {
  if (deadline_.doing() == Deadline::Doing::waiting_for_request) transport_.close();
}

void Wire::begin(Deadline::Doing doing, std::chrono::milliseconds allowed) {
  deadline_.begin(doing, core_.clock.steady(), allowed);
}

void Wire::begin_transfer(Deadline::Doing doing) {
  const Limits& limits = core_.options.limits;
  deadline_.begin_transfer(doing, core_.clock.steady(), limits.transfer_grace, limits.bytes_per_second);
}

}  // namespace weir::net
