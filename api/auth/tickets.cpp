#include "api/auth/tickets.hpp"

#include <utility>

#include "schemas/crypto/base64url.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::auth {
namespace {

constexpr std::size_t random_bytes = 32;
constexpr std::size_t ticket_bytes_max = 64;

std::string hash_of(std::string_view ticket) { return std::string(crypto::bytes_of(crypto::sha256(ticket))); }

}  // namespace

Result<std::string> Tickets::issue(Credential credential) {
  const std::string text = crypto::to_base64url(crypto::random_bytes(random_bytes));
  const std::lock_guard lock(mutex_);
  remove_ended();
  if (tickets_.size() >= limits_.tickets_max) return Error{Code::overloaded, ""};
  std::size_t& of_workspace = of_workspace_[credential.workspace];
  if (of_workspace >= limits_.of_workspace_max) return Error{Code::quota_exceeded, ""};
  ++of_workspace;
  tickets_.push_back({hash_of(text), std::move(credential), clock_.steady() + limits_.lifetime});
  index_.emplace(tickets_.back().hash, std::prev(tickets_.end()));
  return text;
}

Result<Credential> Tickets::redeem(std::string_view ticket) {
  if (ticket.size() > ticket_bytes_max) return Error{Code::invalid_token, ""};
  const std::string hash = hash_of(ticket);
  const std::lock_guard lock(mutex_);
  remove_ended();
  const auto found = index_.find(hash);
  if (found == index_.end()) return Error{Code::invalid_token, ""};
  Credential credential = found->second->credential;
  remove(found->second);
  return credential;
}

void Tickets::remove(std::list<Ticket>::iterator ticket) {
  const auto of_workspace = of_workspace_.find(ticket->credential.workspace);
  if (--of_workspace->second == 0) of_workspace_.erase(of_workspace);
  index_.erase(ticket->hash);
  tickets_.erase(ticket);
}

void Tickets::remove_ended() {
  const Clock::Steady now = clock_.steady();
  while (!tickets_.empty() && now >= tickets_.front().ends) remove(tickets_.begin());
}

std::size_t Tickets::open() const {
  const std::lock_guard lock(mutex_);
  return tickets_.size();
}

}  // namespace weir::auth
