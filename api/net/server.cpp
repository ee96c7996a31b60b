#include "api/net/server.hpp"

#include <thread>
#include <vector>

#include "api/net/listener.hpp"
#include "api/net/tls.hpp"

namespace weir::net {

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler& handler, const Clock& clock)
      : core_(std::make_shared<Core>(std::move(options), handler, clock)) {}

  Result<std::uint16_t> start() {
    WEIR_CHECK(threads_.empty(), "a server is started once");
    const unsigned count = std::max(1U, core_->options.threads);
    for (unsigned i = 0; i < count; ++i) threads_.push_back(std::make_shared<IoThread>(*core_));
    listener_ = std::make_shared<Listener>(core_, threads_);
    if (auto loaded = reload_tls(); !loaded) return loaded.error();
    auto port = listener_->listen();
    if (!port) return port;
    listener_->start();
    for (const auto& thread : threads_) thread->start();
    return port;
  }

  void drain(std::chrono::milliseconds at_most) {
    core_->draining = true;
    for (const auto& thread : threads_) thread->drain();
    const Clock::Steady end = core_->clock.steady() + at_most;
    while (core_->census.open() > 0 && core_->clock.steady() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds{2});  // once in a server's life: not worth a signal
    }
  }

  /// In order: the first thread has the listener, and no later one gets a connection once it ended.
  void stop() {
    for (const auto& thread : threads_) thread->stop();
  }

  Result<void> reload_tls() {
    const ServerOptions& options = core_->options;
    if (options.tls_certificate_path.empty()) return {};
    auto tls = load_tls(options.tls_certificate_path, options.tls_key_path);
    if (!tls) return tls.error();
    listener_->use(std::move(*tls));
    return {};
  }

  ServerCounters counters() const {
    const Totals& totals = core_->totals;
    ServerCounters counters;
    counters.connections_open = core_->census.open();
    counters.connections_accepted = totals.accepted;
    counters.connections_refused = totals.refused;
    counters.requests = totals.requests;
    for (std::size_t i = 0; i < totals.answers_by_class.size(); ++i) {
      counters.answers_by_class[i] = totals.answers_by_class[i];
    }
    counters.gate_refusals = totals.gate_refusals;
    counters.timeouts = totals.timeouts;
    counters.bytes_received = totals.bytes_received;
    counters.bytes_sent = totals.bytes_sent;
    counters.body_bytes_buffered = core_->bodies.used();
    counters.bodies_refused = core_->bodies.refused();
    counters.web_sockets_open = totals.web_sockets_open;
    counters.web_sockets_opened = totals.web_sockets_opened;
    counters.web_socket_violations = totals.web_socket_violations;
    counters.web_socket_writes = totals.web_socket_writes;
    counters.messages_received = totals.messages_received;
    counters.messages_sent = totals.messages_sent;
    return counters;
  }

 private:
  std::shared_ptr<Core> core_;
  std::vector<std::shared_ptr<IoThread>> threads_;
  std::shared_ptr<Listener> listener_;
};

Server::Server(ServerOptions options, Handler& handler, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), handler, clock)) {}

Server::~Server() { stop(); }

Result<std::uint16_t> Server::start() { return impl_->start(); }
void Server::drain(std::chrono::milliseconds at_most) { impl_->drain(at_most); }
void Server::stop() { impl_->stop(); }
Result<void> Server::reload_tls() { return impl_->reload_tls(); }
ServerCounters Server::counters() const { return impl_->counters(); }

}  // namespace weir::net
