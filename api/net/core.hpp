// What all connections of one server share. Internal to api/net.
#pragma once

#include <atomic>
#include <utility>

#include "api/net/body_budget.hpp"
#include "api/net/connection_census.hpp"
#include "api/net/handler.hpp"
#include "api/net/server.hpp"

namespace weir::net {

struct Totals {
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::array<std::atomic<std::uint64_t>, 6> answers_by_class{};
  std::atomic<std::uint64_t> gate_refusals = 0;
  std::atomic<std::uint64_t> timeouts = 0;
  std::atomic<std::uint64_t> bytes_received = 0;
  std::atomic<std::uint64_t> bytes_sent = 0;
  std::atomic<std::uint64_t> web_sockets_open = 0;
  std::atomic<std::uint64_t> web_sockets_opened = 0;
  std::atomic<std::uint64_t> web_sockets_drained = 0;
  std::atomic<std::uint64_t> web_socket_violations = 0;
  std::atomic<std::uint64_t> web_socket_writes = 0;
  std::atomic<std::uint64_t> messages_received = 0;
  std::atomic<std::uint64_t> messages_sent = 0;
};

inline void add(std::atomic<std::uint64_t>& total, std::uint64_t count = 1) {
  total.fetch_add(count, std::memory_order_relaxed);
}

struct Core {
  Core(ServerOptions server_options, Handler& with_handler, const Clock& with_clock)
      : options(std::move(server_options)),
        handler(with_handler),
        clock(with_clock),
        census(options.limits),
        bodies(options.limits.buffered_body_bytes) {}

  const ServerOptions options;
  Handler& handler;
  const Clock& clock;
  ConnectionCensus census;
  BodyBudget bodies;
  Totals totals;
  std::atomic<bool> draining = false;
};

}  // namespace weir::net
