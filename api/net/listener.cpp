#include "api/net/listener.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "api/net/session.hpp"

namespace weir::net {

using boost::system::error_code;

Listener::Listener(std::shared_ptr<Core> core, std::vector<std::shared_ptr<IoThread>> threads)
    : core_(std::move(core)), threads_(std::move(threads)), acceptor_(threads_.front()->context()) {
  hold_reserve();
}

Listener::~Listener() {
  if (reserve_ >= 0) ::close(reserve_);
}

Result<std::uint16_t> Listener::listen() {
  const ServerOptions& options = core_->options;
  error_code failed;
  const auto address = asio::ip::make_address(options.address, failed);
  if (failed) return Error{Code::cannot_listen, options.address + " is not an IP address."};
  const Tcp::endpoint endpoint(address, options.port);
  acceptor_.open(endpoint.protocol(), failed);
  if (!failed) acceptor_.set_option(Tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor_.bind(endpoint, failed);
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) acceptor_.non_blocking(true, failed);
  const Tcp::endpoint bound = failed ? endpoint : acceptor_.local_endpoint(failed);
  if (failed) {
    return Error{Code::cannot_listen,
                 options.address + " port " + std::to_string(options.port) + ": " + failed.message()};
  }
  return bound.port();
}

void Listener::start() {
  auto ended = [self = shared_from_this()](const std::exception_ptr& fault) {
    self->threads_.front()->leave(self.get());
    try {
      if (fault) std::rethrow_exception(fault);
    } catch (const std::exception& thrown) {
      self->core_->options.on_fault(thrown.what());
    }
  };
  asio::co_spawn(threads_.front()->context(), accept_all(), std::move(ended));
}

void Listener::use(Tls tls) {
  const std::lock_guard lock(tls_mutex_);
  tls_ = std::move(tls);
}

Listener::Tls Listener::tls() const {
  const std::lock_guard lock(tls_mutex_);
  return tls_;
}

void Listener::cut() {
  error_code ignored;
  acceptor_.close(ignored);
}

asio::awaitable<void> Listener::accept_all() {
  threads_.front()->enter(this);
  for (std::size_t turn = 0; acceptor_.is_open(); ++turn) {
    const auto& thread = threads_[turn % threads_.size()];
    error_code failed;
    Tcp::socket socket = co_await acceptor_.async_accept(thread->context(), awaiting(failed));
    if (!failed) {
      welcome(std::move(socket), thread);
    } else if (acceptor_.is_open()) {
      core_->options.on_fault("accept: " + failed.message());
      const bool refused = failed == asio::error::no_descriptors && refuse_one();
      if (!refused) co_await pause();
    }
  }
}

asio::awaitable<void> Listener::pause() {
  asio::steady_timer timer(threads_.front()->context(), std::chrono::milliseconds{50});
  error_code ignored;
  co_await timer.async_wait(awaiting(ignored));
}

void Listener::welcome(Tcp::socket socket, const std::shared_ptr<IoThread>& thread) {
  error_code gone;
  const Tcp::endpoint peer = socket.remote_endpoint(gone);
  if (gone) return;
  std::string address = peer.address().to_string();
  if (!core_->census.enter(address)) {
    add(core_->totals.refused);
    return;
  }
  add(core_->totals.accepted);
  error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  const Tls with = tls();
  std::make_shared<Session>(core_, thread, Transport(std::move(socket), with.get()), std::move(address))->start();
}

bool Listener::refuse_one() {
  add(core_->totals.refused);
  if (reserve_ >= 0) ::close(reserve_);
  error_code failed;
  acceptor_.accept(failed);  // closed as soon as it is here
  hold_reserve();
  return !failed;
}

void Listener::hold_reserve() { reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace weir::net
