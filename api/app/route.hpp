// What a route is: a place in the table of the router, and the call that reaches it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth/roles.hpp"
#include "api/net/handler.hpp"

namespace weir::app {

/// A request that was let in.
struct Call {
  net::Request request;            // of a streamed body the head alone
  std::vector<std::string> names;  // what stood in the pattern's places: process, case, …
  auth::Credential credential;     // empty on open routes
  net::Respond respond;
  std::shared_ptr<std::string> object = nullptr;  // what the audit will name; the handler may know it better

  const net::RequestHead& head() const { return request.head; }
};

/// Where a call is handled.
enum class Where : std::uint8_t {
  io,         // at once; must not block
  intake,     // by Node::intake()
  readers,    // by Node::readers()
  passwords,  // by People::passwords()
};

struct Route {
  net::Method method = net::Method::get;
  std::string_view pattern;                    // "/v1/processes/{process}/map"; a place {a.b} takes names with a dot
  std::optional<auth::Permission> permission;  // none: open to everybody, without a credential
  Where where = Where::readers;
  std::uint64_t body_bytes_max = 64 * 1024;
  /// Of an open route: whose it is, by what stood in its places; its error refuses the call.
  std::function<Result<std::string>(const std::vector<std::string>& names)> workspace_of = {};
  /// Looks at the head before any of the body is read; refuses by an error.
  std::function<Result<void>(const net::RequestHead&)> check = {};
  std::function<void(Call)> handle = {};
  /// Instead of `handle`: takes the body as it comes. Called on an I/O thread; the call has no Respond yet.
  std::function<net::BodyPlan(const net::RequestHead&, std::vector<std::string> names, auth::Credential)> stream = {};
  /// A ticket in the query (auth/tickets.hpp) stands for a credential.
  bool takes_ticket = false;
  /// False: the answer holds a secret and is kept under no Idempotency-Key.
  bool keep_answer = true;
  /// "case.erase": every call is written to the audit, with its outcome, before it is answered. Empty: not written.
  std::string_view action = {};
};

}  // namespace weir::app
