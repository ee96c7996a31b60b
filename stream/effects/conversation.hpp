// One attempt at one effect: a request, its answer, where need be another request, and in the end a verdict.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "schemas/base/time.hpp"
#include "state/http/exchanges.hpp"
#include "stream/effects/effect.hpp"
#include "stream/effects/target.hpp"
#include "stream/effects/verdict.hpp"

namespace weir::effects {

/// What is remembered of a target between attempts, in memory alone: a token that it gave.
struct Session {
  std::string token;
  std::string address;  // where the token counts
};

class Conversation {
 public:
  using Next = std::variant<http::Outgoing, Verdict>;

  virtual ~Conversation() = default;
  /// The first request. `now`: the wall clock, for what is signed.
  virtual http::Outgoing open(Time now) = 0;
  /// Another request, or the verdict, after which nothing more is asked. At most five requests in all.
  virtual Next hear(const http::Answer& answer, Time now) = 0;
};

/// Null for a receiver that is spoken to otherwise (KafkaTopic). All outlive the conversation. The session is read and
/// written by it; conversations of one target may overlap, on one thread.
std::unique_ptr<Conversation> converse(const Receiver& receiver, const Effect& effect, Session& session);

}  // namespace weir::effects
