// Accepts connections and spreads them over the I/O threads in turn. Internal to api/net.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/ssl/context.hpp>

#include "api/net/io_thread.hpp"

namespace weir::net {

class Listener final : public Connection, public std::enable_shared_from_this<Listener> {
 public:
  using Tls = std::shared_ptr<asio::ssl::context>;

  /// Lives on the first of `threads`.
  Listener(std::shared_ptr<Core> core, std::vector<std::shared_ptr<IoThread>> threads);
  ~Listener() override;

  /// Binds to the options' address. The port. Before start().
  Result<std::uint16_t> listen();
  void start();
  /// What connections from now on use; null: none. Thread-safe.
  void use(Tls tls);

  void sweep(Clock::Steady) override {}
  void drain() override { cut(); }
  void cut() override;

 private:
  asio::awaitable<void> accept_all();
  void welcome(Tcp::socket socket, const std::shared_ptr<IoThread>& thread);
  /// Out of descriptors: gives up the reserve to take the newest connection and close it. False when even that failed.
  bool refuse_one();
  /// Before accepting is tried again, so that the loop does not spin on a fault that stays.
  asio::awaitable<void> pause();
  void hold_reserve();
  Tls tls() const;

  std::shared_ptr<Core> core_;
  std::vector<std::shared_ptr<IoThread>> threads_;
  Tcp::acceptor acceptor_;
  int reserve_ = -1;
  mutable std::mutex tls_mutex_;
  Tls tls_;
};

}  // namespace weir::net
