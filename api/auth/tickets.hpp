// Tickets: what a browser, which cannot send a header with a WebSocket, shows instead of its credential. Random, good
// for one use within half a minute, kept in memory alone and there by their hashes: a ticket that shows up in a proxy's
// log is worth nothing.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/auth/roles.hpp"
#include "schemas/base/clock.hpp"
#include "schemas/base/result.hpp"

namespace weir::auth {

/// Thread-safe. O(1), but for tickets that have run out meanwhile.
class Tickets {
 public:
  struct Limits {
    Clock::Steady lifetime = std::chrono::seconds{30};
    std::size_t tickets_max = 100'000;  // at the same time
    std::size_t of_workspace_max = 10'000;
  };

  explicit Tickets(const Clock& clock) : Tickets(clock, Limits{}) {}
  Tickets(const Clock& clock, const Limits& limits) : clock_(clock), limits_(limits) {}

  /// A new ticket for `credential`. Errors: overloaded; quota_exceeded, when the workspace has too many.
  Result<std::string> issue(Credential credential);
  /// Whom the ticket was issued to; the ticket is gone then. invalid_token for every fault.
  Result<Credential> redeem(std::string_view ticket);

  Clock::Steady lifetime() const { return limits_.lifetime; }
  std::size_t open() const;

 private:
  struct Ticket {
    std::string hash;
    Credential credential;
    Clock::Steady ends;
  };
  void remove(std::list<Ticket>::iterator ticket);
  void remove_ended();

  const Clock& clock_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::list<Ticket> tickets_;                                                // under mutex_, as all below; by `ends`
  std::unordered_map<std::string_view, std::list<Ticket>::iterator> index_;  // keys point into tickets_
  std::unordered_map<std::string, std::size_t> of_workspace_;
};

}  // namespace weir::auth
